"""A network as a plain directed graph of layers, in the order in which they run.

Loops, blocks and names are gone: what is left are nodes, each with its layer and the nodes that it reads. A node's shape
is found when it is added, since later lines may ask for it (`in.c`). A node whose layer or inputs failed has the shape
None, and causes no further messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from archcalc.diagnostics import Diagnostic
from archcalc.figures import OF_WEIGHTS
from archcalc.languages import phrase
from archcalc.recipes import Recipe
from archcalc.sizes import Refusal, Shape, settled
from archcalc.source import Span
from archcalc.spec import Layer
from archcalc.values import joined


class Bytes(NamedTuple):
    """What a value takes: one that a layer puts out, one that it stores, and one that flows into the network."""

    values: int
    weights: int
    inputs: int


# By the words of `dtype`. Layers of Keras's mixed policies store in four bytes, and compute in two, whatever flows in.
_MIXED = Bytes(2, 4, 4)
BYTES = {name: Bytes(n, n, n) for name, n in (("float16", 2), ("bfloat16", 2), ("float32", 4), ("float64", 8), ("int8", 1))}
MIXED = ("mixed_float16", "mixed_bfloat16")
BYTES |= dict.fromkeys(MIXED, _MIXED)

CHANNELS_LAST, CHANNELS_FIRST = LAYOUTS = ("channels_last", "channels_first")

MAX_AXES = 32
MAX_BITS = 512  # of the length of an axis


class Node:
    """One layer at its place: its name, what it reads, where it was written, and the shape that comes out."""

    __slots__ = ("first", "group", "inputs", "kind", "layer", "name", "named", "row", "shape", "shares", "span", "spans")

    def __init__(
        self,
        name: str,
        layer: Layer | None,
        inputs: tuple[Node, ...],
        span: Span | None,
        spans: dict[str, Span] | None = None,
        *,
        named: bool = False,
        shares: Node | None = None,
        kind: str = "",
    ) -> None:
        self.name = name
        self.layer = layer  # None: the statement had a mistake
        self.kind = layer.kind if layer else kind
        self.inputs = inputs
        self.span = span
        self.spans = spans or {}  # where each argument was written
        self.named = named  # by a label, not by counting
        self.shares = shares  # the node whose weights it uses again
        self.shape: Shape | None = None
        self.row: Any = None  # its figures, once analysis has found them
        self.first = False  # the network's layout has channels first
        self.group: Group | None = None  # the block instance that it stands in

    @property
    def turned(self) -> tuple[int, int] | None:
        """Where the network has the channels, in and out, if its layer's rule has them last and the network does not."""
        return self.layer.channel_axes() if self.first and self.layer is not None else None

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        """The shapes that flow in, as the layer's rules see them; only for a node whose own shape is known."""
        shapes = tuple(n.shape for n in self.inputs if n.shape is not None)
        turned = self.turned
        return tuple(channels_last(x, aligned(turned[0], x, shapes[0])) for x in shapes) if turned else shapes

    @property
    def seen(self) -> Shape | None:
        """The shape that comes out, as the layer's rules see it. `shape` is what the network has."""
        turned = self.turned
        return channels_last(self.shape, turned[1]) if turned and self.shape is not None else self.shape

    @property
    def untold(self) -> tuple[str, ...]:
        """The figures that its line leaves open: unknown, and not 0."""
        figures = self.layer.untold if self.layer is not None else ()
        return figures if self.shares is None else tuple(figure for figure in figures if figure not in OF_WEIGHTS)

    def __repr__(self) -> str:
        return f"Node({self.name}: {self.kind} {self.shape})"


class Group:
    """A block instance, or a network used as a layer: its layers are shown by themselves, or folded into one line."""

    __slots__ = ("kind", "made", "name", "nodes", "outer", "outputs", "row", "span")

    def __init__(self, name: str, kind: str, outer: Group | None, span: Span) -> None:
        self.name = name
        self.kind = kind
        self.outer = outer
        self.span = span
        self.nodes: list[Node] = []  # in the order in which they run, those of inner groups too
        self.outputs: tuple[Node, ...] = ()
        self.made: Any = None  # what to expand it again from
        self.row: Any = None  # its figures' sums, once analysis has found them


