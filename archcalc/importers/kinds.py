"""A layer of a model as a statement: which kind it is, its arguments, what it reads in which order, and what stands inside of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from archcalc.importers.arguments import Place, Unread, Written, arguments_of
from archcalc.importers.classes import changed, known_as
from archcalc.importers.config import LayerConfig
from archcalc.importers.nodes import Call, Tensor, tensors_in
from archcalc.languages import phrase
from archcalc.names import nearest
from archcalc.registry import every_name, find_kind, refused
from archcalc.spec import Layer, Wrapper
from archcalc.values import Word

OURS = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")
# Tensors that flow into a call by name, in the order in which kinds read them.
ROLES = ("inputs", "input", "x", "query", "value", "key", "sequences", "sequence", "initial_state", "states")
# Tensors and words of a call that change no shape, no count and no weight.
MASKS = ("mask", "attention_mask", "query_mask", "value_mask", "key_mask", "training", "name")
ATTENDING = ("query", "value", "key")
INNER = {"TimeDistributed": "layer", "Bidirectional": "layer", "SpectralNormalization": "layer", "RNN": "cell"}
MAX_INSIDE = 20  # wrappers in wrappers


class Said(NamedTuple):
    """A statement to be: `inside` stands in its braces. `unread` are settings that nothing here knows, `call` those of the call alone."""

    kind: str
    arguments: list[Written]
    call: list[Written]
    inside: list[Said] | None
    unread: list[Unread]


def class_of(layer: LayerConfig) -> type[Layer] | None:
    """The kind that a layer is; None where it is not Keras's own, or has no kind."""
    known = known_as(layer.class_name, layer.config)
    return _kind(known) if known else _own(layer.class_name, layer.module, layer.registered)


@lru_cache(maxsize=1000)
def _own(class_name: str, module: str, registered: str) -> type[Layer] | None:
    """The kind of one of Keras's own classes."""
    return _kind(class_name) if _is_own(module) and ">" not in registered else None


def _is_own(module: str) -> bool:
    return not module or any(module == p or module.startswith(p + ".") for p in OURS)


def _kind(name: str) -> type[Layer] | None:
    found = find_kind(name)
    return found[0] if found else None


@lru_cache(maxsize=1000)
def merging(kind: str) -> type[Layer] | None:
    """The kind of that name, if it merges what branches put out, and needs to be told nothing."""
    cls = _kind(kind)
    return cls if cls is not None and cls.family == "merging" and not any(a.required for a in cls.args) else None


def say(layer: LayerConfig, place: Place, depth: int = 0) -> Said | None:
    """The statement for a layer by itself; None where it has no kind, or what stands inside of it has none."""
    cls = class_of(layer)
    if cls is None or depth > MAX_INSIDE:
        return None
    config = changed(layer.class_name, layer.config, place.rank, place.shape)
    inside, taken = None, INNER.get(layer.class_name, "")
    if issubclass(cls, Wrapper):
        inside = _inside(config.get(taken), _within(layer.class_name, place), depth)
        if inside is None:
            return None
        # whether what stands inside is trained, that says of itself: Keras 3 goes by it, Keras 2 by the wrapper as well
        passed = (taken, "backward_layer") if layer.old else (taken, "backward_layer", "trainable")
        config = {k: v for k, v in config.items() if k not in passed}
    both = layer.config.get("backward_layer")
    arguments, unread = arguments_of(cls, config, place)
    if both is not None and not _mirrored(layer.config.get("layer"), both):
        unread.append(Unread("backward_layer", both))
    kind = _word(cls, arguments)
    return Said(kind, arguments, [], inside, unread)


def _word(cls: type[Layer], arguments: list[Written]) -> str:
    """A function's own word, for an activation that is named: `relu`, and not `activation relu`."""
    if cls.kind == "activation" and len(arguments) == 1 and isinstance(arguments[0].value, Word):
        return str(arguments.pop().value)
    return cls.kind


def _within(class_name: str, place: Place) -> Place:
    """Where what stands inside of a wrapper stands: a step has an axis less."""
    if class_name != "TimeDistributed" or not place.rank:
        return place
    return place._replace(rank=place.rank - 1, shape=(*place.shape[:1], *place.shape[2:]) if place.shape else None)


