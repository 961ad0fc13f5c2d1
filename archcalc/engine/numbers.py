"""Numbers that are given for a network, and those that should come out, as JSON.

    {"inputs": {"input": [[...], ...]},
     "weights": {"conv_1": {"kernel": [[...], ...], "bias": [1]}},
     "outputs": {"conv_1": [[...], ...]}}

Each is a nested list of numbers, by the names of the network's inputs and layers. A weight has Keras's shape and name; axes of
length 1 may be left out. An input is one sample, or a batch. `about` may say in words what it is; each part may be missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from archcalc.engine.errors import EngineError
from archcalc.engine.feeding import as_batch
from archcalc.engine.runner import Run
from archcalc.engine.store import Array
from archcalc.graph import say_shape

MAX_BYTES = 50_000_000  # of a file
MAX_NESTING = 32  # lists within lists
CLOSE = 1e-4  # results that differ by less, absolutely or relatively, are the same: values are float32
PARTS = ("about", "inputs", "weights", "outputs")


class Numbers(NamedTuple):
    """Arrays by the names of inputs, of layers and their weights, and of layers."""

    inputs: dict[str, Array]
    weights: dict[str, dict[str, Array]]
    outputs: dict[str, Array]


class Difference(NamedTuple):
    """A layer whose values are not those that should come out: the place where they differ most, and both values there."""

    layer: str
    place: tuple[int, ...]
    given: float
    found: float

    def __str__(self) -> str:
        place = f" at {', '.join(map(str, self.place))}" if self.place else ""
        return f"{self.layer}{place} is {self.found:g}; given is {self.given:g}"


def parse(data: bytes, name: str = "the numbers") -> Numbers:
    """The numbers in a file called `name`.

    Raises:
        EngineError: it is no JSON, has other parts, or something in it is no array of finite numbers.
    """
    if len(data) > MAX_BYTES:
        raise EngineError(f"{name} has more than {MAX_BYTES:,} bytes")
    try:
        whole = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_not_finite)
    except RecursionError:
        raise EngineError(f"{name}: lists are nested deeper than {MAX_NESTING}") from None
    except (ValueError, EngineError) as error:  # no UTF-8 and too many digits are among them
        raise EngineError(f"{name} is not JSON that can be read: {error}") from None
    try:
        parts = _object(whole, "it")
        if unknown := [key for key in parts if key not in PARTS]:
            raise EngineError(f"there is no part `{unknown[0]}`; parts are {', '.join(PARTS)}")
        weights = _object(parts.get("weights", {}), "`weights`")
        return Numbers(
            _arrays(parts.get("inputs", {}), "inputs"),
            {layer: _arrays(of_layer, f"weights.{layer}") for layer, of_layer in weights.items()},
            _arrays(parts.get("outputs", {}), "outputs"),
        )
    except EngineError as error:
        raise EngineError(f"{name}: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise EngineError(f"`{next(n for n in names if names.count(n) > 1)}` stands there twice")
    return found


def _not_finite(word: str) -> None:
    raise EngineError(f"{word} is no number of JSON")


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise EngineError(f"{what} must be an object, of names and what they stand for")
    return value


def _arrays(value: Any, what: str) -> dict[str, Array]:
    return {name: _array(lists, f"{what}.{name}") for name, lists in _object(value, f"`{what}`").items()}


def _array(lists: Any, what: str) -> Array:
    """A nested list as an array. All of its lists are as long as their neighbours."""
    shape = tuple(_shape(lists, what))
    flat = list(_flat(lists, shape, what))
    if all(isinstance(v, int) and abs(v) < 2**53 for v in flat):
        return np.array(flat, np.int64).reshape(shape)
    try:
        found = np.array([float(v) for v in flat])
    except OverflowError:
        found = np.array([np.inf])
    if not np.isfinite(found).all():
        raise EngineError(f"`{what}` holds a number that is too large")
    return found.reshape(shape)


def _shape(lists: Any, what: str) -> Iterator[int]:
    for _ in range(MAX_NESTING):
        if not isinstance(lists, list):
            return
        if not lists:
            raise EngineError(f"`{what}` holds an empty list")
        yield len(lists)
        lists = lists[0]
    raise EngineError(f"`{what}` holds lists that are nested deeper than {MAX_NESTING}")


def _flat(lists: Any, shape: tuple[int, ...], what: str) -> Iterator[Any]:
    if not shape:
        if isinstance(lists, bool) or not isinstance(lists, int | float):
            found = {list: "a list", dict: "an object", str: "a text", bool: "true or false", type(None): "null"}[type(lists)]
            raise EngineError(f"`{what}` holds {found} where a number must stand")
        yield lists
        return
    if not isinstance(lists, list):
        raise EngineError(f"`{what}` is ragged: a single value stands where its neighbours are lists of {shape[0]}")
    if len(lists) != shape[0]:
        raise EngineError(f"`{what}` is ragged: one list has {len(lists)} entries, and its neighbours have {shape[0]}")
    for entry in lists:
        yield from _flat(entry, shape[1:], what)


def differences(found: Run, wanted: dict[str, Array]) -> list[Difference]:
    """The layers whose values are not those that should come out.

    Raises:
        EngineError: there is no layer of a name, or its values have another shape.
    """
    differ = []
    for name, given in wanted.items():
        if name not in found.values:
            raise EngineError(f"outputs are given for `{name}`; there are {', '.join(found.values)}")
        values = found.values[name]
        batch = as_batch(given, values.shape[1:])
        if batch is None or len(batch) != len(values):
            shape = values.shape if len(values) > 1 else values.shape[1:]
            raise EngineError(f"the outputs given for `{name}` are {say_shape(given.shape)}; it puts out {say_shape(shape)}")
        off = np.abs(values - batch)
        if not np.allclose(values, batch, rtol=CLOSE, atol=CLOSE):
            worst = np.unravel_index(int(np.nan_to_num(off, nan=np.inf).argmax()), off.shape)
            place = tuple(int(i) for i in (worst if len(values) > 1 else worst[1:]))
            differ.append(Difference(name, place, float(batch[worst]), float(values[worst])))
    return differ
