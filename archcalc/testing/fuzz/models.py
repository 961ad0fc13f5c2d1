"""A Keras model's JSON with something done to what it says: it stays JSON, and is no model any more, or another one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from archcalc.testing.chance import Chance
from archcalc.testing.fuzz.wild import TEXTS

MOST = 6  # things that are done to one
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 7, 10**9, 2**600, 10**400, 0.5, 1e300,
    [], [None], [1, 2], [[1, 2], [3, 4]], [None, 4], [None, 7, 7, 3],
    {}, {"class_name": "function", "config": "relu"}, {"class_name": "Dense", "config": {"units": 2}}, "same", "relu", "channels_first",
    "float16", "Conv2D", "Bidirectional", "TimeDistributed", "RNN", "Lambda", "InputLayer", "Sequential", "__keras_tensor__", ["x", 0, 0],
)  # fmt: skip
Path = tuple[Any, ...]


def is_model(data: bytes) -> bool:
    """Whether it may be a model's JSON."""
    return data[:1] == b"{" and b'"class_name"' in data


def spoiled(data: bytes, chance: Chance, corpus: Sequence[bytes]) -> bytes:
    """The model with one to six values changed, exchanged, doubled or taken out; as it is, if it is no JSON."""
    try:
        model = json.loads(data)
    except (ValueError, RecursionError):
        return data
    for _ in range(chance.number(1, chance.one((1, 2, MOST)))):
        places = [place for place in _places(model) if place]
        if not places:
            break
        _spoil(model, chance.one(places), places, chance)
    return json.dumps(model).encode()


def _spoil(model: Any, place: Path, places: list[Path], chance: Chance) -> None:
    inside, key = _at(model, place[:-1]), place[-1]
    way = chance.number(0, 9)
    if way < 4:
        inside[key] = chance.one(VALUES)
    elif way < 5:
        inside[key] = chance.one(TEXTS)
    elif way < 7:
        del inside[key]
    elif way < 9:
        inside[key] = json.loads(json.dumps(_at(model, chance.one(places))))
    elif isinstance(inside, list):
        inside.insert(key, inside[key])
    else:
        inside[chance.one([p[-1] for p in places if isinstance(p[-1], str)])] = chance.one(VALUES)


def _places(value: Any) -> Iterator[Path]:
    """The ways to all values in it, its own among them."""
    waiting: list[tuple[Any, Path]] = [(value, ())]
    while waiting:
        found, place = waiting.pop()
        yield place
        if isinstance(found, dict | list):
            entries = found.items() if isinstance(found, dict) else enumerate(found)
            waiting += [(inner, (*place, key)) for key, inner in entries]


def _at(value: Any, place: Path) -> Any:
    for key in place:
        value = value[key]
    return value
