"""Activations: one function on each value. Every Keras activation is a kind of its own name."""

from __future__ import annotations

from typing import Any, ClassVar

from archcalc.argtypes import Choice, Number
from archcalc.registry import register
from archcalc.sizes import Shape
from archcalc.spec import Example, Layer, Operation, arg

# keras.activations of Keras 3, less glu, which halves an axis, and threshold, which needs arguments.
FUNCTIONS = (
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh",
    "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink",
    "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "swish", "tanh",
    "tanh_shrink",
)  # fmt: skip
# An argument called `activation`: analysis counts one operation for each output value.
ACTIVATION = Choice(*FUNCTIONS)


class Elementwise(Layer):
    """Base: the shape stays, and each value costs one operation."""

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("activation", 1),)


@register
class Activation(Elementwise):
    """An activation function, named by a word: `activation tanh`; each is a kind of its own as well: `tanh`."""

    kind = "activation"
    keras = "Activation"
    function: str = arg(ACTIVATION, "the function", keras="activation")
    examples = (Example("activation tanh", ((5, 5, 16),), (5, 5, 16)),)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return () if self.function == "linear" else super().operations(out, *inputs)


class Named(Elementwise):
    """A function whose name is a kind."""

    keras = None
    function: ClassVar[str] = ""


@register
class LeakyReLU(Elementwise):
    """Leaky rectifier: values below 0 are scaled down instead of cut off."""

    kind = "leaky_relu"
    keras = "LeakyReLU"
    slope: Any = arg(Number(0), "factor for values below 0", 0.3, keras="negative_slope", short=("alpha",))
    examples = (Example("leaky_relu 0.1", ((9,),), (9,)), Example("leaky_relu", ((4, 4, 2),), (4, 4, 2)))


def _register_named() -> None:
    for name in FUNCTIONS:
        if name != "leaky_relu":
            doc = f"The activation function `{name}` on each value; `activation {name}` is the same."
            example = Example(name, ((6, 6, 3),), (6, 6, 3))
            free = {"operations": Layer.operations} if name == "linear" else {}
            members = {"kind": name, "function": name, "examples": (example,), "__doc__": doc, "__module__": __name__, **free}
            register(type(name, (Named,), members))


_register_named()
