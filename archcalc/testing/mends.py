"""Keras 3.15 with one of its mistakes mended, each a context. What the mistakes are is said in known.py."""

# ruff: noqa: D103  known.py has a sentence for each
from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any


@contextmanager
def _instead(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Inside, an attribute is what `make` makes of it."""
    plain = getattr(owner, name)
    setattr(owner, name, make(plain))
    try:
        yield
    finally:
        setattr(owner, name, plain)


def sparsemax(keras: Any) -> AbstractContextManager[None]:
    ops = keras.ops

    def right(x: Any, axis: int = -1) -> Any:
        falling = ops.flip(ops.sort(x, axis), axis)
        sums = ops.cumsum(falling, axis)
        shape = [1] * len(x.shape)
        shape[axis] = -1
        counts = ops.reshape(ops.arange(1, x.shape[axis] + 1, dtype=x.dtype), shape)
        kept = ops.sum(ops.cast(falling - (sums - 1) / counts > 0, "int32"), axis, keepdims=True)
        threshold = (ops.take_along_axis(sums, kept - 1, axis) - 1) / ops.cast(kept, x.dtype)
        return ops.maximum(x - threshold, 0.0)

    return _instead(_backend().nn, "sparsemax", lambda _: right)


def _backend() -> Any:
    return importlib.import_module("keras.src.backend")


def add(keras: Any) -> AbstractContextManager[None]:
    # Less the opposite is the same number, and nothing is taken for a bias there.
    numpy = _backend().numpy
    return _instead(numpy, "add", lambda _: lambda x1, x2: numpy.subtract(x1, numpy.negative(x2)))


@contextmanager
def lora(keras: Any) -> Iterator[None]:
    def make(plain: Any) -> Any:
        def enable_lora(layer: Any, rank: int, *args: Any, **given: Any) -> Any:
            return plain(layer, rank, *args, **{"lora_alpha": layer.lora_alpha, **given})

        return enable_lora

    with _instead(keras.layers.Dense, "enable_lora", make), _instead(keras.layers.Embedding, "enable_lora", make):
        yield


def lookup(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any) -> Any:
            found = plain(layer, inputs)
            return found if layer.output_mode == "int" else keras.ops.cast(found, keras.config.floatx())

        return call

    return _instead(keras.layers.IntegerLookup, "call", make)


@contextmanager
def scores(keras: Any) -> Iterator[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, *args: Any, **given: Any) -> Any:
            found = plain(layer, *args, **given)
            for value in keras.tree.flatten(found):
                _backend().set_keras_mask(value, None)
            return found

        return call

    with _instead(keras.layers.MultiHeadAttention, "call", make), _instead(keras.layers.GroupQueryAttention, "call", make):
        yield


def hashing(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any) -> Any:
            found = plain(layer, inputs)
            rank = len(layer.compute_output_shape(inputs.shape))
            return keras.ops.expand_dims(found, 1) if len(found.shape) < rank else found

        return call

    return _instead(keras.layers.Hashing, "call", make)


def psd(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any) -> Any:
            if layer.mode != "psd" or layer._fft_length > 1:  # noqa: SLF001
                return plain(layer, inputs)
            layer.mode = "magnitude"  # the root of the power
            try:
                return keras.ops.square(plain(layer, inputs))
            finally:
                layer.mode = "psd"

        return call

    return _instead(keras.layers.STFTSpectrogram, "call", make)


def mha_mask(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def compute(layer: Any, query: Any, value: Any, *args: Any, **given: Any) -> Any:
            if len(query.shape) > 3:
                args, given = (), {**given, **dict.fromkeys(("query_mask", "value_mask", "key_mask"))}
            return plain(layer, query, value, *args, **given)

        return compute

    return _instead(keras.layers.MultiHeadAttention, "_compute_attention_mask", make)


def attention_mask(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any, mask: Any = None, **given: Any) -> Any:
            return plain(layer, inputs, mask=mask if len(inputs[0].shape) == 3 else None, **given)

        return call

    return _instead(keras.layers.Attention, "call", make)


def conv_lstm(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, sequences: Any, initial_state: Any = None, mask: Any = None, **given: Any) -> Any:
            if mask is not None:
                out = layer.cell.compute_output_shape((None, *sequences.shape[2:]))[0][1:]
                mask = mask if tuple(mask.shape[2:]) == tuple(out[: len(mask.shape) - 2]) else None
            return plain(layer, sequences, initial_state, mask=mask, **given)

        return call

    return _instead(keras.layers.ConvLSTM2D.__mro__[1], "call", make)


def softmax(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any, mask: Any = None) -> Any:
            fits = mask is not None and len(mask.shape) == len(inputs.shape)
            return plain(layer, inputs, mask=mask if fits else None)

        return call

    return _instead(keras.layers.Softmax, "call", make)


def softmax_axes(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any, mask: Any = None) -> Any:
            if isinstance(layer.axis, (tuple, list)) and len(layer.axis) > 1:
                inputs = inputs - keras.ops.max(inputs, axis=layer.axis, keepdims=True)
            return plain(layer, inputs, mask=mask)

        return call

    return _instead(keras.layers.Softmax, "call", make)


@contextmanager
def softmax_rank(keras: Any) -> Iterator[None]:
    ops = keras.ops

    def flat(x: Any, sides: tuple[int, ...]) -> Any:
        return ops.reshape(ops.exp(ops.log_softmax(ops.reshape(x, (-1, math.prod(sides))), axis=-1)), ops.shape(x))

    def one(plain: Any) -> Any:
        def softmax(x: Any, axis: int = -1) -> Any:
            last = axis in (-1, len(x.shape) - 1)
            return flat(x, x.shape[-1:]) if last and len(x.shape) > 5 else plain(x, axis=axis)

        return softmax

    def several(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any, mask: Any = None) -> Any:
            rank, axes = len(inputs.shape), layer.axis if isinstance(layer.axis, (tuple, list)) else ()
            last = sorted(axis % rank for axis in axes) == list(range(rank - len(axes), rank))
            return (
                flat(inputs, inputs.shape[-len(axes) :]) if axes and last and mask is None and rank > 5 else plain(layer, inputs, mask=mask)
            )

        return call

    with _instead(_backend().nn, "softmax", one), _instead(keras.layers.Softmax, "call", several):
        yield


def spectral_norm(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any, training: bool = False) -> Any:
            found = plain(layer, inputs, training=training)
            _backend().set_keras_mask(found, None)
            return found

        return call

    return _instead(keras.layers.SpectralNormalization, "call", make)
