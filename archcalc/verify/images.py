"""Labelled images: the digits that ship with archcalc, Keras's data sets, and files in NumPy's or MNIST's format.

Files are not trusted: sizes are checked before anything is read, nothing is unpickled, and a damaged file is a DataError.
"""

from __future__ import annotations

import gzip
import importlib
import zipfile
import zlib
from importlib import resources
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from archcalc.verify.errors import DataError

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

LIMIT = 2**30  # bytes, unpacked; as numbers with decimals they take four times that
MOST_CLASSES = 1_000_000
TEST_FRACTION = 0.2  # where a data set does not come in two parts
KERAS_SETS = ("mnist", "fashion_mnist")
KNOWN_SETS = ("digits", *KERAS_SETS)


class Images(NamedTuple):
    """Images (samples, rows, columns, channels) with values from 0 to 1, and their labels from 0, in two parts."""

    x_train: Floats
    y_train: Integers
    x_test: Floats
    y_test: Integers


def load_images(name: str) -> Images:
    """The data set of that name, or the one in that file or folder.

    Raises:
        DataError: there is none, or it is damaged.
    """
    if name == "digits":
        return _digits()
    if name in KERAS_SETS:
        return _keras_set(name)
    path = Path(name)
    try:
        return _from_path(path)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}") from error
    except MemoryError as error:
        raise DataError(f"{path.name} does not fit into the memory") from error


def _from_path(path: Path) -> Images:
    if path.is_dir():
        return _idx_folder(path)
    if not path.is_file():
        raise DataError(f"there is no data set and no file called {path.name!r}; known are digits, {', '.join(KERAS_SETS)}, random")
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    return _npz(path) if is_zip else _idx_pair(path)


def split(x: Floats, y: Integers) -> Images:
    """Four fifths for training, one for testing, always the same ones."""
    order = np.random.default_rng(0).permutation(len(y))
    test = max(round(len(y) * TEST_FRACTION), 1)
    train, rest = order[:-test], order[-test:]
    return Images(x[train], y[train], x[rest], y[rest])


def _digits() -> Images:
    with (resources.files("archcalc") / "data" / "digits.csv.gz").open("rb") as packed:
        table = np.loadtxt(gzip.decompress(packed.read()).decode("ascii").splitlines(), delimiter=",", dtype=np.float32)
    pixels = table[:, :64].reshape(-1, 8, 8, 1) / np.float32(16)
    return split(pixels.astype(np.float32), table[:, 64].astype(np.int64))


def _keras_set(name: str) -> Images:
    """One of Keras's own sets, which it downloads once."""
    try:
        (x, y), (x_test, y_test) = importlib.import_module(f"keras.datasets.{name}").load_data()
    except Exception as error:
        raise DataError(f"{name} cannot be loaded ({_first_line(error)}); `--data digits` needs no download") from error
    return Images(*_checked(x, y, name), *_checked(x_test, y_test, name))


def _npz(path: Path) -> Images:
    """x_train, y_train, x_test, y_test; or x and y, which are split."""
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = {m.filename.removesuffix(".npy"): m for m in archive.infolist()}
            for names in (("x_train", "y_train", "x_test", "y_test"), ("x", "y")):
                if set(names) <= set(arrays):
                    _check_sizes(archive, [arrays[name] for name in names], path.name)
                    read = [np.lib.format.read_array(archive.open(arrays[name]), allow_pickle=False) for name in names]
                    pairs = [_checked(x, y, path.name) for x, y in zip(read[::2], read[1::2], strict=True)]
                    return Images(*pairs[0], *pairs[1]) if len(pairs) == 2 else split(*pairs[0])
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError, SyntaxError) as error:
        # A RuntimeError is an encrypted archive's.
        raise DataError(f"{path.name} is damaged, or is no .npz file of plain arrays: {_first_line(error)}") from error
    found = ", ".join(sorted(arrays)) or "nothing"
    raise DataError(f"{path.name} holds {found}; needed are x_train, y_train, x_test and y_test, or x and y")


