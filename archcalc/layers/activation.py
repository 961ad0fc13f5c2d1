"""Activations: one function on each value. Every Keras activation is a kind of its own name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc.activations import FUNCTIONS, Function
from archcalc.argtypes import Axes, Choice, Number
from archcalc.arguments import arg
from archcalc.layers.axes import axes_of, axis_of
from archcalc.registry import register
from archcalc.sizes import Shape
from archcalc.spec import Example, Layer, Operation, Weight

if TYPE_CHECKING:
    from archcalc.reading import Reads

# An argument called `activation`: analysis counts one operation for each output value.
ACTIVATION = Choice(*FUNCTIONS)


class Elementwise(Layer):
    """Base: the shape stays, and each value costs one operation."""

    activates = True
    field = "same"
    function: str = ""

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return (Operation("activation", 1),)

    def applied(self) -> Function | None:
        # With arguments, such as `relu 6`, it is another function.
        return FUNCTIONS.get(self.function or self.kind) if self.given().keys() <= {"function"} else None

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import BY_WORD

        function = FUNCTIONS.get(self.function)
        return (BY_WORD["features" if function and function.alone is not None else self.field](self, inputs[0]),)


@register
class Activation(Elementwise):
    """An activation function, named by a word: `activation tanh`; each is a kind of its own as well: `tanh`."""

    kind = "activation"
    keras = "Activation"
    function: str = arg(ACTIVATION, "the function", keras="activation")
    examples = (Example("activation tanh", ((5, 5, 16),), (5, 5, 16)),)

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        vars(self)["view"] = self.function == "linear"

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return () if self.function == "linear" else super().operations(out, *inputs)


class Named(Elementwise):
    """A function whose name is a kind."""

    function = ""


@register
class ReLU(Named):
    """Rectifier: values below 0 become 0. `relu 6` cuts off what is above 6 as well."""

    kind = "relu"
    keras = "ReLU"
    function = "relu"
    max_value: Any = arg(Number(0), "values above it become it", None)
    slope: Any = arg(Number(0), "factor for values below the threshold", 0, keras="negative_slope")
    threshold: Any = arg(Number(0), "values below it are cut off", 0)
    examples = (
        Example("relu", ((6, 6, 3),), (6, 6, 3)),
        Example("relu 6", ((9,),), (9,)),
        Example("relu slope=0.1, threshold=1", ((4, 5),), (4, 5)),
    )


@register
class ELU(Named):
    """Exponential linear unit: values below 0 become alpha * (exp(x) - 1)."""

    kind = "elu"
    keras = "ELU"
    function = "elu"
    alpha: Any = arg(Number(), "how far below 0 it goes", 1)
    examples = (Example("elu", ((6, 6, 3),), (6, 6, 3)), Example("elu 0.5", ((9,),), (9,)))


@register
class Softmax(Named):
    """Softmax: the exponentials along an axis, divided by their sum."""

    kind = "softmax"
    keras = "Softmax"
    function = "softmax"
    axis: Any = arg(Axes(), "the axis, or axes, along which the values add up to 1", -1)
    examples = (
        Example("softmax", ((10,),), (10,)),
        Example("softmax 1", ((4, 5),), (4, 5)),
        Example("softmax axis=(1, 2)", ((6, 6, 3),), (6, 6, 3)),
    )

    def shape(self, *inputs: Shape) -> Shape:
        axes_of(self.axis, inputs[0])
        return inputs[0]

    def applied(self) -> Function:
        return FUNCTIONS[self.function]

    def along(self, out: Shape) -> Shape:
        return tuple(out[i] for i in axes_of(self.axis, out))

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        from archcalc.reading import all_of

        return (all_of(inputs[0], axes_of(self.axis, inputs[0])),)


@register
class LeakyReLU(Elementwise):
    """Leaky rectifier: values below 0 are scaled down instead of cut off."""

    kind = "leaky_relu"
    elsewhere = ("lrelu", "leakyrelu")
    keras = "LeakyReLU"
    slope: Any = arg(Number(0), "factor for values below 0", 0.3, keras="negative_slope", short=("alpha",))
    examples = (Example("leaky_relu 0.1", ((9,),), (9,)), Example("leaky_relu", ((4, 4, 2),), (4, 4, 2)))


@register
class PReLU(Elementwise):
    """Leaky rectifier whose slope below 0 is trained: one for each value, or one for all places along some axes.

    He et al. (2015), "Delving deep into rectifiers", have one for each channel: `prelu (1, 2)` for images.
    """

    kind = "prelu"
    keras = "PReLU"
    shared: Any = arg(Axes(), "axes along which one slope serves all places", None, keras="shared_axes")
    examples = (
        Example("prelu", ((9,),), (9,)),
        Example("prelu (1, 2)", ((8, 7, 3),), (8, 7, 3)),
        Example("prelu shared=1", ((8, 3),), (8, 3)),
    )

    def places(self, x: Shape) -> set[int]:
        """The shared axes, as indices into the shape."""
        if self.shared is None:
            return set()
        return {axis_of(axis, x, "shared") for axis in (self.shared if isinstance(self.shared, tuple) else (self.shared,))}

    def shape(self, *inputs: Shape) -> Shape:
        self.places(inputs[0])
        return inputs[0]

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        shared = self.places(out)
        *each, maps = [n for i, n in enumerate(out) if i not in shared] or [1]
        return (Weight("alpha", tuple(each), maps),)


def _register_named() -> None:
    known = {cls.kind for cls in (ReLU, ELU, Softmax, LeakyReLU)}
    for name in FUNCTIONS:
        if name not in known:
            doc = f"The function `{name}` of each value x: {FUNCTIONS[name].formula}. `activation {name}` is the same."
            example = Example(name, ((6, 6, 3),), (6, 6, 3))
            free = {"operations": Layer.operations, "view": True} if name == "linear" else {}
            members = {"kind": name, "function": name, "examples": (example,), "__doc__": doc, "__module__": __name__, **free}
            register(type(name, (Named,), members))


_register_named()
