"""Samples in a network's own shapes: images resized and reshaped to its input, labels turned into its targets."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from archcalc.verify.errors import DataError
from archcalc.verify.images import Floats, Images, Integers, load_images

RANDOM_SAMPLES = 32
LIMIT = 2**30  # bytes of the inputs; what is more is left out

Array = npt.NDArray[Any]


class Samples(NamedTuple):
    """Inputs and targets, an array each, or a list where the network has several. `labels`: the classes, if any."""

    x_train: Array | list[Array]
    y_train: Array | list[Array]
    x_test: Array | None
    labels_train: Integers | None
    labels_test: Integers | None
    train_size: int
    test_size: int


def load_samples(job: dict[str, Any]) -> Samples:
    """The samples that a job names.

    Raises:
        DataError: they cannot be read, or do not fit the network.
    """
    return _random(job) if job["data"] == "random" else _from_images(job, load_images(job["data"]))


def _from_images(job: dict[str, Any], images: Images) -> Samples:
    name, fits, shape = job["data_name"], job["image"], job["inputs"][0]
    if fits is None or len(job["inputs"]) != 1 or len(job["targets"]) != 1:
        raise DataError(f"the network does not take one image and give one answer; {name} has images (try `--data random`)")
    (target,) = job["targets"]
    classes = int(max(images.y_train.max(), images.y_test.max())) + 1
    if len(target["shape"]) != 1 or target["shape"][-1] < classes:
        gives = "x".join(map(str, target["shape"])) or "one value"
        raise DataError(f"{name} has {classes} classes; the network's output is {gives}")
    most = max(LIMIT // (4 * int(np.prod(fits))), 2)
    x_train, x_test = (fit(x[:most], fits).reshape(-1, *shape) for x in (images.x_train, images.x_test))
    labels, labels_test = images.y_train[:most], images.y_test[:most]
    targets = labels if target["labels"] else np.eye(target["shape"][-1], dtype=np.float32)[labels]
    return Samples(x_train, targets, x_test, labels, labels_test, len(labels), len(labels_test))


def _random(job: dict[str, Any]) -> Samples:
    rng = np.random.default_rng(job["seed"])
    inputs = [_random_input(rng, shape, entries) for shape, entries in zip(job["inputs"], job["indices"], strict=True)]
    targets = [_random_target(rng, t) for t in job["targets"]]
    x, y = (arrays[0] if len(arrays) == 1 else arrays for arrays in (inputs, targets))
    return Samples(x, y, None, None, None, RANDOM_SAMPLES, 0)


def _random_input(rng: np.random.Generator, shape: list[int], entries: int | None) -> Array:
    size = (RANDOM_SAMPLES, *shape)
    return rng.random(size, np.float32) if entries is None else rng.integers(entries, size=size, dtype=np.int32)


def _random_target(rng: np.random.Generator, target: dict[str, Any]) -> Array:
    shape = (RANDOM_SAMPLES, *target["shape"])
    if target["labels"] or target["loss"] == "categorical_crossentropy":
        labels = rng.integers(shape[-1], size=shape[:-1])
        return labels if target["labels"] else np.eye(shape[-1], dtype=np.float32)[labels]
    if target["loss"] == "binary_crossentropy":
        return rng.integers(2, size=shape).astype(np.float32)
    return rng.random(shape, np.float32)


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