def aligned(axis: int, shape: Shape, whole: Shape) -> int:
    """Where an axis of a shape is in another that may lack the first ones: in a state, which has no steps."""
    return max(axis + len(shape) - len(whole), 0)


def channels_last(shape: Shape, axis: int = 0) -> Shape:
    """A shape of a channels-first network, whose channels are at `axis`, as rules see it."""
    return (*shape[:axis], *shape[axis + 1 :], shape[axis]) if axis < len(shape) else shape


def channels_first(shape: Shape, axis: int = 0) -> Shape:
    """A shape that a rule gave, as a channels-first network has it."""
    return (*shape[:axis], shape[-1], *shape[axis:-1]) if axis < len(shape) else shape


class Expectation:
    """An `expect` line: the expression, and the names that it may use besides the figures."""

    __slots__ = ("expression", "names", "span")

    def __init__(self, expression: Any, names: Any, span: Span) -> None:
        self.expression = expression
        self.names = names
        self.span = span


class Graph:
    """One network, expanded. `inputs` are not among `layers`; both are in the order of the text."""

    def __init__(self, name: str, source: str = "") -> None:
        self.name = name
        self.source = source
        self.span: Span | None = None
        self.inputs: list[Node] = []
        self.layers: list[Node] = []
        self.names: dict[str, Node] = {}  # of both, by name
        self.outputs: list[Node] = []
        self.groups: list[Group] = []  # in the order in which they begin
        self.parameters: dict[str, Any] = {}
        self.expectations: list[Expectation] = []
        self.recipe: Recipe | None = None
        self.layout = CHANNELS_LAST
        self.dtype = "float32"
        self.partial = False  # a line that may be a layer could not be read
        self.findings: list[Diagnostic] = []
        self._again: dict[str, int] = {}
        self.book: Any = None  # of the sizes that are free, and what is assumed of them

    @property
    def free(self) -> tuple[str, ...]:
        """The names of the sizes that are free."""
        return tuple(self.book.free) if self.book is not None else ()

    def add(self, node: Node, group: Group | None = None) -> Node:
        """Append a node, which stands in a block instance or in none, and find its shape."""
        if node.name in self.names:
            node.name = self._other_name(node.name)
        self.names[node.name] = node
        node.group = group
        while group is not None:
            group.nodes.append(node)
            group = group.outer
        (self.inputs if node.kind == "input" else self.layers).append(node)
        node.first = self.layout == CHANNELS_FIRST
        node.shape, finding = infer(node)
        if self.book is not None and node.shape is not None:
            node.shape = tuple(map(settled, node.shape))
        if finding:
            self.findings.append(finding)
        return node

    def _other_name(self, name: str) -> str:
        """A name for a second node that is called so, which is a mistake: figures are found by name all the same."""
        taken = name
        while taken in self.names:
            n = self._again[name] = self._again.get(name, 1) + 1
            taken = f"{name}#{n}"
        return taken

    def needs_numbers(self) -> str:
        """What is to be said where sizes have to be numbers; "" if they are."""
        if not self.free:
            return ""
        values = " ".join(f"-p {name}=64" for name in self.free)
        return f"this needs numbers, and {', '.join(self.free)} {'are' if len(self.free) > 1 else 'is'} free: give a value, as in {values}"

    def settle(self) -> None:
        """Write every shape under all that is assumed of free sizes by now."""
        for node in (*self.inputs, *self.layers) if self.book is not None else ():
            if node.shape is not None:
                node.shape = tuple(map(settled, node.shape))

    def reached(self) -> set[int]:
        """The ids of the nodes from which an output can be reached."""
        reached: set[int] = set()
        waiting = list(self.outputs)
        while waiting:
            node = waiting.pop()
            if id(node) not in reached:
                reached.add(id(node))
                waiting += node.inputs
        return reached

    def is_chain(self) -> bool:
        """One input, and every layer reads the one before: what Keras calls Sequential."""
        before = [*self.inputs[:1], *self.layers]
        return (
            len(self.inputs) == 1
            and all(n.inputs == (b,) and n.shares is None for b, n in zip(before, self.layers, strict=False))
            and self.outputs == before[-1:]
        )


