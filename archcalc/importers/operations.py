"""Operations that Keras records among the layers of a model, such as `x * 2.0` or `keras.ops.relu(x)`: which kind does the same.

They have no weights. What no kind does is a `custom` line with the shape that the file has: values that are only moved cost nothing,
a function of each value one operation for each, a product of matrices its multiply-accumulates, and what makes one of many as much as
`gap` and `gmp` (docs/counting.md). Of all others only the weights are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

from archcalc.activations import FUNCTIONS
from archcalc.importers.arguments import Written
from archcalc.importers.config import LayerConfig
from archcalc.importers.nodes import Call, Tensor, tensors_in
from archcalc.values import Dims, Word

Shape = tuple[int | None, ...] | None  # with the batch, where the file has it
OLD = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")
MERGES = {"add": "add", "multiply": "mul", "subtract": "sub", "maximum": "maximum", "minimum": "minimum"}
SHIFTS: dict[str, Callable[[Any, bool], list[Written] | None]] = {
    # of a value and a number: how much it is scaled by, and what is added then. `turned`: the number stands first
    "add": lambda n, turned: [Written(1), Written(n)],
    "multiply": lambda n, turned: [Written(n)],
    "subtract": lambda n, turned: [Written(-1), Written(n)] if turned else [Written(1), Written(-n)],
    "divide": lambda n, turned: None if turned or not n else [Written(1 / n)],
}
PASSES = ("identity", "stop_gradient", "cast", "copy", "ensure_shape")
POOLS = {"max_pool": "maxpool", "average_pool": "avgpool"}
OVERALL = {"mean": "gap", "max": "gmp"}
RENAMED = {
    "true_divide": "divide", "truediv": "divide", "realdiv": "divide", "__operators__.add": "add", "addv2": "add", "sub": "subtract",
    "mul": "multiply", "reduce_mean": "mean", "reduce_max": "max", "amax": "max", "exp": "exponential", "concat": "concatenate",
    "batch_matmul": "matmul",
}  # fmt: skip
# Values that are taken from where they are to another place, or made of nothing.
MOVES = frozenset(
    ("expand_dims", "squeeze", "get_item", "__operators__.getitem", "slice", "strided_slice", "stack", "split", "unstack", "pad", "repeat",
     "flip", "roll", "tile", "broadcast_to", "swapaxes", "moveaxis", "transpose", "reshape", "ravel", "take", "gather", "zeros_like",
     "ones_like", "concatenate", "hstack", "vstack", "diag", "tril", "triu", "rot90", "shape", "one_hot", "extract_patches",
     "depth_to_space", "space_to_depth")
)  # fmt: skip
# Functions of each value by itself.
EACH = frozenset(
    ("add", "subtract", "multiply", "sqrt", "rsqrt", "absolute", "abs", "clip", "clip_by_value", "power", "pow", "square", "negative",
     "neg", "reciprocal", "sign",
     "log", "log1p", "log2", "log10", "expm1", "sin", "cos", "tan", "sinh", "cosh", "arcsin", "arccos", "arctan", "erf",
     "floor", "ceil", "round", "mod", "floor_divide", "divide", "maximum", "minimum", "greater", "greater_equal", "less", "less_equal",
     "equal", "not_equal", "logical_not", "logical_and", "logical_or", "isnan", "isfinite", "isinf", "where")
)  # fmt: skip
# Of the values along some axes one is made; a mean divides once more.
SUMS = ("sum", "prod", "max", "min", "any", "all", "argmax", "argmin")


class Flowing(NamedTuple):
    """The shapes of what an operation reads, and of what it puts out."""

    read: list[Shape]
    out: Shape

    @property
    def rank(self) -> int | None:
        return None if not self.read or self.read[0] is None else len(self.read[0])

    @property
    def size(self) -> Any:
        """What comes out, without the batch, as it is to be written; None where a size of it is not known."""
        if self.out is None or len(self.out) < 2 or None in self.out[1:]:
            return None
        return self.out[1] if len(self.out) == 2 else Dims(self.out[1:])

    def values(self, shape: Shape) -> int | None:
        """How many values of one sample a shape has."""
        return None if shape is None or None in shape[1:] else prod(n or 0 for n in shape[1:])


Operation = tuple[str, list[Written]]  # a kind, and its arguments


def is_operation(layer: LayerConfig) -> bool:
    """Whether what is recorded is no layer."""
    return layer.class_name in OLD or ".ops" in layer.module


def name_of(layer: LayerConfig) -> str:
    """What the operation is called: `add`, `relu`."""
    if layer.class_name not in OLD:
        name = _snake(layer.class_name)
    else:
        function = layer.config.get("function")
        name = (
            function
            if isinstance(function, str)
            else "__operators__.getitem"
            if layer.class_name == "SlicingOpLambda"
            else layer.class_name
        )
        name = (
            name.removeprefix("compat.v1.")
            .removeprefix("math.")
            .removeprefix("nn.")
            .removeprefix("keras.activations.")
            .removeprefix("linalg.")
        )
    return RENAMED.get(name, name)


def operation(layer: LayerConfig, call: Call, flowing: Flowing) -> Operation | None:
    """The kind that does what an operation does, and its arguments; None where there is none, and nothing is known but its shape."""
    name, tensors = name_of(layer), call.tensors
    settings = settings_of(layer, call)
    if len(tensors) > 1:
        return _of_several(name, settings, tensors, call) or _declared(name, settings, flowing)
    number = [v for v in (*call.arguments, *call.keywords.values()) if isinstance(v, int | float) and not isinstance(v, bool)]
    if name in SHIFTS and len(number) == 1:
        shifted = SHIFTS[name](number[0], not isinstance(call.arguments[0], Tensor))
        if shifted is not None:
            return "rescale", shifted
    return _of_one(name, settings, call, flowing) or _declared(name, settings, flowing)


def settings_of(layer: LayerConfig, call: Call) -> dict[str, Any]:
    """What an operation is told besides what flows in: when it was made, and when it was called."""
    return {**_plain(layer.config), **_plain(call.keywords)}


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings that say something."""
    return {k: v for k, v in settings.items() if v is not None and k not in ("name", "dtype", "trainable") and not tensors_in(v)}


