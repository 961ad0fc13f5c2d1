"""Mistakes of Keras 3.15, by which values differ, or a program fails, although nothing is wrong with the network.

A difference is put down to one of these where it is gone once that is mended, not because it looks like it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, NamedTuple, TypeVar

from archcalc.testing import mends


class Known(NamedTuple):
    """A mistake of Keras, and a context in which it is mended."""

    name: str
    why: str
    mended: Callable[[Any], AbstractContextManager[None]]


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
    Known(
        "sparsemax", "Keras's sparsemax subtracts the sum of all running sums, so that what comes out does not add up to 1", mends.sparsemax
    ),
    Known(
        "add",
        "Keras takes a term that is as long as axis 1 or the last for a bias along that axis, whichever axis it stands for",
        mends.add,
    ),
    Known("lora_alpha", "Keras's Dense and Embedding forget `lora_alpha` when they are built", mends.lora),
    Known(
        "integer_lookup",
        "Keras's IntegerLookup announces measured values with `multi_hot` and `count`, and puts out whole numbers",
        mends.lookup,
    ),
    Known("hashing", "Keras's Hashing with `one_hot` drops two axes of length 1, where it announces that it drops one", mends.hashing),
    Known("scores", "what hides steps in Keras's attention stays on its scores as a mask, which does not fit them", mends.scores),
    Known("psd", "Keras's STFTSpectrogram with `psd` puts out its one frequency twice, where the transform has no other", mends.psd),
    Known("mha_mask", "Keras's MultiHeadAttention cannot read a mask of steps that lie along several axes", mends.mha_mask),
    Known("attention_mask", "Keras's Attention cannot read a mask of steps that lie along several axes", mends.attention_mask),
    Known("conv_lstm", "Keras's ConvLSTM cannot read a mask of other places than come out", mends.conv_lstm),
    Known("softmax", "Keras's Softmax cannot read the mask that flows in, which has fewer axes", mends.softmax),
    Known(
        "softmax_axes",
        "Keras's Softmax over several axes takes off the logarithm of a sum, which float32 rounds where values are large: no sum is 1",
        mends.softmax_axes,
    ),
    Known(
        "softmax_rank", "TensorFlow's softmax takes at most five axes, and its choice between two values at most eight", mends.softmax_rank
    ),
    Known(
        "spectral_norm", "Keras's SpectralNormalization says that it drops the mask, and leaves it on what comes out", mends.spectral_norm
    ),
)
