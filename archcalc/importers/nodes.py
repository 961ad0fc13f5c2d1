"""Calls of layers: what Keras calls inbound nodes. Keras 3 writes arguments as they were; Keras 2 writes lists of names."""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.languages import phrase

TENSOR, CONSTANT = "__keras_tensor__", "_CONSTANT_VALUE"
MAX_NESTING = 50


class Tensor(NamedTuple):
    """A value that flows: which of the outputs of which call of a layer; and its shape with the batch, where the file says it."""

    layer: str
    call: int
    output: int
    shape: tuple[int | None, ...] | None = None


class Call:
    """One application of a layer: its arguments, in which tensors stand wherever they stood.

    `tensors` is all that flows in, in order: arguments by position first.
    """

    __slots__ = ("arguments", "keywords", "tensors")

    def __init__(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        self.arguments = arguments
        self.keywords = keywords
        self.tensors = [*tensors_in(arguments), *(t for value in keywords.values() for t in tensors_in(value))]


class Misread(Exception):
    """A piece of the file is not what Keras writes there; the text says what it should be."""


def tensors_in(value: Any) -> list[Tensor]:
    """The tensors among nested arguments, in order."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, list | tuple | dict):
        return [tensor for entry in (value.values() if isinstance(value, dict) else value) for tensor in tensors_in(entry)]
    return []


def read_calls(data: Any) -> list[Call]:
    """The calls of a layer, from its `inbound_nodes`.

    Raises:
        Misread: they are written as no Keras does.
    """
    if not isinstance(data, list):
        raise Misread(phrase("a list of calls"))
    return [_new_call(node) if isinstance(node, dict) else _old_call(node) for node in data]


def shape_in(value: Any) -> tuple[int | None, ...] | None:
    """A shape as the file has it; None for anything else."""
    if not isinstance(value, list):
        return None
    for n in value:
        if n is not None and (n.__class__ is not int or n < 0):  # True is no size
            return None
    return tuple(value)


# ---- as Keras 3 writes them: {"args": [...], "kwargs": {...}} --------------------------------------------------------


def _new_call(node: dict[str, Any]) -> Call:
    arguments, keywords = node.get("args", []), node.get("kwargs", {})
    if not isinstance(arguments, list) or not isinstance(keywords, dict):
        raise Misread(phrase('a call, `{"args": [...], "kwargs": {...}}`'))
    return Call(tuple(_value(a, 0) for a in arguments), {str(k): _value(v, 0) for k, v in keywords.items()})


def _value(value: Any, depth: int) -> Any:
    if depth > MAX_NESTING:
        raise Misread(phrase("arguments nested at most {n} deep", n=MAX_NESTING))
    if isinstance(value, list):
        return [_value(v, depth + 1) for v in value]
    if not isinstance(value, dict):
        return value
    name, config = value.get("class_name"), value.get("config")
    if name == TENSOR:
        return _tensor(config)
    if name == "__tuple__" and isinstance(value.get("items"), list):
        return [_value(v, depth + 1) for v in value["items"]]
    return {k: _value(v, depth + 1) for k, v in value.items()}


def _tensor(config: Any) -> Tensor:
    history: Any = config.get("keras_history") if isinstance(config, dict) else None
    if not _is_history(history) or len(history) != 3:
        raise Misread(phrase('a tensor with `"keras_history": [layer, call, output]`'))
    return Tensor(history[0], history[1], history[2], shape_in(config.get("shape")))


def _is_history(value: Any) -> bool:
    """Whether it is a layer's name, the number of a call, and the number of an output; and perhaps keywords."""
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and value[1].__class__ is int  # True is none
        and value[2].__class__ is int
    )


def _is_entry(value: Any) -> bool:
    """Whether it is a tensor or a constant as Keras 2 writes them: a constant is any value, in the place of the output's number."""
    return _is_history(value) or (isinstance(value, list) and len(value) in (3, 4) and value[0] == CONSTANT)


# ---- as Keras 2 writes them: [[layer, call, output, {keywords}], ...] ------------------------------------------------


def _old_call(node: Any) -> Call:
    keywords: dict[str, Any] = {}
    read = [_old_entry(entry, keywords, 0) for entry in (node if isinstance(node, list) and not _is_entry(node) else [node])]
    return Call(tuple(read) if len(read) == 1 else (read,), keywords)


def _old_entry(entry: Any, keywords: dict[str, Any], depth: int) -> Any:
    """A tensor or a constant, or a list of such; the keywords that stand beside it are added."""
    if not _is_entry(entry):
        if not isinstance(entry, list) or depth > MAX_NESTING:
            raise Misread(phrase("a call, `[[layer, call, output, {keywords}], ...]`"))
        return [_old_entry(inner, keywords, depth + 1) for inner in entry]
    more = entry[3] if len(entry) == 4 else {}
    if not isinstance(more, dict):
        raise Misread(phrase("the keywords of a call, `{...}`"))
    keywords.update((k, _old_value(v, 0)) for k, v in more.items())
    return _old_tensor(entry)


def _old_tensor(entry: list[Any]) -> Any:
    return entry[2] if entry[0] == CONSTANT else Tensor(*entry[:3])


def _old_value(value: Any, depth: int) -> Any:
    if depth > MAX_NESTING:
        raise Misread(phrase("arguments nested at most {n} deep", n=MAX_NESTING))
    if _is_entry(value):
        return _old_tensor(value)
    if isinstance(value, list):
        return [_old_value(v, depth + 1) for v in value]
    if isinstance(value, dict):
        return {k: _old_value(v, depth + 1) for k, v in value.items()}
    return value


def references(data: Any, depth: int = 0) -> list[tuple[str, int, int]]:
    """What `input_layers` and `output_layers` name: one tensor, or a list or a dictionary of them, in order."""
    if _is_history(data):
        return [(data[0], data[1], data[2])]
    if isinstance(data, dict) and depth < MAX_NESTING:
        data = data["items"] if data.get("class_name") == "__tuple__" and isinstance(data.get("items"), list) else list(data.values())
    if not isinstance(data, list) or depth >= MAX_NESTING:
        raise Misread(phrase("`[layer, call, output]`, or a list or a dictionary of such"))
    return [found for entry in data for found in references(entry, depth + 1)]
