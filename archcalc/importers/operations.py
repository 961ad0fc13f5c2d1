"""Operations that Keras records among the layers of a model, such as `x * 2.0` or `keras.ops.relu(x)`: which kind does the same.

They have no weights. One that no kind does is left unknown, but for the shape that comes out, where the file has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archcalc.activations import FUNCTIONS
from archcalc.importers.arguments import Written
from archcalc.importers.config import LayerConfig
from archcalc.importers.nodes import Call, Tensor, tensors_in
from archcalc.values import Dims, Word

Operation = tuple[str, list[Written], list[Tensor]]  # a kind, its arguments, and what it reads
OLD = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")
# What Keras 2 and Keras 3 call the operations that merge two values.
MERGES = {"add": "add", "multiply": "mul", "subtract": "sub", "maximum": "maximum", "minimum": "minimum", "__operators__.add": "add"}
SHIFTS: dict[str, Callable[[Any, bool], list[Written]]] = {
    # of a value and a number: how much it is scaled by, and what is added then. `turned`: the number stands first
    "add": lambda n, turned: [Written(1), Written(n)],
    "multiply": lambda n, turned: [Written(n)],
    "subtract": lambda n, turned: [Written(-1), Written(n)] if turned else [Written(1), Written(-n)],
    "__operators__.add": lambda n, turned: [Written(1), Written(n)],
}
PASSES = ("identity", "stop_gradient", "cast", "nn.dropout")


def is_operation(layer: LayerConfig) -> bool:
    """Whether what is recorded is no layer."""
    return layer.class_name in OLD or ".ops" in layer.module


def name_of(layer: LayerConfig) -> str:
    """What the operation is called: `add`, `nn.relu`."""
    if layer.class_name not in OLD:
        return _snake(layer.class_name)
    function = layer.config.get("function")
    name = function if isinstance(function, str) else layer.class_name
    return name.removeprefix("math.").removeprefix("nn.").removeprefix("keras.activations.")


def operation(layer: LayerConfig, call: Call) -> Operation | None:
    """The kind that does what an operation does, its arguments, and what it reads; None where there is none."""
    name, tensors = name_of(layer), call.tensors
    values = [*call.arguments, *call.keywords.values()]
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if name in ("true_divide", "divide", "truediv") and len(tensors) == len(numbers) == 1 and numbers[0] and isinstance(values[0], Tensor):
        return "rescale", [Written(1 / numbers[0])], tensors
    if name in SHIFTS and len(tensors) == len(numbers) == 1:
        return "rescale", SHIFTS[name](numbers[0], not isinstance(values[0], Tensor)), tensors
    if name in MERGES and len(tensors) == 2 and not numbers:
        return MERGES[name], [], tensors
    if len(tensors) == 1 and name in FUNCTIONS and not _settings(call):
        return name, [], tensors
    if len(tensors) == 1 and name in PASSES:
        return "identity", [], tensors
    return _shaped(name, layer, call, tensors)


def _settings(call: Call) -> dict[str, Any]:
    """Keywords that say something; the usual axis is the last."""
    return {k: v for k, v in call.keywords.items() if v is not None and not tensors_in(v) and (k, v) not in (("axis", -1), ("name", None))}


def _shaped(name: str, layer: LayerConfig, call: Call, tensors: list[Tensor]) -> Operation | None:
    """Operations on shapes, whose settings stand in the config or in the call."""
    settings = {**layer.config, **_settings(call)}
    if name == "reshape" and len(tensors) == 1:
        shape = settings.get("newshape", settings.get("shape", call.arguments[1] if len(call.arguments) > 1 else None))
        if (
            isinstance(shape, list)
            and shape
            and shape[0] in (-1, None)
            and all(isinstance(n, int) and n > 0 for n in shape[1:])
            and shape[1:]
        ):
            return "reshape", [Written(Dims(shape[1:]) if len(shape) > 2 else shape[1])], tensors
    if name == "transpose" and len(tensors) == 1:
        axes = settings.get("axes", settings.get("perm", call.arguments[1] if len(call.arguments) > 1 else None))
        if isinstance(axes, list) and axes[:1] == [0] and sorted(map(str, axes)) == sorted(map(str, range(len(axes)))):
            return "permute", [Written(tuple(axes[1:]))], tensors
    if name in ("concatenate", "concat") and len(tensors) > 1:
        axis = settings.get("axis", -1)
        if isinstance(axis, int) and axis:
            return "concat", [] if axis == -1 else [Written(axis, "axis")], tensors
    return None


def _snake(name: str) -> str:
    """`TrueDivide` as `true_divide`."""
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


# Classes of keras.applications that no kind does: they have no weights, and multiply and add value by value.
WEIGHTLESS = {"CustomScaleLayer": "scale"}


def is_weightless(layer: LayerConfig) -> bool:
    """Whether it is one of those classes: what comes out has the shape of what flows in first."""
    return WEIGHTLESS.get(layer.class_name, "") in layer.config and not is_operation(layer)


def unknown(layer: LayerConfig, shape: Any) -> list[Written]:
    """What is to be said of what no kind does: an operation has no weights; the shape is what the file says."""
    title = name_of(layer) if is_operation(layer) else layer.class_name
    known = [Written(0, "params")] if is_operation(layer) or is_weightless(layer) else []
    known += [Written(0, "macs")] if is_weightless(layer) else []
    return [Written(title), Written(Word("unknown")), *known, *([Written(shape, "shape")] if shape is not None else [])]
