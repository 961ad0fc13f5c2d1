"""fvcore's FlopCountAnalysis: one for each multiply-accumulate, and rough figures for normalisation, pooling to one, enlarging.

fvcore/nn/flop_count.py has a table of operations; what is not in it (activations, biases, poolings with a window, additions)
is passed over. It calls its figure flops, and counts a multiply-accumulate once.
"""

from __future__ import annotations

from archcalc.conventions import Convention, Uncounted
from archcalc.conventions.seen import Seen, as_pytorch_has_it, seen
from archcalc.graph import Node
from archcalc.sizes import Size

PRODUCTS = ("Conv{rank}D", "DepthwiseConv{rank}D", "SeparableConv{rank}D", "Conv{rank}DTranspose", "Dense")
NORMS = ("LayerNormalization", "GroupNormalization", "instancenorm")  # Keras has no class for the last


def count(node: Node) -> Size:
    """What it calls flops, of one application to one sample."""
    layer = seen(node)
    macs = layer.macs
    if not (isinstance(macs, int) and macs == 0):
        if layer.row not in PRODUCTS:
            raise Uncounted("what fvcore sees of it depends on how its module is written")
        as_pytorch_has_it(layer)
        return macs
    return _besides(layer)


def _besides(layer: Seen) -> Size:
    """The operations of its table that are no products."""
    if layer.row == "BatchNormalization":
        if layer.given("renorm"):
            raise Uncounted("PyTorch has no batch renormalisation")
        _check_affine(layer)
        return layer.values * (2 if layer.given("scale") else 1)
    if layer.row in NORMS:
        _check_affine(layer)
        return layer.values * (5 if layer.given("scale") else 4)
    if layer.row in ("GlobalAveragePooling{rank}D", "AdaptiveAveragePooling{rank}D") and layer.axes == 2:
        return layer.read
    if layer.row in ("UpSampling2D", "UpSampling{rank}D") and layer.axes == 2:
        return layer.values * {"nearest": 1, "bilinear": 4}.get(layer.given("interpolation", "nearest"), 0)
    return 0


def _check_affine(layer: Seen) -> None:
    """PyTorch's normalisations have a factor and a shift, or neither."""
    if layer.given("scale") != layer.given("center"):
        raise Uncounted("PyTorch's normalisations have a factor and a shift, or neither")


CONVENTION = Convention(
    "fvcore",
    "fvcore.nn.FlopCountAnalysis",
    "flops",
    "1 for each MAC; a few for each normalised or enlarged value; no biases",
    count,
    (
        ("convolutions (transposed ones too), dense layers", "1 · MACs, without the bias"),
        ("batch normalisation", "2 for each value; 1 without factor and shift"),
        ("`layernorm`, `groupnorm`, `instancenorm`", "5 for each value; 4 without factor and shift"),
        ("`gap`, `adaptive_avgpool` of images (as AdaptiveAvgPool2d)", "1 for each value that flows in"),
        ("`upsample` of images", "1 for each value that comes out, 4 if bilinear"),
        ("everything else without products: activations, pooling, merges", "0"),
        (
            "attention, `dot`, `einsum_dense`, recurrent layers, wrappers, connection tables",
            "left out: it depends on how the module is written",
        ),
    ),
    "fvcore/nn/flop_count.py and jit_handles.py, fvcore 0.1.5",
)
