"""torchinfo's mult-adds: the trained values, biases among them, at every position of a convolution's output, and once elsewhere.

torchinfo/layer_info.py multiplies each parameter called weight or bias by the output's positions where the module's class has
"Conv" in its name, and by the samples in all others: a dense layer on a sequence counts for one step.
"""

from __future__ import annotations

from archcalc.conventions import Convention, Uncounted
from archcalc.conventions.seen import as_pytorch_has_it, seen
from archcalc.graph import Node
from archcalc.sizes import Size, prod, total

CONVOLUTIONS = ("Conv{rank}D", "DepthwiseConv{rank}D", "SeparableConv{rank}D", "Conv{rank}DTranspose")
ONCE = ("Dense", "BatchNormalization", "LayerNormalization", "GroupNormalization", "instancenorm", "Embedding", "PReLU", "RMSNormalization")


def count(node: Node) -> Size:
    """Mult-adds of one application to one sample."""
    layer = seen(node)
    if not layer.weights:
        return 0  # not even products of values with values, which no parameter tells of
    as_pytorch_has_it(layer)
    trained = total(weight.size for weight in layer.weights if weight.trainable)
    if layer.row in CONVOLUTIONS:
        return trained * prod(layer.out[:-1])
    if layer.row in ONCE:
        if layer.given("scale", True) != layer.given("center", True):
            raise Uncounted("PyTorch's normalisations have a factor and a shift, or neither")
        return trained
    raise Uncounted("what torchinfo sees of its weights depends on how its module is written")


CONVENTION = Convention(
    "torchinfo",
    "torchinfo.summary",
    "mult-adds",
    "weights and biases: at each position of a convolution's output, elsewhere once",
    count,
    (
        ("convolutions, transposed ones too", "(weights and biases) · positions of the output"),
        ("dense layers, normalisations, embeddings, `prelu`", "weights and biases, once, however many steps there are"),
        ("whatever has no weights", "0"),
        ("attention, recurrent layers, wrappers, connection tables", "left out: it depends on how the module is written"),
    ),
    "torchinfo/layer_info.py, torchinfo 1.8",
)
