"""A layer's config -> the arguments of its kind, by the kind's declaration: the way back from what codegen writes.

Names, types and defaults are the declaration's. What a class says in another way is in classes.py.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any, NamedTuple

from archcalc.argtypes import Axis, Choice, Flag, Padding, PerAxis, ValueType, WholeShape
from archcalc.arguments import Arg
from archcalc.layers.options import Numbers
from archcalc.registry import find_kind
from archcalc.spec import Layer
from archcalc.values import Dims, Word

# Settings that change no shape, no count and no value at inference: how weights begin, what is added to the loss, chance.
NEUTRAL = (
    "name", "trainable", "dtype", "input_dtype", "seed", "generator", "autocast", "supports_masking", "quantization_config",
    "shape", "batch_shape", "batch_input_shape", "input_shape", "input_length", "input_tensor", "type_spec", "data_format",
    "sparse", "ragged", "optional", "stateful", "unroll", "implementation", "time_major", "zero_output_for_mask", "mask_zero",
    "activity_regularizer", "synchronized", "fused", "renorm", "renorm_clipping", "renorm_momentum", "virtual_batch_size", "generate_bins",
    "query_shape", "key_shape", "value_shape", "rng_type",
)  # fmt: skip
NEUTRAL_ENDINGS = ("_initializer", "_regularizer", "_constraint")
OFF: tuple[Any, ...] = (None, False, [], {}, 0)


class Place(NamedTuple):
    """Where a layer stands: how many axes flow in, the batch among them (None: not known), whether channels are first, and the shape."""

    rank: int | None
    first: bool
    shape: tuple[int | None, ...] | None = None  # with the batch, where it is known


class Written(NamedTuple):
    """One argument as it is to be written: `keyword` is its name, "/" for a stride, None for a position or a word."""

    value: Any
    keyword: str | None = None


class Unread(NamedTuple):
    """A setting that means something, and that nothing here knows."""

    name: str
    value: Any


def arguments_of(cls: type[Layer], config: dict[str, Any], place: Place) -> tuple[list[Written], list[Unread]]:
    """The arguments that differ from the defaults, as a person would write them; and the settings that are not known."""
    found: list[Written] = []
    left: list[Unread] = []
    in_order = True  # the places before are all filled
    keys, neutral, usual = _settings(cls)
    for key, a in keys.items():
        raw = config.get(key, a)
        plain = raw.__class__ in SCALARS  # True and 1 are two settings
        if raw is a or (plain and (key, raw, raw.__class__) in usual):
            in_order = in_order and not (a.positional and a.type.by_position)
            continue
        value = read_value(a, raw, place)
        if not a.required and is_default(a, value, place):
            if plain and not isinstance(a.type, Axis):
                usual.add((key, raw, raw.__class__))
            in_order = in_order and not (a.positional and a.type.by_position)
            continue
        if (functions := _functions(a)) and value is not None and not (isinstance(value, str | bool) and value in functions):
            found += [] if (name := _kind_of_function(value)) not in functions else [_written(a, name, in_order)]
            left.append(Unread(key, raw))  # one of its own, or with settings: shapes and counts do not depend on it
            continue
        found.append(_written(a, value, in_order))
        in_order = in_order and (found[-1].keyword is None or not (a.positional and a.type.by_position))
    found.sort(key=lambda w: w.keyword not in (None, "/"))  # stable: names come last
    others = config.keys() - keys.keys() - neutral
    neutral |= set(filter(_is_neutral, others))
    left += [Unread(k, config[k]) for k in sorted(others - neutral) if config[k] not in OFF]
    return found, left


SCALARS = (str, int, float, bool, type(None))
_SETTINGS: dict[type[Layer], tuple[dict[str, Arg], set[str], set[Any]]] = {}


def _settings(cls: type[Layer]) -> tuple[dict[str, Arg], set[str], set[Any]]:
    """A kind's arguments by what Keras calls them; and of what was seen so far, neutral names, and settings that are the defaults."""
    if cls not in _SETTINGS:
        # some have a name in Keras for some ranks only
        _SETTINGS[cls] = {a.keras or a.name: a for a in cls.args}, set(), set()
    return _SETTINGS[cls]


@lru_cache(maxsize=1000)
def _is_neutral(name: str) -> bool:
    return name in NEUTRAL or name.endswith(NEUTRAL_ENDINGS)


