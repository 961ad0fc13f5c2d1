"""A few layer kinds with shape rules of their own, counted out and not worked out: windows are set down one by one."""

from __future__ import annotations

from typing import Any

from unrolled import least_padding, slide

Shape = tuple[int, ...]

SAME_SHAPE = ("bn", "relu", "tanh", "elu", "leaky_relu", "sigmoid", "softmax", "dropout", "identity", "layernorm")
ARITHMETIC = ("add", "mul", "avg", "maximum", "minimum", "sub")
# Keras's names, and those of other programs, for some.
ALSO = {
    "conv": {3: "Conv2D", 2: "Conv1D"}, "maxpool": {3: "MaxPooling2D", 2: "MaxPool1D"}, "avgpool": {3: "AveragePooling2D"}, "dense": {0: "Dense"},
    "bn": {0: "BatchNormalization"}, "flatten": {0: "Flatten"}, "gap": {3: "GlobalAveragePooling2D"}, "relu": {0: "ReLU"},
    "dropout": {0: "Dropout"}, "add": {0: "Add"}, "mul": {0: "Multiply"}, "concat": {0: "Concatenate"}, "lstm": {0: "LSTM"},
    "avg": {0: "Average"}, "sub": {0: "Subtract"}, "bidirectional": {0: "Bidirectional"}, "time_distributed": {0: "TimeDistributed"},
}  # fmt: skip
# How each argument may be called.
NAMES = {
    "kernel": ("kernel", "kernel_size"), "stride": ("stride", "strides"), "padding": ("padding", "pad"), "bias": ("bias",),
    "dilation": ("dilation", "dilation_rate"), "sequences": ("sequences", "return_sequences"), "states": ("states", "return_state"),
    "merge": ("merge", "merge_mode"),
}  # fmt: skip
POOL_NAMES = {"kernel": ("kernel", "pool_size")}


class TooSmall(Exception):
    """A window has no place to stand."""


def _each(value: Any, rank: int) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,) * rank


def windows(space: Shape, kernel: Any, stride: Any = 1, padding: Any = "valid", dilation: Any = 1) -> Shape:
    """How many windows stand along each axis."""
    rank = len(space)
    found = []
    for n, k, s, d in zip(space, _each(kernel, rank), _each(stride, rank), _each(dilation, rank), strict=True):
        pads = least_padding(n, k, s, d) if padding == "same" else padding if padding == "valid" else int(padding)
        axis = slide(n, k, s, d, pads)
        if axis is None:
            raise TooSmall
        found.append(len(axis.starts))
    return tuple(found)


def shape_of(kind: str, given: dict[str, Any], inputs: list[Shape]) -> Shape:
    """What comes out of a layer. `given` are its arguments by archcalc's names."""
    x = inputs[0]
    if kind in SAME_SHAPE:
        return x
    if kind == "conv":
        return (
            *windows(x[:-1], given["kernel"], given.get("stride", 1), given.get("padding", "valid"), given.get("dilation", 1)),
            given["filters"],
        )
    if kind in ("maxpool", "avgpool"):
        kernel = given.get("kernel", 2)
        return (*windows(x[:-1], kernel, given.get("stride", kernel), given.get("padding", "valid")), x[-1])
    if kind == "dense":
        return (*x[:-1], given["units"])
    if kind == "flatten":
        count = 1
        for n in x:
            count *= n
        return (count,)
    if kind == "gap":
        return (*(1 for _ in x[:-1]), x[-1]) if given.get("keepdims") else x[-1:]
    if kind == "reshape":
        return tuple(given["size"])
    if kind in ("lstm", "gru", "rnn"):
        return (x[0], given["units"]) if given.get("sequences") else (given["units"],)
    if kind == "concat":
        return (*x[:-1], sum(y[-1] for y in inputs))
    assert kind in ARITHMETIC, kind
    return tuple(max(lengths) for lengths in zip(*inputs, strict=True))


def parts_of(kind: str, given: dict[str, Any]) -> dict[str, Shape]:
    """What a recurrent layer puts out besides, by name."""
    if not given.get("states"):
        return {}
    return dict.fromkeys(("state_h", "state_c") if kind == "lstm" else ("state",), (given["units"],))


def wrapped_shape(wrapper: str, given: dict[str, Any], kind: str, inner: dict[str, Any], x: Shape) -> Shape:
    """What comes out of a layer in a wrapper."""
    if wrapper == "time_distributed":
        return (x[0], *shape_of(kind, inner, [x[1:]]))
    out = shape_of(kind, inner, [x])
    return (*out[:-1], 2 * out[-1]) if given.get("merge", "concat") == "concat" else out
