"""PyTorch's FlopCounterMode: two for each multiply-accumulate of a convolution or a matrix product, and nothing else.

torch/utils/flop_counter.py registers mm, addmm, bmm, baddbmm, convolutions and fused attention. It watches which of them run:
fused attention on a CPU is a kernel that it does not know, so attention is counted there only where it is written out.
"""

from __future__ import annotations

from archcalc.conventions import Convention, Uncounted
from archcalc.conventions.seen import as_pytorch_has_it, seen
from archcalc.graph import Node
from archcalc.sizes import Size

# Classes whose products are convolutions or matrix products in PyTorch as well.
PRODUCTS = (
    "Conv{rank}D", "DepthwiseConv{rank}D", "SeparableConv{rank}D", "Conv{rank}DTranspose", "Dense", "EinsumDense", "MultiHeadAttention",
    "GroupQueryAttention", "Dot",
)  # fmt: skip


def count(node: Node) -> Size:
    """FLOPs of one application to one sample."""
    layer = seen(node)
    macs = layer.macs
    if isinstance(macs, int) and macs == 0:
        return 0
    if layer.row not in PRODUCTS:
        raise Uncounted("PyTorch has no such layer, or one with other weights and loops")
    as_pytorch_has_it(layer)
    return 2 * macs


CONVENTION = Convention(
    "torch",
    "torch.utils.flop_counter.FlopCounterMode",
    "FLOPs",
    "2 for each MAC of a convolution or a matrix product; nothing else",
    count,
    (
        ("convolutions (transposed ones too), dense layers, attention, `dot`, `einsum_dense`", "2 · MACs"),
        ("everything else, biases included", "0"),
        (
            "recurrent layers, wrappers, `rbf`, connection tables, untied biases, `attention`, `additive_attention`, `custom` with MACs",
            "left out: PyTorch has none, or its own have other weights",
        ),
    ),
    "torch/utils/flop_counter.py, PyTorch 2.13",
)