def _check_sizes(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse arrays that are too large, or larger than what is there, before memory is taken for them."""
    if sum(member.file_size for member in members) > LIMIT:
        raise DataError(f"{name} holds more than {LIMIT >> 30} GiB")
    for member in members:
        with archive.open(member) as file:
            version = np.lib.format.read_magic(file)
            if version not in _HEADERS:
                raise ValueError(f"an array of version {version[0]}.{version[1]}")
            shape, _, dtype = _HEADERS[version](file)
            size = int(np.prod([float(n) for n in shape])) * dtype.itemsize
            if dtype.hasobject or size != member.file_size - file.tell():
                raise ValueError(f"{member.filename} says that it holds {'objects' if dtype.hasobject else f'{size} bytes'}")


_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


# ---- MNIST's format: http://yann.lecun.com/exdb/mnist -----------------------------------------------------------

_IMAGES, _LABELS = 0x803, 0x801  # magic numbers: unsigned bytes in three dimensions, in one


def _idx_folder(folder: Path) -> Images:
    train = _idx_files(folder, "train")
    if train is None:
        raise DataError(f"{folder.name} holds no train-images-idx3-ubyte with its labels")
    test = _idx_files(folder, "t10k")
    return Images(*train, *test) if test else split(*train)


def _idx_files(folder: Path, part: str) -> tuple[Floats, Integers] | None:
    for ending in ("-idx3-ubyte", ".idx3-ubyte"):
        for packed in ("", ".gz"):
            path = folder / f"{part}-images{ending}{packed}"
            if path.is_file():
                return _idx(path)
    return None


def _idx_pair(path: Path) -> Images:
    if "images" not in path.name:
        raise DataError(f"{path.name} is neither an .npz file nor one of MNIST's (...-images-idx3-ubyte)")
    return split(*_idx(path))


def _idx(path: Path) -> tuple[Floats, Integers]:
    """A file of images, with the file of labels that its name leads to."""
    beside = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
    if not beside.is_file():
        raise DataError(f"{path.name} has no labels beside it: {beside.name}")
    return _checked(_idx_array(path, _IMAGES, 3), _idx_array(beside, _LABELS, 1), path.name)


def _idx_array(path: Path, magic: int, axes: int) -> npt.NDArray[np.uint8]:
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            return _read_idx(cast("IO[bytes]", file), path.name, magic, axes)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path.name} is damaged: {_first_line(error)}") from error


def _read_idx(file: IO[bytes], name: str, magic: int, axes: int) -> npt.NDArray[np.uint8]:
    head = file.read(4 * (axes + 1))
    if len(head) < 4 * (axes + 1) or int.from_bytes(head[:4], "big") != magic:
        raise DataError(f"{name} does not start as MNIST's files do (magic number {magic})")
    shape = tuple(int.from_bytes(head[i : i + 4], "big") for i in range(4, len(head), 4))
    size = int(np.prod([float(n) for n in shape]))
    if size > LIMIT:
        raise DataError(f"{name} says that it holds {size} bytes; at most {LIMIT} are read")
    body = file.read(size)
    if len(body) < size:
        raise DataError(f"{name} is cut off: it holds {len(body)} of {size} bytes")
    if file.read(1):
        raise DataError(f"{name} holds more than the {size} bytes that it speaks of")
    return np.frombuffer(body, np.uint8).reshape(shape)


# ---- checks -----------------------------------------------------------------------------------------------------


def _checked(x: npt.NDArray[Any], y: npt.NDArray[Any], name: str) -> tuple[Floats, Integers]:
    """Images and labels as arrays that training can use."""
    if x.ndim not in (3, 4) or 0 in x.shape:
        raise DataError(f"{name}: images have three or four axes, (samples, rows, columns[, channels]), and not the shape {x.shape}")
    if y.shape not in ((len(x),), (len(x), 1)):
        raise DataError(f"{name}: {len(x)} images, but labels of shape {y.shape}")
    if len(x) < 2:
        raise DataError(f"{name}: one image is too few")
    if x.dtype.kind not in "uif" or y.dtype.kind not in "ui":
        raise DataError(f"{name}: images are numbers and labels integers, not {x.dtype} and {y.dtype}")
    if int(y.min()) < 0 or int(y.max()) >= MOST_CLASSES:
        raise DataError(f"{name}: labels count from 0 to at most {MOST_CLASSES:,}; one is {y.min() if int(y.min()) < 0 else y.max()}")
    with np.errstate(over="ignore"):  # what is too large is no longer finite
        images = x.astype(np.float32)
    if not np.isfinite(images).all():
        raise DataError(f"{name}: some values are not finite")
    if x.dtype.kind in "ui":
        images /= np.iinfo(x.dtype).max if x.dtype.itemsize == 1 else max(float(images.max()), 1.0)
    return images if x.ndim == 4 else images[..., np.newaxis], y.reshape(-1).astype(np.int64)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
