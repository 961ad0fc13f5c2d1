"""Dense layers: every output reads every input."""

from __future__ import annotations

from typing import Any

from archcalc.argtypes import Choice, Count, Number
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.layers.activation import ACTIVATION
from archcalc.registry import register
from archcalc.sizes import Shape, Size, require
from archcalc.spec import Example, Layer, Weight


@register
class Dense(Layer):
    """Dense (fully connected): every unit reads the whole last axis, and has a bias.

    `lora_rank` adds a low-rank adaptation (Hu et al. 2022), the only part of the kernel that is trained then.
    """

    kind = "dense"
    elsewhere = ("fc", "fully_connected", "full", "affine")
    keras = "Dense"
    computes = True
    field = "features"
    multiplies = True
    reads_last = True
    shifts = True
    units: Size = arg(Count(), "number of outputs")
    activation: Any = arg(ACTIVATION, "applied to each output value", None)
    bias: str = arg(Choice("shared", "none", off="none"), "one for each unit, or none", "shared", keras="use_bias")
    lora_rank: Size = arg(Count(), "freeze the kernel, and train an adaptation of this rank", None, symbol="r", positional=False)
    lora_alpha: Any = arg(Number(), "the adaptation is scaled by this over its rank; the rank, if not given", None, positional=False)
    examples = (
        Example("dense 120, tanh", ((400,),), (120,)),
        Example("dense 10, nobias", ((7, 64),), (7, 10)),
        Example("dense 16, lora_rank=2", ((64,),), (16,)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return (*inputs[0][:-1], self.units)

    def kernel_end(self, out: Shape, *inputs: Shape) -> Size | None:
        return out[-1] if self.lora_rank is None else None

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        read = inputs[0][-1]
        kernel, *factors = adapted(Weight("kernel", (read,), self.units), self.lora_rank, (read,), self.units)
        bias = (Weight("bias", (), self.units, bias=True),) if self.bias == "shared" else ()
        return (kernel, *bias, *factors)


def adapted(weight: Weight, rank: Size, rows: Shape, columns: Size) -> tuple[Weight, ...]:
    """The weight; with a rank, the weight frozen, and the two factors that are trained in its place (LoRA, Hu et al. 2022).

    The factors' product is added to the weight, which costs nothing once it is done: they have no edges of their own.
    """
    if rank is None:
        return (weight,)
    factors = Weight("lora_a", rows, rank, positions=0), Weight("lora_b", (rank,), columns, positions=0)
    return (weight._replace(trainable=False), *factors)


@register
class Rbf(Layer):
    """Euclidean radial basis functions: each unit's squared distance from its fixed centre.

    The output layer of LeNet-5 (LeCun et al. 1998, section II.B). The centres are stored, not trained; the smallest
    output is the answer.
    """

    kind = "rbf"
    computes = True
    field = "features"
    multiplies = True
    units: Size = arg(Count(), "number of classes")
    centres: str = arg(Choice("bitmaps", "random"), "the paper's 7x12 bitmaps of the ten digits, or seeded -1 and 1", None)
    examples = (Example("rbf 10", ((84,),), (10,)), Example("rbf 3, random", ((5,),), (3,)))

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0][-1]
        if self.centres == "bitmaps":
            why = phrase("the bitmaps are ten, of 7x12 = 84 values each")
            for fits in (x == 84, self.units == 10):
                require(fits, "E311", at="centres", first="`bitmaps`", second=phrase("these sizes"), why=why)
        return (*inputs[0][:-1], self.units)

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        return (Weight("centres", (inputs[0][-1],), self.units, trainable=False),)