def _of_several(name: str, settings: dict[str, Any], tensors: list[Tensor], call: Call) -> Operation | None:
    axis = settings.get("axis", -1)
    if name in MERGES and len(tensors) == 2:
        return MERGES[name], []
    if name == "concatenate" and isinstance(axis, int) and axis:
        return "concat", [] if axis == -1 else [Written(axis, "axis")]
    return None


def _of_one(name: str, settings: dict[str, Any], call: Call, flowing: Flowing) -> Operation | None:
    axis, keeps, rank = settings.get("axis", -1), settings.get("keepdims") is True, flowing.rank
    if name in PASSES:
        return "identity", []
    if name in FUNCTIONS and (axis == -1 or (rank and axis == rank - 1)):
        return name, []
    if name == "softmax" and isinstance(axis, int) and axis:
        return name, [Written(axis, "axis")]
    if name in OVERALL and rank and rank > 2 and _axes(axis, rank) == list(range(1, rank - 1)):
        return OVERALL[name], [Written(Word("keepdims"))] if keeps else []
    if name in POOLS and rank and settings.get("data_format", "channels_last") == "channels_last":
        return POOLS[name], _pool(settings)
    if name in ("reshape", "expand_dims", "squeeze") and flowing.size is not None:
        return "reshape", [Written(flowing.size)]
    axes = settings.get("axes", settings.get("perm"))
    if name == "transpose" and isinstance(axes, list) and axes[:1] == [0] and sorted(map(str, axes)) == sorted(map(str, range(len(axes)))):
        return "permute", [Written(tuple(axes[1:]))]
    if name == "reshape":
        return _reshaped(settings.get("newshape", settings.get("shape", call.arguments[1] if len(call.arguments) > 1 else None)))
    return None


def _axes(axis: Any, rank: int) -> list[int]:
    """Axes counted from the front, in order."""
    found = axis if isinstance(axis, list) else [axis]
    return sorted(n % rank for n in found if isinstance(n, int) and not isinstance(n, bool)) if found else []


def _pool(settings: dict[str, Any]) -> list[Written]:
    size, stride = (tuple(v) if isinstance(v, list) else v for v in (settings.get("pool_size", 2), settings.get("strides")))
    found = [Written(Dims(size) if isinstance(size, tuple) and len(size) > 1 else size)]
    found += [] if stride in (None, size) else [Written(Dims(stride) if isinstance(stride, tuple) and len(stride) > 1 else stride, "/")]
    return [*found, Written(Word("same"))] if settings.get("padding") == "same" else found


def _reshaped(shape: Any) -> Operation | None:
    """A shape that is written with the batch first."""
    if (
        not isinstance(shape, list)
        or len(shape) < 2
        or shape[0] not in (-1, None)
        or not all(n.__class__ is int and n > 0 for n in shape[1:])
    ):
        return None
    return "reshape", [Written(Dims(shape[1:]) if len(shape) > 2 else shape[1])]


