"""Labels: what bears them, and what `from` and `in` find by them."""

from __future__ import annotations

from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.graph import COUNTED, Node, say_shape
from archcalc.names import suggestion
from archcalc.resolve.expressions import evaluate
from archcalc.resolve.scope import Fail, Figures, Scope, fail
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import Dims, said


class Label(Figures):
    """What a label stands for: the nodes that bore it, the latest last; for block instances, the labels within each."""

    def __init__(self, *nodes: Node) -> None:
        self.nodes = list(nodes)
        self.inner: list[dict[str, Label]] = []

    def figure(self, name: str, span: Span) -> Any:
        if self.inner and name in self.inner[-1]:
            return self.inner[-1][name]
        return figure_of(self.nodes[-1], name, span)

    def entries(self) -> list[Any]:
        found = [Label(node) for node in self.nodes]
        for label, inner in zip(found, self.inner, strict=False):
            label.inner = [inner]
        return found

    def __str__(self) -> str:
        return f"layer `{self.nodes[-1].name}`"


def as_labels(nodes: tuple[Node, ...] | None) -> tuple[Label, ...]:
    """What `in` stands for: each node as if it had a label."""
    return tuple(Label(node) for node in nodes or ())


SHAPES = ("shape", "output_shape", "c", "h", "w", "d")
# Short forms of the names in the JSON output.
SHORT = {"trainable": "trainable_params", "non_trainable": "non_trainable_params"}


def figure_of(node: Node, name: str, span: Span) -> Any:
    """A layer's figure by its name in the JSON output: the shape's at any time, the others once they are counted."""
    full = SHORT.get(name, name)
    counted = node.row._asdict() if node.row is not None else {}
    if full in counted:
        if counted[full] is None:
            raise Fail(None)  # the layer's own mistake was said
        return counted[full]
    if name in ("kind", "name"):
        return getattr(node, name)
    if name not in SHAPES:
        raise fail("E207", span, _instead(name, full, counted), name=f"`{name}`", what=f"`{node.name}`")
    return _shape_figure(node, name, span)


def _instead(name: str, full: str, counted: dict[str, Any]) -> tuple[str, ...]:
    if not counted and full in COUNTED:
        return ("only the shape is known here; the other figures stand in `expect`",)
    return suggestion(name, (*SHAPES, *SHORT, *counted))


def _shape_figure(node: Node, name: str, span: Span) -> Any:
    if node.shape is None:
        raise Fail(None)
    if name in ("shape", "output_shape"):
        return Dims(node.shape)
    axes = {"c": -1, "w": -2, "h": -3, "d": -4}
    if len(node.shape) < -axes[name]:
        raise fail("E207", span, name=f"`{name}`", what=f"`{node.name}`, whose shape is {say_shape(node.shape)}")
    return node.shape[axes[name]]


class Frame:
    """A network or a block instance being expanded: its labels, its counters for unnamed layers, and what flows."""

    def __init__(self, scope: Scope, prefix: str, body: tree.Body, flow: tuple[Node, ...] | None = None) -> None:
        self.scope = scope
        self.prefix = prefix
        self.flow = flow
        self.labels: dict[str, Label] = {}
        self.places = dict(_labels_in(body))  # every label of the body, also those that come later
        self.counts: dict[str, int] = {}

    def fresh(self, kind: str) -> str:
        """A name for a layer without label: kind_n, skipping names that are taken."""
        while True:
            n = self.counts[kind] = self.counts.get(kind, 0) + 1
            name = kind if kind == "input" and n == 1 else f"{kind}_{n}"
            if name not in self.places:
                return self.prefix + name

    def put(self, label: str, node: Node) -> Label:
        """Let a node bear a label; where others bore it before, the node is its latest."""
        found = self.labels.setdefault(label, Label())
        found.nodes.append(node)
        self.scope.values[label] = found
        return found


def _labels_in(body: tree.Body) -> list[tuple[str, Span]]:
    found: list[tuple[str, Span]] = []
    for item in body.items:
        if isinstance(item, tree.Statement):
            if item.label is not None and item.label_span is not None:
                found.append((item.label, item.label_span))
            found += _labels_in(item.body) if item.body else []
        elif isinstance(item, tree.For):
            found += _labels_in(item.body)
        elif isinstance(item, tree.If):
            found += _labels_in(item.then) + (_labels_in(item.otherwise) if item.otherwise else [])
        elif isinstance(item, tree.Broken) and item.label:
            found.append((item.label, item.span))
    return found[::-1]  # a dict made of it keeps the first place of each


# ---- references -------------------------------------------------------------------------------------------------


def refer(reference: tree.Reference, frame: Frame, scope: Scope) -> list[Node]:
    """The nodes that one name after `from` stands for: one, or all that bore a label (`e[:]`).

    Raises:
        Fail: there is no such label above, or not so many of it.
    """
    if reference.into:
        return [_entering(reference, scope)]
    labels = frame.labels
    nodes: list[Node] = []
    for name, index in reference.path:
        label = labels.get(name)
        if label is None:
            raise _unknown(name, reference, frame)
        chosen = -1
        if index == "all":
            nodes = list(label.nodes)
        else:
            chosen = -1 if index is None or isinstance(index, str) else _index(evaluate(index, scope), len(label.nodes), reference)
            nodes = [label.nodes[chosen]]
        labels = label.inner[chosen] if label.inner else {}
    return nodes


def _entering(reference: tree.Reference, scope: Scope) -> Node:
    entering: tuple[Label, ...] = scope.into or ()
    index = 0 if reference.at is None else evaluate(reference.at, scope)
    if not isinstance(index, int) or not 0 <= index < len(entering):
        raise fail("E124", reference.span, index=said(index), count=len(entering))
    return entering[index].nodes[-1]


def _index(index: Any, count: int, reference: tree.Reference) -> int:
    if not isinstance(index, int) or not -count <= index < count:
        raise fail("E206", reference.span, index=said(index), count=count)
    return index


def _unknown(name: str, reference: tree.Reference, frame: Frame) -> Fail:
    place = frame.places.get(name)
    if place is not None and place.start > reference.span.start:
        facts = {"name": f"`{name}`", "line": place.line}
        return Fail(Diagnostic("E105", reference.span, facts, related=((place, "here"),)))
    return fail("E103", reference.span, suggestion(name, frame.labels), name=f"`{name}`")