def infer(node: Node) -> tuple[Shape | None, Diagnostic | None]:
    """A node's shape, or why it has none. Neither, where its layer or an input failed before."""
    if node.layer is None or any(n.shape is None for n in node.inputs):
        return None, None
    least, most = node.layer.inputs
    count = len(node.inputs)
    if count < least or (most is not None and count > most):
        return None, _arity(node, least, most)
    try:
        return shape_of(node, node.layer), None
    except Refusal as refusal:
        return None, explain_refusal(node, refusal)


def shape_of(node: Node, layer: Layer) -> Shape:
    """What comes out of a layer in a node's place. Refuses what does not fit."""
    shape = layer.shape(*node.input_shapes)
    _within_limits(shape)
    return channels_first(shape, node.turned[1]) if node.turned else shape


def _within_limits(shape: Shape) -> None:
    """Refuse what layers in a loop may grow to, before later figures, which are products of sizes, are worked out."""
    if len(shape) > MAX_AXES:
        raise Refusal("E315", what=phrase("{n} axes", n=len(shape)), limit=MAX_AXES)
    for n in shape:
        if isinstance(n, int) and n.bit_length() > MAX_BITS:
            raise Refusal("E315", what=phrase("an axis of more than 2**{bits} values", bits=n.bit_length() - 1), limit=f"2**{MAX_BITS}")


def _arity(node: Node, least: int, most: int | None) -> Diagnostic:
    few = phrase("1 input") if least == 1 else phrase("{n} inputs", n=least)
    more = phrase("{few} or more", few=few) if most is None else phrase("{least} to {most} inputs", least=least, most=most)
    needs = few if most == least else more
    facts = {"kind": node.kind, "needs": needs, "got": len(node.inputs) or phrase("none")}
    branches = phrase("`{kind} {{ branch {{ ... }} branch {{ ... }} }}`, where an empty branch is the identity", kind=node.kind)
    fixes = () if least < 2 else (phrase("write `{kind} from a, b` with labels, or {branches}", kind=node.kind, branches=branches),)
    return Diagnostic("E118", node.span, facts, fixes=fixes, layer=node.name)


def explain_refusal(node: Node, refusal: Refusal) -> Diagnostic:
    """A rule's refusal as a finding: at the argument at fault, with the layers that fed it."""
    facts = dict(refusal.facts)
    span = node.spans.get(str(facts.get("at")), node.span)
    facts = {k: say_shape(_as_network_has(node, v)) if type(v) is tuple else v for k, v in facts.items()}
    related: tuple[tuple[Span, str], ...] = ()
    if len(node.inputs) > 1:
        related = tuple(
            (n.span, phrase("{name} is {shape}", name=n.name, shape=say_shape(n.shape))) for n in node.inputs if n.span and n.shape
        )
    return Diagnostic(refusal.code, span, facts, related=related, fixes=_fixes(refusal), layer=node.name)


def _as_network_has(node: Node, shape: Shape) -> Shape:
    turned = node.turned
    return channels_first(shape, aligned(turned[0], shape, node.inputs[0].shape or ())) if turned else shape


def _fixes(refusal: Refusal) -> tuple[str, ...]:
    """What would fit instead; a rule may leave it to be worked out now that it is wanted."""
    fixes = refusal.facts.get("fixes", ())
    return tuple(fixes() if callable(fixes) else fixes)


def say_shape(shape: Iterable[Any] | None) -> str:
    """A shape as the language writes it: 28x28x6; with free sizes H x W x 3, (H - 4)//2 x 6."""
    if shape is None:
        return "unknown"
    return joined(tuple(shape)) or "()"
