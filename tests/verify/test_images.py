"""Data sets and files of images: what is read, and what is refused."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy", reason="NumPy is not installed")

from archcalc.verify.errors import DataError  # noqa: E402
from archcalc.verify.images import load_images  # noqa: E402
from archcalc.verify.samples import fit, load_samples, read_off  # noqa: E402


def idx(array: Any) -> bytes:
    """An array in MNIST's format."""
    head = (0x800 + array.ndim).to_bytes(4, "big")
    return head + b"".join(n.to_bytes(4, "big") for n in array.shape) + array.astype(np.uint8).tobytes()


IMAGES = np.random.default_rng(0).integers(256, size=(10, 5, 4)).astype(np.uint8)
LABELS = np.arange(10).astype(np.uint8)


def write_idx(folder: Path, part: str = "train", packed: bool = False) -> Path:
    for name, array in (("images-idx3", IMAGES), ("labels-idx1", LABELS)):
        path = folder / f"{part}-{name}-ubyte{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    return folder / f"{part}-images-idx3-ubyte{'.gz' if packed else ''}"


def test_the_digits_are_all_there_and_always_split_the_same() -> None:
    found = load_images("digits")
    assert found.x_train.shape == (1438, 8, 8, 1) and found.x_test.shape == (359, 8, 8, 1)
    assert found.x_train.min() == 0 and found.x_train.max() == 1 and found.x_train.dtype == np.float32
    assert sorted(set(found.y_test)) == list(range(10))
    assert (load_images("digits").y_test == found.y_test).all()


@pytest.mark.parametrize("packed", [False, True])
def test_mnists_files_are_read_from_their_folder(tmp_path: Path, packed: bool) -> None:
    write_idx(tmp_path, "train", packed)
    write_idx(tmp_path, "t10k", packed)
    found = load_images(str(tmp_path))
    np.testing.assert_allclose(found.x_train[..., 0], IMAGES / 255, rtol=1e-6)
    assert (found.y_test == LABELS).all()


def test_one_file_of_images_is_split(tmp_path: Path) -> None:
    found = load_images(str(write_idx(tmp_path)))
    assert len(found.y_train) == 8 and len(found.y_test) == 2


@pytest.mark.parametrize("names", [("x_train", "y_train", "x_test", "y_test"), ("x", "y")])
def test_numpy_files_are_read(tmp_path: Path, names: tuple[str, ...]) -> None:
    arrays = dict(zip(names, (IMAGES, LABELS, IMAGES[:3], LABELS[:3]), strict=False))
    np.savez_compressed(tmp_path / "data.npz", **arrays)
    found = load_images(str(tmp_path / "data.npz"))
    assert found.x_train.shape[1:] == (5, 4, 1) and len(found.y_test) in (2, 3)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no data set and no file called 'mnits'"):
        load_images("mnits")
    with pytest.raises(DataError, match="holds no train-images"):
        load_images(str(tmp_path))
    images = write_idx(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="no labels beside it: train-labels-idx1-ubyte"):
        load_images(str(images))


DAMAGED = {
    "does not start as": idx(IMAGES)[4:],
    "is cut off: it holds 190 of 200": idx(IMAGES)[:-10],
    "more than the 200 bytes": idx(IMAGES) + b"more",
    "is damaged": gzip.compress(idx(IMAGES))[:-20],
    "at most": (0x803).to_bytes(4, "big") + b"\xff" * 12,
    "10 images, but labels of shape": None,
}


@pytest.mark.parametrize(("message", "data"), DAMAGED.items(), ids=DAMAGED)
def test_damaged_idx_files_are_refused(tmp_path: Path, message: str, data: bytes | None) -> None:
    path = write_idx(tmp_path)
    if data is None:
        (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(LABELS[:9]))
    else:
        path.write_bytes(data)
    with pytest.raises(DataError, match=message):
        load_images(str(path))


def test_a_damaged_stream_is_refused(tmp_path: Path) -> None:
    path = write_idx(tmp_path, packed=True)
    data = bytearray(path.read_bytes())
    data[20:60] = bytes(40)
    path.write_bytes(data)
    with pytest.raises(DataError, match=path.name):
        load_images(str(path))


