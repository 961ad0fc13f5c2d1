"""What the symbols in a derivation stand for, from the declarations of the layers that use them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archcalc import activations
from archcalc.graph import Node
from archcalc.languages import mark, tr
from archcalc.spec import Layer, Wrapper

AXES = {
    "n": "size of a side, or of a vector",
    "depth": "size along the first of three axes",
    "h": "height",
    "w": "width",
    "c": "channels",
}
# What a formula takes as known: figures of the layer that have a working of their own, and what is counted one by one.
KNOWN = {
    "steps": "steps of the sequence",
    "bytes": "that one value takes",
    "batch": "number of samples",
    "params": "the layer's parameters",
    "macs": "the layer's multiply-accumulates",
    "before": "taps that fall before the first value, over all places of the kernel",
    "after": "taps that fall after the last value, over all places of the kernel",
    "state before": "taps that fall before the first value of the state, over all places",
    "state after": "taps that fall after the last value of the state, over all places",
    "bias adds": "additions of a bias, each of its values as often as it is used",
    "activations": "applications of the activation, one for each output value",
}
# Of rules that give a size its usual name, where no argument has it.
USUAL = {"p": "what is added around the input", "height": "rows that come out", "width": "columns that come out"}
FUNCTIONS = {"ceil": "rounded up", "max": "the larger", "min": "the smaller", "gcd": "the greatest common divisor"}
# Which of several axes or inputs is meant; of further ones, the last.
ALONG = (
    mark("{meaning}, along the first axis"),
    mark("{meaning}, along the second axis"),
    mark("{meaning}, along the third axis"),
    mark("{meaning}, along the fourth axis"),
    mark("{meaning}, along the {n}th axis"),
)
OF_INPUT = (
    mark("{meaning}, of the first input"),
    mark("{meaning}, of the second input"),
    mark("{meaning}, of the third input"),
    mark("{meaning}, of the fourth input"),
    mark("{meaning}, of the {n}th input"),
)
_WORD = re.compile(r"[^\W\d]\w*(?: [^\W\d]\w+)*")  # two words may be one name, as in `bias adds`


def legend(formulas: Iterable[str], nodes: Iterable[Node]) -> list[tuple[str, str]]:
    """Each symbol of the formulas with its meaning, in order. `n_out` is what `n` is, of the output; `f_2`, `f` along the second axis."""
    used = {word for formula in formulas for word in _WORD.findall(formula.replace(" x ", " * "))}
    arguments: dict[str, dict[str, None]] = {}
    layers = [layer for node in nodes for layer in _all_of(node.layer)]
    for layer in {type(layer): layer for layer in layers}.values():
        for a in layer.args:
            arguments.setdefault(str(a.symbol), {})[tr(a.prose)] = None
    if activation := _activation(layers):
        arguments["activations"] = {activation: None}
    meanings = {name: _either(says) for name, says in arguments.items()}
    return [(name, says) for name in sorted(used) if (says := _meaning(name, meanings))]


def _activation(layers: list[Layer]) -> str:
    """What the one activation of the layers computes; "" where there are several, or none that is known."""
    names = {getattr(layer, "activation", None) or _function(layer) for layer in layers} - {"", "linear"}
    if len(names) != 1:
        return ""
    function = activations.FUNCTIONS.get(names.pop())
    if function is None:
        return ""
    return tr("applications of {name}, {formula}: one for each output value", name=function.name, formula=function.formula)


def _function(layer: Layer) -> str:
    """The function that a layer is, without further arguments."""
    return getattr(layer, "function", "") if layer.given().keys() <= {"function"} else ""


def _meaning(name: str, arguments: dict[str, str]) -> str:
    """What a symbol stands for; "" of one that nothing declares."""
    if name == "activations" and name in arguments:
        return arguments[name]
    if says := KNOWN.get(name) or FUNCTIONS.get(name):
        return tr(says)
    if says := _either(filter(None, (tr(AXES.get(name, "")), arguments.get(name)))):
        return says
    if name in USUAL:
        return tr(USUAL[name])
    if name.endswith("_out"):
        return _of(name.removesuffix("_out"), AXES, mark("{meaning}, of what comes out"))
    head = name.rstrip("0123456789")
    number = name[len(head) :]
    if not number:
        return ""
    which = ALONG if head.endswith("_") else OF_INPUT
    where = which[int(number) - 1] if len(number) < 2 and 0 < int(number) < len(which) else which[-1]
    return _of(head[:-1], {**KNOWN, **arguments}, where, number) if which is ALONG else _of(head, AXES, where, number)


def _either(says: Iterable[str]) -> str:
    """Several meanings as one."""
    whole = ""
    for one in says:
        whole = tr("{one}; or {other}", one=whole, other=one) if whole else one
    return whole


def _of(name: str, meanings: dict[str, str], where: str, n: str = "") -> str:
    if name not in meanings and name[-1:].isdigit():  # of five axes or more, the third is n2
        name = name.rstrip("0123456789")
    return tr(where, meaning=tr(meanings[name]), n=n) if name in meanings else ""


def _all_of(layer: Layer | None) -> Iterator[Layer]:
    """A layer, and what stands inside of it."""
    if layer is not None:
        yield layer
        for inner in layer.layers if isinstance(layer, Wrapper) else ():
            yield from _all_of(inner)
