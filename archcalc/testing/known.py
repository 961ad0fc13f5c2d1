"""Mistakes of Keras 3.15, by which values differ, or a program fails, although nothing is wrong with the network.

A difference is put down to one of these where it is gone once that is mended, not because it looks like it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import wraps
from typing import Any, NamedTuple, TypeVar


class Known(NamedTuple):
    """A mistake of Keras, and a context in which it is mended."""

    name: str
    why: str
    mended: Callable[[Any], AbstractContextManager[None]]


@contextmanager
def _instead(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Inside, an attribute is what `make` makes of it."""
    plain = getattr(owner, name)
    setattr(owner, name, make(plain))
    try:
        yield
    finally:
        setattr(owner, name, plain)


def _sparsemax(keras: Any) -> AbstractContextManager[None]:
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


def _add(keras: Any) -> AbstractContextManager[None]:
    # Less the opposite is the same number, and nothing is taken for a bias there.
    numpy = _backend().numpy
    return _instead(numpy, "add", lambda _: lambda x1, x2: numpy.subtract(x1, numpy.negative(x2)))


@contextmanager
def _lora(keras: Any) -> Iterator[None]:
    def make(plain: Any) -> Any:
        def enable_lora(layer: Any, rank: int, *args: Any, **given: Any) -> Any:
            return plain(layer, rank, *args, **{"lora_alpha": layer.lora_alpha, **given})

        return enable_lora

    with _instead(keras.layers.Dense, "enable_lora", make), _instead(keras.layers.Embedding, "enable_lora", make):
        yield


def _lookup(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any) -> Any:
            found = plain(layer, inputs)
            return found if layer.output_mode == "int" else keras.ops.cast(found, keras.config.floatx())

        return call

    return _instead(keras.layers.IntegerLookup, "call", make)


@contextmanager
def _scores(keras: Any) -> Iterator[None]:
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


def _hashing(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any) -> Any:
            found = plain(layer, inputs)
            rank = len(layer.compute_output_shape(inputs.shape))
            return keras.ops.expand_dims(found, 1) if len(found.shape) < rank else found

        return call

    return _instead(keras.layers.Hashing, "call", make)


def _psd(keras: Any) -> AbstractContextManager[None]:
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


def _mha_mask(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def compute(layer: Any, query: Any, value: Any, *args: Any, **given: Any) -> Any:
            if len(query.shape) > 3:
                args, given = (), {**given, **dict.fromkeys(("query_mask", "value_mask", "key_mask"))}
            return plain(layer, query, value, *args, **given)

        return compute

    return _instead(keras.layers.MultiHeadAttention, "_compute_attention_mask", make)


def _attention_mask(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any, mask: Any = None, **given: Any) -> Any:
            return plain(layer, inputs, mask=mask if len(inputs[0].shape) == 3 else None, **given)

        return call

    return _instead(keras.layers.Attention, "call", make)


def _conv_lstm(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, sequences: Any, initial_state: Any = None, mask: Any = None, **given: Any) -> Any:
            if mask is not None:
                out = layer.cell.compute_output_shape((None, *sequences.shape[2:]))[0][1:]
                mask = mask if tuple(mask.shape[2:]) == tuple(out[: len(mask.shape) - 2]) else None
            return plain(layer, sequences, initial_state, mask=mask, **given)

        return call

    return _instead(keras.layers.ConvLSTM2D.__mro__[1], "call", make)


def _softmax(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any, mask: Any = None) -> Any:
            fits = mask is not None and len(mask.shape) == len(inputs.shape)
            return plain(layer, inputs, mask=mask if fits else None)

        return call

    return _instead(keras.layers.Softmax, "call", make)


def _softmax_axes(keras: Any) -> AbstractContextManager[None]:
    def make(plain: Any) -> Any:
        @wraps(plain)
        def call(layer: Any, inputs: Any, mask: Any = None) -> Any:
            if isinstance(layer.axis, (tuple, list)) and len(layer.axis) > 1:
                inputs = inputs - keras.ops.max(inputs, axis=layer.axis, keepdims=True)
            return plain(layer, inputs, mask=mask)

        return call

    return _instead(keras.layers.Softmax, "call", make)


T = TypeVar("T")


def mend(keras: Any, find: Callable[[], list[T]]) -> tuple[list[T], tuple[Known, ...]]:
    """What `find` still finds where all of these are mended; and if that is nothing, which of them account for it, as few as do."""
    for known in KNOWN:
        if not _without((known,), keras, find):
            return [], (known,)
    if left := _without(KNOWN, keras, find):
        return left, ()
    mended = KNOWN
    for known in KNOWN:
        fewer = tuple(k for k in mended if k is not known)
        mended = mended if _without(fewer, keras, find) else fewer
    return [], mended


def _without(mended: tuple[Known, ...], keras: Any, find: Callable[[], list[T]]) -> list[T]:
    with ExitStack() as stack:
        for known in mended:
            stack.enter_context(known.mended(keras))
        return find()


KNOWN: tuple[Known, ...] = (
    Known("sparsemax", "Keras's sparsemax subtracts the sum of all running sums, so that what comes out does not add up to 1", _sparsemax),
    Known("add", "Keras takes a term that is as long as axis 1 or the last for a bias along that axis, whichever axis it stands for", _add),
    Known("lora_alpha", "Keras's Dense and Embedding forget `lora_alpha` when they are built", _lora),
    Known(
        "integer_lookup",
        "Keras's IntegerLookup announces measured values with `multi_hot` and `count`, and puts out whole numbers",
        _lookup,
    ),
    Known("hashing", "Keras's Hashing with `one_hot` drops two axes of length 1, where it announces that it drops one", _hashing),
    Known("scores", "what hides steps in Keras's attention stays on its scores as a mask, which does not fit them", _scores),
    Known("psd", "Keras's STFTSpectrogram with `psd` puts out its one frequency twice, where the transform has no other", _psd),
    Known("mha_mask", "Keras's MultiHeadAttention cannot read a mask of steps that lie along several axes", _mha_mask),
    Known("attention_mask", "Keras's Attention cannot read a mask of steps that lie along several axes", _attention_mask),
    Known("conv_lstm", "Keras's ConvLSTM cannot read a mask of other places than come out", _conv_lstm),
    Known("softmax", "Keras's Softmax cannot read the mask that flows in, which has fewer axes", _softmax),
    Known(
        "softmax_axes",
        "Keras's Softmax over several axes takes off the logarithm of a sum, which float32 rounds where values are large: no sum is 1",
        _softmax_axes,
    ),
)