ARRAYS: dict[str, dict[str, Any]] = {
    "needed are": {"a": IMAGES},
    "three or four axes": {"x": IMAGES[0], "y": LABELS},
    "labels of shape": {"x": IMAGES, "y": LABELS[:4]},
    "labels integers": {"x": IMAGES, "y": LABELS.astype(float)},
    "count from 0": {"x": IMAGES, "y": LABELS.astype(int) - 1},
    "not finite": {"x": IMAGES * np.nan, "y": LABELS},
    "too few": {"x": IMAGES[:1], "y": LABELS[:1]},
    "plain arrays": {"x": np.array([{}] * 10), "y": LABELS},
}


@pytest.mark.parametrize(("message", "arrays"), ARRAYS.items(), ids=ARRAYS)
def test_unfit_numpy_files_are_refused(tmp_path: Path, message: str, arrays: dict[str, Any]) -> None:
    np.savez(tmp_path / "data.npz", **arrays)
    with pytest.raises(DataError, match=message):
        load_images(str(tmp_path / "data.npz"))


def test_damaged_numpy_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    np.savez_compressed(path, x=IMAGES, y=LABELS)
    whole = path.read_bytes()
    for data in (whole[: len(whole) // 2], b"PK\3\4", whole[:100] + bytes(60) + whole[160:]):
        path.write_bytes(data)
        with pytest.raises(DataError, match="damaged"):
            load_images(str(path))


def packed(folder: Path, **members: bytes) -> Path:
    """An .npz file with these members, whatever they hold."""
    with zipfile.ZipFile(folder / "data.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return folder / "data.npz"


def npy(array: Any, **header: Any) -> bytes:
    """An array in NumPy's format, whose header may lie."""
    file = io.BytesIO()
    facts = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape, **header}
    np.lib.format.write_array_header_1_0(file, facts)
    return file.getvalue() + array.tobytes()


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archcalc.verify.images.LIMIT", 1000)
    with pytest.raises(DataError, match="holds more than"):
        load_images(str(packed(tmp_path, x=bytes(2000), y=npy(LABELS))))


LIES = {
    "says that it holds 4000000000000 bytes": {"x": npy(IMAGES, shape=(10**6, 1000, 4000))},
    "says that it holds 199 bytes": {"x": npy(IMAGES.reshape(-1)[:199], shape=(199,)) + b"x"},
    "says that it holds objects": {"x": npy(IMAGES, descr="|O")},
    "an array of version 3.0": {"x": npy(IMAGES).replace(b"NUMPY\x01\x00", b"NUMPY\x03\x00")},
    "magic string": {"x": b"nothing of the kind"},
    "damaged": {"x": b""},
    "cannot be read|damaged": {"x": npy(IMAGES, shape="(10, 5, 4)")},
    "at most 1,000,000; one is 18446744073709551615": {"y": npy(np.full(10, 2**64 - 1, np.uint64))},
    "at most 1,000,000; one is 5000000": {"y": npy(np.full(10, 5_000_000))},
    "some values are not finite": {"x": npy(np.full((10, 5, 4), 1e300))},
    "not complex64 and": {"x": npy(IMAGES.astype(np.complex64))},
}


@pytest.mark.parametrize(("message", "members"), LIES.items(), ids=LIES)
def test_arrays_that_lie_are_refused(tmp_path: Path, message: str, members: dict[str, bytes]) -> None:
    with pytest.raises(DataError, match=message):
        load_images(str(packed(tmp_path, **{"x": npy(IMAGES), "y": npy(LABELS)} | members)))


def test_an_archive_with_a_password_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, x=npy(IMAGES), y=npy(LABELS))
    data = bytearray(path.read_bytes())
    for start in (b"PK\3\4", b"PK\1\2"):  # the flag of encryption, in every member's heads
        at = data.find(start)
        while at >= 0:
            data[at + (6 if start == b"PK\3\4" else 8)] |= 1
            at = data.find(start, at + 4)
    path.write_bytes(data)
    with pytest.raises(DataError, match="encrypted"):
        load_images(str(path))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user that may not read everything")
def test_what_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = write_idx(tmp_path)
    path.chmod(0)
    for name in (path, tmp_path):
        with pytest.raises(DataError, match="cannot be read: Permission denied"):
            load_images(str(name))


def test_resizing_keeps_a_ramp_a_ramp() -> None:
    ramp = np.broadcast_to(np.arange(8, dtype=np.float32)[None, :, None, None], (1, 8, 8, 1))
    found = fit(ramp, (16, 4, 3))
    assert found.shape == (1, 16, 4, 3)
    np.testing.assert_allclose(found[0, :, 0, 0], np.clip((np.arange(16) + 0.5) / 2 - 0.5, 0, 7), atol=1e-6)
    np.testing.assert_allclose(fit(ramp, (8, 8, 1)), ramp)
    assert fit(np.ones((2, 1, 1, 3), np.float32), (5, 5, 1)).shape == (2, 5, 5, 1)


def target(**changes: Any) -> dict[str, Any]:
    return {"name": "end", "labels": True, "loss": "sparse_categorical_crossentropy", "logits": False, "shape": [10], **changes}


def job(**changes: Any) -> dict[str, Any]:
    return {
        "data": "digits",
        "data_name": "digits",
        "image": [4, 4, 1],
        "first": False,
        "inputs": [[16]],
        "targets": [target()],
        "seed": 0,
        **changes,
    }


def test_images_get_the_networks_shape() -> None:
    found = load_samples(job())
    assert found.x_train[0].shape == (1438, 16) and found.y_train[0].shape == (1438,) and found.test_size == 359


def test_channels_stand_where_the_network_has_them() -> None:
    last, first = load_samples(job(image=[5, 4, 3], inputs=[[5, 4, 3]])), load_samples(job(image=[5, 4, 3], inputs=[[3, 5, 4]], first=True))
    assert last.x_train[0].shape == (1438, 5, 4, 3) and first.x_train[0].shape == (1438, 3, 5, 4)
    assert (np.moveaxis(first.x_test[0], 1, -1) == last.x_test[0]).all()


def test_targets_get_the_outputs_width() -> None:
    found = load_samples(job(targets=[target(labels=False, loss="mse", shape=[12])]))
    assert found.y_train[0].shape == (1438, 12)
    assert (read_off(found.y_train[0], "argmax") == found.labels_train[0]).all()


def test_every_output_gets_the_image_s_label() -> None:
    found = load_samples(job(targets=[target(), target(labels=False, loss="mse", shape=[12]), target(loss="distance")]))
    assert [y.shape for y in found.y_train] == [(1438,), (1438, 12), (1438,)]
    assert found.answers == ["argmax", "argmax", "argmin"]
    assert all((labels == found.y_train[0]).all() for labels in found.labels_train)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"targets": [target(shape=[9])]}, "digits has 10 classes; the network's output is 9"),
        ({"targets": [target(shape=[5, 5, 10])]}, "the network's output is 5x5x10"),
        ({"targets": [target(), target(name="aux", shape=[5])]}, "digits has 10 classes; the network's output `aux` is 5"),
        ({"image": None, "inputs": [[5, 5, 5, 2]]}, "digits has one image a sample; the network takes 5x5x5x2"),
        ({"inputs": [[16], [4, 4]]}, "the network takes 16 and 4x4"),
    ],
)
def test_data_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_samples(job(**changes))