def _declared(name: str, settings: dict[str, Any], flowing: Flowing) -> Operation | None:
    """A line that declares what is known of an operation: what it costs by what sort of operation it is."""
    size, values = flowing.size, flowing.values(flowing.out)
    if size is None or values is None:
        return None
    shape = [] if flowing.read and flowing.read[0] == flowing.out else [Written(size, "shape")]
    if name in MOVES:
        return "custom", [Written(name), *shape]
    if name in EACH:
        return "custom", [Written(name), *shape, Written(values, "flops")]
    if name in (*SUMS, "mean") and len(flowing.read) == 1 and (read := flowing.values(flowing.read[0])):
        made = 0 if name == "mean" else min(values, read)
        return "custom", [Written(name), *shape, Written(read, "connections"), Written(0, "macs"), Written(read - made, "flops")]
    products = _products(name, settings, flowing)
    if products is None:
        return None
    # Each product reads two values that flow, as those of `dot` do; where none are added up, it is as `mul`.
    own = [Written(products, "macs")] if name == "matmul" or products > values else [Written(0, "macs"), Written(products, "flops")]
    return "custom", [Written(name), *shape, Written(2 * products, "connections"), *own]


def _products(name: str, settings: dict[str, Any], flowing: Flowing) -> int | None:
    """How often a product of two values with one size for each sample multiplies; None where that is not known."""
    if len(flowing.read) != 2 or not all(flowing.read):
        return None
    (one, other), values = flowing.read, flowing.values(flowing.out)
    assert one is not None
    assert other is not None
    if name == "matmul":
        return values * one[-1] if values is not None and isinstance(one[-1], int) and len(flowing.out or ()) == len(one) > 2 else None
    letters = letters_of(settings, flowing.read) if name == "einsum" else None
    if letters is None or any(word[:1] != letters.out[:1] for word in letters.words) or not letters.out:
        return None
    sizes = {letter: n for letter, n in letters.sizes.items() if letter != letters.out[0]}  # without the batch
    return None if None in sizes.values() else prod(n or 0 for n in sizes.values())


class Letters(NamedTuple):
    """An einsum's letters: those of each value that it reads, those that come out, and how long the axis of each is."""

    words: list[str]
    out: str
    sizes: dict[str, int | None]


def letters_of(settings: dict[str, Any], read: Sequence[Sequence[int | None] | None]) -> Letters | None:
    """An einsum's letters; None where they do not fit what it reads, are written with `...`, or do not say what comes out."""
    before, arrow, out = str(settings.get("subscripts")).replace(" ", "").partition("->")
    words = before.split(",")
    sizes: dict[str, int | None] = {}
    if not arrow or len(words) != len(read):
        return None
    for word, shape in zip(words, read, strict=True):
        if shape is None or len(word) != len(shape):
            return None
        for letter, n in zip(word, shape, strict=True):
            if sizes.setdefault(letter, n) != n or not letter.isalpha():
                return None
    return Letters(words, out, sizes) if sizes.keys() >= set(out) else None


def _snake(name: str) -> str:
    """`TrueDivide` as `true_divide`."""
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


# Classes of keras.applications that no kind does, known by a setting of theirs. CustomScaleLayer scales a value, and adds it to another.
WEIGHTLESS = {"CustomScaleLayer": "scale"}


def is_weightless(layer: LayerConfig) -> bool:
    """Whether it is one of those classes: what comes out has the shape of what flows in first."""
    setting = WEIGHTLESS.get(layer.class_name)
    return setting is not None and setting in layer.config and not is_operation(layer)


def unknown(layer: LayerConfig, size: Any, flowing: Flowing) -> list[Written]:
    """What is to be said of what no kind does: an operation has no weights; the size is what the file says."""
    title = Written(name_of(layer) if is_operation(layer) else layer.class_name)
    shape = [Written(size, "shape")] if size is not None else []
    if not is_weightless(layer):
        return [title, Written(Word("unknown")), *([Written(0, "params")] if is_operation(layer) else []), *shape]
    values = flowing.values(flowing.read[0]) if flowing.read else None
    if values is None:
        return [title, Written(Word("unknown")), Written(0, "params"), Written(0, "macs"), *shape]
    return [title, *shape, Written(2 * values, "connections"), Written(0, "macs"), Written(2 * values, "flops")]
