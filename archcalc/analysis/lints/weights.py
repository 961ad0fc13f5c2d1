"""Lints of weights: dense layers on maps, biases that a normalisation takes away, one layer with most parameters."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis.lints.around import Around, alike, backwards, params_of, whole
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph, Node, say_shape
from archcalc.languages import phrase
from archcalc.sizes import prod
from archcalc.source import Span


def on_a_map(node: Node, around: Around) -> Iterator[Diagnostic]:
    """W108: a dense layer that does the same at every place of a map, where nothing after it reads the places."""
    layer, x = node.layer, node.inputs[0].shape
    if layer is None or x is None or len(x) < 3 or not whole(x) or id(node) in around.places_read:
        return
    *places, read = x
    if prod(places) == 1 or _follows_one(node):
        return
    facts = {
        "kind": node.kind,
        "inputs": read,
        "values": phrase("value") if read == 1 else phrase("values"),
        "places": say_shape(places),
        "shape": say_shape(x),
    }
    fixes = [
        phrase(
            "`flatten` before it would make one vector of {all} values, `gap` one of {channels}",
            all=prod(x),
            channels=x[0 if node.first else -1],
        )
    ]
    if len(x) <= 4 and not node.first and node.shape is not None:
        fixes.append(phrase("if each place is meant by itself, `conv {units}, 1` says so", units=node.shape[-1]))
    yield Diagnostic("W108", node.span, facts, fixes=tuple(fixes), layer=node.name)


def _follows_one(node: Node) -> bool:
    """Whether another such layer stands before it, with nothing between that computes: the first of them is warned of."""
    before = (n.layer for n in backwards(node.inputs[0]))
    first = next((layer for layer in before if layer is None or layer.computes), None)
    return first is not None and first.reads_last


def cancelled(graph: Graph, around: Around) -> Iterator[Diagnostic]:
    """W112: a bias of each channel, and next a normalisation that takes away the mean of each channel. Once for each statement."""
    found: dict[Span | None, list[tuple[Node, Node, int]]] = {}
    for node in graph.layers:
        if node.layer is not None and node.layer.shifts and (norm := _only_reader(node, around)) is not None:
            while norm.layer is not None and norm.layer.carries_shifts() and (reader := _only_reader(norm, around)) is not None:
                norm = reader
            saved = _cancelled(node, norm)
            if saved:
                found.setdefault(node.span, []).append((node, norm, saved))
    for all_of_them in found.values():
        node, norm, _ = all_of_them[0]
        saved = sum(count for _, _, count in all_of_them)
        related = ((norm.span, phrase("the normalisation")),) if norm.span and norm.span != node.span else ()
        fixes = (_saves(saved, len(all_of_them)),)
        yield Diagnostic("W112", node.spans.get("bias", node.span), {"norm": norm.kind}, related=related, fixes=fixes, layer=node.name)


def _saves(saved: int, layers: int) -> str:
    if layers > 1:
        return phrase("`nobias` would save {saved} parameters in {layers} layers", saved=saved, layers=layers)
    if saved == 1:
        return phrase("`nobias` would save 1 parameter")
    return phrase("`nobias` would save {saved} parameters", saved=saved)


def _only_reader(node: Node, around: Around) -> Node | None:
    """Who alone reads a node that nothing else is made of: no output, no other layer, no layer that shares its weights."""
    readers = around.readers.get(id(node), [])
    shared = node.shares is not None or id(node) in around.used_again
    alone = len(readers) == 1 and len(readers[0].inputs) == 1 and not shared and id(node) not in around.put_out
    return readers[0] if alone else None


def _cancelled(node: Node, norm: Node) -> int:
    """How many biases of a node its normalisation takes away."""
    layer = node.layer
    function = layer.applied() if layer is not None else None
    if (
        layer is None
        or function is None
        or function.name != "linear"
        or norm.layer is None
        or not whole(node.shape, norm.shape)
        or len(node.shape or ()) != len(norm.shape or ())
    ):
        return 0
    assert node.seen is not None
    turned = node.turned
    channels = turned[1] if turned else len(node.seen) - 1
    if channels not in _centred(norm):
        return 0
    return sum(w.size for w in layer.weights(node.seen, *node.input_shapes) if w.bias and w.each == ())


def _centred(norm: Node) -> tuple[int, ...]:
    """The axes along which each place has a mean taken away, as the network has them."""
    assert norm.layer is not None
    found = norm.layer.centred(norm.input_shapes[0])
    return () if found is None or norm.turned else found


def mostly_here(node: Node, around: Around) -> Iterator[Diagnostic]:
    """W113: a dense layer on a flattened map that has most of all parameters."""
    flat, params, total = node.inputs[0], params_of(node), around.params
    limits = {name: around.checks.threshold("W113", name) for name in ("share", "params")}
    if params is None or total is None or total < limits["params"] or params < limits["share"] * total:
        return
    is_map = (n for n in backwards(flat) if n.layer is None or not n.layer.view or len(n.shape or ()) != 1)
    source = next(is_map, flat)
    if source is flat or source.shape is None or node.layer is None or node.seen is None or not _from_windows(source):
        return
    channels = source.shape[0 if node.first else -1]
    left = sum(w.size for w in node.layer.weights(node.seen, (channels,)))
    facts = {"name": node.name, "params": params, "total": total, "percent": 100 * params // total, "inputs": say_shape(flat.shape)}
    fixes = (
        phrase(
            "`gap` in place of `{kind}` would leave {channels} values, and {left} parameters here",
            kind=flat.kind,
            channels=channels,
            left=left,
        ),
    )
    yield Diagnostic("W113", node.span, facts, fixes=fixes, layer=node.name)


def _from_windows(node: Node) -> bool:
    """Whether a map comes from windows that slide, through layers that keep its shape."""
    shape = node.shape
    if shape is None or not whole(shape) or len(shape) < 2 or prod(shape) == shape[-1]:
        return False
    for before in backwards(node):
        if before.layer is None or not before.inputs:
            return False
        if before.layer.windows(*before.input_shapes):
            return True
        if not alike(before.inputs[0].shape, shape):
            return False
    return False
