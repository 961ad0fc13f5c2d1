"""Multiply-accumulates as PyTorch's own counter has them (`torch.utils.flop_counter`), inside the child process.

It watches a run, and counts two operations for each multiply-accumulate of a matrix product or a convolution, transposed and dilated
ones among them. Einstein's sums may become plain products, which it does not see; and Keras runs a loop one step further than it
needs on PyTorch. Layers with either have a reason in place of a count.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from archcalc.verify.recording import Application

# Layers of which Keras writes the products as Einstein's sums.
EINSUMS = ("EinsumDense", "GroupedQueryAttention", "GroupQueryAttention", "MultiHeadAttention")


def why_unseen(application: Application) -> str:
    """Why the counter does not have a layer's products; "" where it does."""
    inside = application.layer._flatten_layers()  # noqa: SLF001
    if any(hasattr(layer, "unroll") for layer in inside):
        return "on PyTorch, Keras runs a loop one step further"
    inside = application.layer._flatten_layers()  # noqa: SLF001
    if any(base.__name__ in EINSUMS for layer in inside for base in type(layer).__mro__):
        return "PyTorch does not count all of Einsum"
    return ""


def macs(keras: Any, call: Callable[..., Any], values: list[Any]) -> int:
    """Half of the operations of one call, with one sample of zeros for each symbolic value."""
    torch = importlib.import_module("torch")
    counter = importlib.import_module("torch.utils.flop_counter").FlopCounterMode(display=False)
    sample = [keras.ops.zeros((1, *value.shape[1:]), value.dtype) for value in values]
    with torch.no_grad(), counter:
        call(*sample)
    return int(counter.get_total_flops()) // 2