def _inside(data: Any, place: Place, depth: int) -> list[Said] | None:
    """What stands inside of a wrapper: one layer, or the cells of a stack."""
    layer = _inner(data)
    if layer is None or layer.class_name in ("Sequential", "Functional", "Model"):
        return None
    cells = layer.config.get("cells") if layer.class_name == "StackedRNNCells" else None
    if isinstance(cells, list):
        found = [say(inner, place, depth + 1) if (inner := _inner(cell)) else None for cell in cells]
        return [s for s in found if s] if cells and all(found) else None
    said = say(layer, place, depth + 1)
    return None if said is None else [said]


def _inner(data: Any) -> LayerConfig | None:
    if not isinstance(data, dict) or not isinstance(data.get("class_name"), str) or not isinstance(data.get("config"), dict):
        return None
    module, registered = (v if isinstance(v, str) else "" for v in (data.get("module"), data.get("registered_name")))
    return LayerConfig(str(data["config"].get("name", "")), data["class_name"], module, registered, data["config"])


def _mirrored(forward: Any, backward: Any) -> bool:
    """Whether the layer that goes backwards is the other one but for its way, its name and how its weights begin."""

    def plain(data: Any) -> Any:
        config = data.get("config", {}) if isinstance(data, dict) else {}
        if not isinstance(config, dict):
            return None
        return {k: v for k, v in config.items() if k not in ("name", "go_backwards", "seed") and not k.endswith("_initializer")}

    return bool(plain(forward) == plain(backward))


def why_unknown(layer: LayerConfig) -> str:
    """Why a layer has no kind."""
    if class_of(layer) is not None:
        return phrase("what it holds is not known here")
    own = _is_own(layer.module)
    if own and (reason := refused(layer.class_name).partition(";")[0]):
        return reason
    near = nearest(layer.class_name, (n for n in every_name() if n[0].isupper())) if own and layer.module else []
    return phrase("Keras has `{near}`, and nothing called so", near=near[0]) if near else phrase("it is no layer of Keras")


# ---- what flows in ----------------------------------------------------------------------------------------------


def inputs_of(cls: type[Layer] | None, call: Call) -> tuple[list[Tensor], list[Written], list[Unread]]:
    """What a call reads, in the order in which its kind does; the words of the call itself; and what nothing here knows."""
    attends = cls is not None and _attends(cls.kind)
    if not call.keywords:
        return _alike(call.tensors) if attends else call.tensors, [], []
    keywords = dict(call.keywords)
    by_role = {role: tensors_in(keywords.pop(role)) for role in ROLES if role in keywords}
    words, unread = [], []
    for a in (a for a in (cls.args if cls and keywords else ()) if a.called and a.keras in keywords):
        value = keywords.pop(str(a.keras))
        if isinstance(value, bool) and value != a.default:
            words.append(Written(Word(a.name if value else f"no{a.name}")))
    for name, value in keywords.items():
        flows = bool(tensors_in(value))
        if cls is None and flows and name not in MASKS:
            by_role[name] = tensors_in(value)
        elif (flows or value not in (None, False, True)) and (name not in MASKS or (flows and name != "mask")):
            unread.append(Unread(name, phrase("a tensor") if flows else value))
    placed = tensors_in(call.arguments)
    if cls is not None and any(role in by_role for role in ATTENDING):
        return _attending(placed, by_role), words, unread
    tensors = [*placed, *(t for found in by_role.values() for t in found)]
    return _alike(tensors) if attends else tensors, words, unread


def _attending(placed: list[Tensor], by_role: dict[str, list[Tensor]]) -> list[Tensor]:
    """Query, value and key: by position as far as they go, the others by name; a key that is the value is not said."""
    found = dict(zip(ATTENDING, placed, strict=False))
    found |= {role: tensors[0] for role, tensors in by_role.items() if tensors}
    ordered = [found[role] for role in ATTENDING if role in found]
    return _alike(ordered)


@lru_cache(maxsize=1000)
def _attends(kind: str) -> bool:
    cls = _kind(kind)
    return cls is not None and any(a.name == "scores" for a in cls.args)


def _alike(tensors: list[Tensor]) -> list[Tensor]:
    """Without a key that is the value, and without a value that is the query."""
    tensors = tensors[:2] if len(tensors) == 3 and tensors[2][:3] == tensors[1][:3] else tensors
    return tensors[:1] if len(tensors) == 2 and tensors[1][:3] == tensors[0][:3] else tensors