def _functions(a: Arg) -> Collection[str]:
    """The activation functions that an argument takes, if it takes one."""
    words = getattr(a.type, "known", a.type.words)
    return words if "relu" in words else ()


def _kind_of_function(value: Any) -> str:
    """The kind that a layer is which stands in the place of an activation function."""
    kind = find_kind(value["class_name"]) if isinstance(value, dict) and isinstance(value.get("class_name"), str) else None
    return kind[0].kind if kind else ""


def read_value(a: Arg, value: Any, place: Place) -> Any:
    """A setting's value as the language has it. One that does not fit is left as it is: the binding says so where it stands."""
    if a.type.words and not isinstance(a.type, Padding) and isinstance(value, dict):
        return function_name(value)
    if isinstance(a.type, Axis):
        return _axes(value)
    if isinstance(a.type, PerAxis | Padding | WholeShape | Numbers) and isinstance(value, list):
        return _tuples(value)
    return value


def function_name(value: Any) -> Any:
    """The name of an activation that was written as an object; the object itself, if it has none."""
    if isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") == "function" and isinstance(config, str):
            return config.rpartition(">")[2]
        if isinstance(value.get("registered_name"), str) and value["registered_name"] != "function":
            return value["registered_name"].rpartition(">")[2]
    return value


def _axes(value: Any) -> Any:
    found = _tuples(value) if isinstance(value, list) else value
    return found[0] if isinstance(found, tuple) and len(found) == 1 else found


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def is_default(a: Arg, value: Any, place: Place) -> bool:
    """Whether the language means this where nothing is written."""
    kind: ValueType = a.type
    if value is None or value == ():
        return a.default is None or "none" not in kind.words
    if isinstance(kind, Axis):
        return _is_default_axis(a, value, place)
    if isinstance(kind, Choice):
        usual = a.default
        if usual is None:
            usual = "linear" if "linear" in kind.words else kind.words[0] if kind.off else None
        return bool(_as_choice(kind, value) == usual)
    if isinstance(value, bool) or isinstance(a.default, bool):
        return bool(value is a.default)
    if isinstance(value, tuple) and value and not isinstance(a.default, tuple):
        return all(v == a.default for v in value) and not isinstance(kind, WholeShape)
    return bool(value == a.default)


def _is_default_axis(a: Arg, value: Any, place: Place) -> bool:
    default = a.type.settled(a.default, 0)
    if place.first and a.type.channels:
        default = 1
    if value == default:
        return True
    return place.rank is not None and isinstance(value, int) and isinstance(default, int) and value % place.rank == default % place.rank


def _as_choice(kind: Choice, value: Any) -> Any:
    if kind.off is not None and isinstance(value, bool):
        return kind.words[0] if value else kind.off
    return value


def _written(a: Arg, value: Any, in_order: bool) -> Written:
    kind = a.type
    if isinstance(kind, Flag) and isinstance(value, bool):
        return Written(Word(a.name if value else f"no{a.name}"))
    if isinstance(kind, Choice) and isinstance(value, bool) and kind.off is not None:
        return Written(Word(f"no{a.name}")) if kind.off == "none" else Written(Word(_as_choice(kind, value)))
    if value is None or value == ():
        return Written(Word("none"))
    if isinstance(value, str):
        if value in kind.words:
            return Written(Word(value))
        return Written(Word(value), a.name) if value in getattr(kind, "known", ()) else _placed(a, value, in_order)
    if a.slash:
        same = _alike(value)
        return Written(Dims(same) if isinstance(same, tuple) and not _marks(same) else same, "/")
    if isinstance(kind, PerAxis | WholeShape) and isinstance(value, tuple) and len(value) > 1 and not _marks(value):
        value = Dims(value)
    elif isinstance(kind, PerAxis | WholeShape | Padding):
        value = _alike(value)
    return _placed(a, value, in_order)


def _marks(value: tuple[Any, ...]) -> bool:
    """Whether it is no plain size: -1 stands for what is left."""
    return not all(n.__class__ is int and n > 0 for n in value)


def _alike(value: Any) -> Any:
    """One number for all axes, where it is the same for each."""
    if isinstance(value, tuple) and value and not isinstance(value[0], tuple) and all(v == value[0] for v in value):
        return value[0]
    return value


def _placed(a: Arg, value: Any, in_order: bool) -> Written:
    return Written(value, None if in_order and a.positional and a.type.by_position else a.name)
