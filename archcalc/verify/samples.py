"""Samples in a network's own shapes: images resized and reshaped to its input, labels turned into its targets."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from archcalc.verify.errors import DataError
from archcalc.verify.images import Floats, Images, load_images

RANDOM_SAMPLES = 32
LIMIT = 2**30  # bytes of the inputs; what is more is left out

Array = npt.NDArray[Any]


class Samples(NamedTuple):
    """Inputs, and a target for each output, an array each. `labels`: what is to be read off each output, if anything; `answers`: how."""

    x_train: list[Array]
    y_train: list[Array]
    x_test: list[Array]
    labels_train: list[Array | None]
    labels_test: list[Array | None]
    answers: list[str]

    @property
    def train_size(self) -> int:
        return len(self.x_train[0])

    @property
    def test_size(self) -> int:
        return len(self.x_test[0]) if self.x_test else 0


def load_samples(job: dict[str, Any]) -> Samples:
    """The samples that a job names.

    Raises:
        DataError: they cannot be read, or do not fit the network.
    """
    return _random(job) if job["data"] == "random" else _from_images(job, load_images(job["data"]))


def read_off(values: Array, answer: str) -> Array:
    """The classes that values stand for: the largest value's, the smallest's; or yes for more than a half, or than 0."""
    if answer in ("argmax", "argmin"):
        return np.asarray((np.argmax if answer == "argmax" else np.argmin)(values, axis=-1))
    return values > (0.5 if answer == "half" else 0)


def check_fit(job: dict[str, Any], classes: int) -> None:
    """Refuse images of so many classes, if the network takes or gives something else.

    Raises:
        DataError: with the sizes on both sides.
    """
    name, targets = job["data_name"], job["targets"]
    if job["image"] is None or len(job["inputs"]) != 1:
        inputs = " and ".join(map(_said, job["inputs"]))
        raise DataError(f"{name} has one image a sample; the network takes {inputs} (try `--data random`)")
    for target in targets:
        if len(target["shape"]) != 1 or target["shape"][-1] < classes:
            output = f"output `{target['name']}`" if len(targets) > 1 else "output"
            raise DataError(f"{name} has {classes} classes; the network's {output} is {_said(target['shape'])}")


def _from_images(job: dict[str, Any], images: Images) -> Samples:
    """The same image for the one input, and its label for every output."""
    check_fit(job, int(max(images.y_train.max(), images.y_test.max())) + 1)
    fits, shape, targets = job["image"], job["inputs"][0], job["targets"]
    most = max(LIMIT // (4 * int(np.prod(fits))), 2)
    fitted = (fit(x[:most], fits) for x in (images.x_train, images.x_test))
    x_train, x_test = (np.moveaxis(x, -1, 1) if job["first"] else x.reshape(-1, *shape) for x in fitted)
    labels, labels_test = images.y_train[:most], images.y_test[:most]
    y = [labels if t["labels"] else np.eye(t["shape"][-1], dtype=np.float32)[labels] for t in targets]
    answers = ["argmin" if t["loss"] == "distance" else "argmax" for t in targets]
    return Samples([x_train], y, [x_test], [labels for _ in targets], [labels_test for _ in targets], answers)


def _said(shape: list[int]) -> str:
    return "x".join(map(str, shape)) or "one value"


def _random(job: dict[str, Any]) -> Samples:
    rng = np.random.default_rng(job["seed"])
    inputs = [_random_input(rng, shape, entries) for shape, entries in zip(job["inputs"], job["indices"], strict=True)]
    targets = [_random_target(rng, t) for t in job["targets"]]
    labels = [label for _, label, _ in targets]
    return Samples(inputs, [y for y, _, _ in targets], [], labels, [None for _ in targets], [answer for _, _, answer in targets])


def _random_input(rng: np.random.Generator, shape: list[int], entries: int | None) -> Array:
    size = (RANDOM_SAMPLES, *shape)
    return rng.random(size, np.float32) if entries is None else rng.integers(entries, size=size, dtype=np.int32)


def _random_target(rng: np.random.Generator, target: dict[str, Any]) -> tuple[Array, Array | None, str]:
    """A target, the labels that it stands for, and how they are read off the output."""
    shape = (RANDOM_SAMPLES, *target["shape"])
    if target["labels"] or target["loss"] == "categorical_crossentropy":
        labels = rng.integers(shape[-1], size=shape[:-1])
        y = labels if target["labels"] else np.eye(shape[-1], dtype=np.float32)[labels]
        return y, labels, "argmin" if target["loss"] == "distance" else "argmax"
    if target["loss"] == "binary_crossentropy":
        y = rng.integers(2, size=shape).astype(np.float32)
        return y, y > 0, "sign" if target["logits"] else "half"
    return rng.random(shape, np.float32), None, ""


def fit(images: Floats, to: tuple[int, int, int]) -> Floats:
    """Images (samples, rows, columns, channels) resized to `to`: bilinear, and channels repeated or averaged."""
    rows, columns, channels = to
    if images.shape[1:3] != (rows, columns):
        images = np.einsum("ri,nijc->nrjc", _interpolation(images.shape[1], rows), images, optimize=True)
        images = np.einsum("sj,nrjc->nrsc", _interpolation(images.shape[2], columns), images, optimize=True)
    if images.shape[3] == channels:
        return images
    return np.repeat(images.mean(axis=3, keepdims=True), channels, axis=3)


def _interpolation(length: int, wanted: int) -> Floats:
    """The matrix (wanted, length) that resizes an axis: each new pixel's centre lies between two old ones."""
    centres = np.clip((np.arange(wanted) + 0.5) * length / wanted - 0.5, 0, length - 1)
    before = np.minimum(centres.astype(int), max(length - 2, 0))
    after = np.minimum(before + 1, length - 1)
    matrix = np.zeros((wanted, length), np.float32)
    np.add.at(matrix, (np.arange(wanted), before), 1 - (centres - before))
    np.add.at(matrix, (np.arange(wanted), after), centres - before)
    return matrix
