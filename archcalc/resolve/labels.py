"""Labels: what bears them, and what `from` and `in` find by them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.figures import FIELD_NAMES, FIGURES, LIVE, SHORT, WRITTEN
from archcalc.graph import Group, Node, channels_last, say_shape
from archcalc.languages import phrase
from archcalc.names import suggestion
from archcalc.resolve.expressions import evaluate
from archcalc.resolve.scope import Fail, Figures, Scope, fail
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import Dims, said


class Bearer:
    """What bore a label once: a node, or a block instance and its last node; and the labels within, its parts among them."""

    __slots__ = ("group", "inner", "node", "several")

    def __init__(self, node: Node, group: Group | None = None, inner: dict[str, Label] | None = None, several: bool = False) -> None:
        self.node = node
        self.several = several  # the node is the last of several layers that the label was given to
        self.group = group
        self.inner = {} if inner is None else inner

    @property
    def outputs(self) -> tuple[Node, ...]:
        """What `from` reads: the node, or all that an instance puts out."""
        return self.group.outputs if self.group else (self.node,)


class Label(Figures):
    """What a label stands for at its place: all that bore it until then, the latest last. Alone it means the latest.

    A loop that goes on makes new ones, over the same list: what was said before keeps what it meant.
    """

    __slots__ = ("_all", "_count")

    def __init__(self, *bearers: Bearer) -> None:
        self._all = list(bearers)
        self._count = len(bearers)

    def __len__(self) -> int:
        return self._count

    def and_then(self, bearer: Bearer) -> Label:
        """What the label stands for once this bears it too."""
        after = Label()
        after._all = self._all if len(self._all) == self._count else self._all[: self._count]
        after._all.append(bearer)
        after._count = self._count + 1
        return after

    @property
    def bearers(self) -> list[Bearer]:
        return self._all[: self._count]

    def bearer(self, index: int) -> Bearer:
        """The i-th that bore it; from the end, if negative."""
        return self._all[index if index >= 0 else self._count + index]

    @property
    def latest(self) -> Bearer:
        return self.bearer(-1)

    def figure(self, name: str, span: Span) -> Any:
        bearer = self.latest
        return bearer.inner[name] if name in bearer.inner else figure_of(bearer, name, span)

    def entry(self, index: int) -> Any:
        return Label(self.bearer(index))

    def __str__(self) -> str:
        return phrase("layer `{name}`", name=self.latest.node.name)


def as_labels(nodes: tuple[Node, ...] | None) -> tuple[Label, ...]:
    """What `in` stands for: each node as if it had a label."""
    return tuple(Label(Bearer(node)) for node in nodes or ())


def as_of_now(expr: tree.Expr, scope: Scope) -> Scope:
    """A scope in which the labels that an expression names keep what they stand for at its place."""
    now = Scope(scope)
    waiting: list[Any] = [expr]
    while waiting:
        part = waiting.pop()
        name = part.name if isinstance(part, tree.Name) else part.value if isinstance(part, tree.String) else None
        if name is not None and isinstance(value := scope.find(name), Label):
            now.values[name] = value
        elif isinstance(part, tree.Node):
            waiting += [getattr(part, slot) for slot in type(part).__slots__]
        elif isinstance(part, tuple | list) and not isinstance(part, Span):
            waiting += part
    return now


SEVERAL = phrase("label the layer that is meant, or make them a block, whose figures are sums")
SHAPES = ("shape", "output_shape", "c", "h", "w", "d")


def figure_of(bearer: Bearer, name: str, span: Span) -> Any:
    """A figure by its name in the JSON output: the shape's at any time, the others once they are counted.

    Those of a block instance are the sums over its layers; its shape is what comes out of it.
    """
    node, group = bearer.node, bearer.group
    full = SHORT.get(name, name)
    row = node.row if group is None else group.row
    counted = row._asdict() if row is not None else {}
    if (full in counted or full in FIELD_NAMES) and bearer.several:
        raise fail("E207", span, (SEVERAL,), name=f"`{name}`", what=phrase("several layers under one label"))
    if full in counted:
        if counted[full] is None:
            raise left_open([node] if group is None else group.nodes, (full,), f"`{span.text}`", span)
        return counted[full]
    if name in ("kind", "name"):
        return getattr(group or node, name)
    if name not in SHAPES:
        raise fail("E207", span, _instead(name, full, counted), name=f"`{name}`", what=f"`{node.name}`")
    return _shape_figure(node, name, span)


def left_open(nodes: Iterable[Node], figures: tuple[str, ...], name: str, span: Span) -> Fail:
    """Why a figure is unknown: E404 where a layer's line leaves it open; else a layer has a mistake, which was said."""
    found = next(((node, figure) for node in nodes for figure in figures if figure in node.untold), None)
    if found is None:
        return Fail(None)
    node, figure = found
    argument = WRITTEN.get(figure, "connections" if figure == "units" else "params")
    return fail(
        "E404", span, (phrase("write what it is in that line: `{argument}=...`", argument=argument),), name=name, layer=f"`{node.name}`"
    )


def _instead(name: str, full: str, counted: dict[str, Any]) -> tuple[str, ...]:
    if not counted and full in (*FIGURES, LIVE.name, *FIELD_NAMES):
        return (phrase("it reaches no output and is left out; else, only the shape is known here; the other figures stand in `expect`"),)
    return suggestion(name, (*SHAPES, *SHORT, *counted, LIVE.name, *FIELD_NAMES))