def test_random_numbers_fit_any_network() -> None:
    shapes = [[3, 4], [2]]
    targets = [target(labels=False, loss="mse", shape=[5]), target(shape=[6, 7])]
    found = load_samples(job(data="random", inputs=shapes, indices=[None, 7], targets=targets))
    assert [a.shape for a in found.x_train] == [(32, 3, 4), (32, 2)]
    assert [a.dtype.name for a in found.x_train] == ["float32", "int32"]  # the second's values are indices of 7 entries
    assert 0 <= found.x_train[1].min() and found.x_train[1].max() < 7
    assert [a.shape for a in found.y_train] == [(32, 5), (32, 6)]
    assert found.labels_train[0] is None and (found.labels_train[1] == found.y_train[1]).all()
    assert found.test_size == 0 and found.labels_test == [None, None]


@pytest.mark.parametrize(("logits", "answer"), [(False, "half"), (True, "sign")])
def test_yes_and_no_are_read_off_by_a_threshold(logits: bool, answer: str) -> None:
    one = target(labels=False, loss="binary_crossentropy", logits=logits, shape=[1])
    found = load_samples(job(data="random", indices=[None], targets=[one]))
    assert set(found.y_train[0].reshape(-1)) == {0, 1} and found.answers == [answer]
    assert read_off(np.array([[-1.0], [0.4], [0.6]]), answer).reshape(-1).tolist() == (
        [False, True, True] if logits else [False, False, True]
    )