def _shape_figure(node: Node, name: str, span: Span) -> Any:
    if node.shape is None:
        raise Fail(None)
    if name in ("shape", "output_shape"):
        return Dims(node.shape)
    axis = {"c": -1, "w": -2, "h": -3, "d": -4}[name]
    if len(node.shape) < -axis:
        raise fail(
            "E207", span, name=f"`{name}`", what=phrase("`{name}`, whose shape is {shape}", name=node.name, shape=say_shape(node.shape))
        )
    return (channels_last(node.shape) if node.first else node.shape)[axis]


class Frame:
    """A network or a block instance being expanded: its labels, its counters for unnamed layers, and what flows."""

    def __init__(
        self,
        scope: Scope,
        prefix: str,
        body: tree.Body,
        flow: tuple[Node, ...] | None = None,
        *,
        home: Any = None,
        group: Group | None = None,
    ) -> None:
        self.scope = scope
        self.prefix = prefix
        self.flow = flow
        self.entered = flow or ()
        self.home = home  # the definitions of its file
        self.group = group
        self.outputs: list[Node] = []  # that `output` named
        self.doubtful = False  # a body was passed over for its mistakes: labels may have more bearers than are known
        self.feeds: list[Node] | None = None  # of a network used as a layer: what its inputs are yet to read
        self.labels: dict[str, Label] = {}
        self.places = home.labels_of(body) if home else dict(labels_in(body))  # every label of the body, later ones too
        self.counts: dict[str, int] = {}

    def fresh(self, kind: str, taken: Container[str]) -> str:
        """A name for a layer without label: kind_n, skipping names that are taken, or will be."""
        while True:
            n = self.counts[kind] = self.counts.get(kind, 0) + 1
            name = kind if kind == "input" and n == 1 else f"{kind}_{n}"
            if name not in self.places and self.prefix + name not in taken:
                return self.prefix + name

    def put(self, label: str, node: Node, group: Group | None = None, inner: dict[str, Label] | None = None, several: bool = False) -> None:
        """Let a node, or a block instance, bear a label; where others bore it before, it is the latest."""
        bearer = Bearer(node, group, inner, several)
        self.scope.values[label] = self.labels[label] = self.labels.get(label, Label()).and_then(bearer)


def labels_in(body: tree.Body) -> list[tuple[str, Span]]:
    """Every label of a body and where it stands, the last first."""
    found: list[tuple[str, Span]] = []
    for item in body.items:
        if isinstance(item, tree.Statement):
            if item.label is not None and item.label_span is not None:
                found.append((item.label, item.label_span))
            found += labels_in(item.body) if item.body else []
        elif isinstance(item, tree.For):
            found += labels_in(item.body)
        elif isinstance(item, tree.If):
            found += labels_in(item.then) + (labels_in(item.otherwise) if item.otherwise else [])
        elif isinstance(item, tree.Broken) and item.label:
            found.append((item.label, item.span))
    return found[::-1]  # a dict made of it keeps the first place of each


# ---- references -------------------------------------------------------------------------------------------------


def refer(reference: tree.Reference, frame: Frame, scope: Scope) -> list[Node]:
    """The nodes that one name after `from` stands for: one, or all that bore a label (`e[:]`), or that label in all of them (`e[:].x`).

    Raises:
        Fail: there is no such label above, or not so many of it.
    """
    if reference.into:
        return [_entering(reference, scope)]
    within = [frame.labels]
    bearers: list[Bearer] = []
    for name, index in reference.path:
        found: list[Bearer] = []
        for labels in within:
            label = labels.get(name)
            if label is None:
                if any(node.shape is None for bearer in bearers[-1:] for node in bearer.outputs[-1:]):
                    raise Fail(None)  # what stands before the dot has a mistake, which was said
                raise missing_label(name, reference.span, frame)
            if index == "all":
                found += label.bearers
            else:
                chosen = -1 if index is None or isinstance(index, str) else _index(evaluate(index, scope), label, reference, frame)
                found.append(label.bearer(chosen))
        bearers = found
        within = [bearer.inner for bearer in bearers]
    return [node for bearer in bearers for node in bearer.outputs]


def _entering(reference: tree.Reference, scope: Scope) -> Node:
    entering: tuple[Label, ...] = scope.into or ()
    index = 0 if reference.at is None else evaluate(reference.at, scope)
    if not isinstance(index, int) or not 0 <= index < len(entering):
        raise no_such_input(reference.span, "in" if reference.at is None else f"in[{said(index)}]", len(entering))
    return entering[index].latest.node


def no_such_input(span: Span, wanted: str, count: int) -> Fail:
    """`in[3]` of two, or of none."""
    fixes = () if count else (phrase("`in` is what flows into a block, a branch or a loop pass; a label names any other layer"),)
    return fail("E124", span, fixes, wanted=wanted, count=count or phrase("nothing"))


def _index(index: Any, label: Label, reference: tree.Reference, frame: Frame) -> int:
    count = len(label)
    if not isinstance(index, int) or not -count <= index < count:
        if frame.doubtful:
            raise Fail(None)
        raise fail("E206", reference.span, index=said(index), count=count)
    return index


def missing_label(name: str, span: Span, frame: Frame) -> Fail:
    """There is no such label above: it stands further down, or nowhere."""
    place = frame.places.get(name)
    if place is not None and place.start > span.start:
        facts = {"name": f"`{name}`", "line": place.line}
        return Fail(Diagnostic("E105", span, facts, related=((place, phrase("here")),)))
    kind, _, number = name.rpartition("_")
    if number.isdecimal() and len(number) < 9 and 0 < int(number) <= frame.counts.get(kind, 0):
        made_up = phrase(
            "`{name}` is a name that was made up: label the layer to read it, as in `a: {kind} ...` and `from a`", name=name, kind=kind
        )
        return fail("E103", span, (made_up,), name=f"`{name}`")
    return fail("E103", span, suggestion(name, frame.labels), name=f"`{name}`")
