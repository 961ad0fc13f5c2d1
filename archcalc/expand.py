"""Statements to nodes: follows the flow of data through a body, and expands loops, conditions, branches and blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archcalc.binding import Given, bind
from archcalc.diagnostics import Diagnostic
from archcalc.expressions import Fail, Figures, Scope, evaluate, fail, truth
from archcalc.graph import Expectation, Graph, Node, say_shape
from archcalc.names import suggestion
from archcalc.recipe import read_recipe
from archcalc.source import Span
from archcalc.spec import ALIASES, KINDS, Layer, find_kind
from archcalc.syntax import tree
from archcalc.values import Dims, said

MAX_LAYERS = 200_000
MAX_DEPTH = 60
DTYPES = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8, "int8": 1}


class Label(Figures):
    """What a label stands for: the nodes that bore it, the latest last; for a block instance, the labels within."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.inner: list[dict[str, Label]] = []

    def figure(self, name: str, span: Span) -> Any:
        return shape_figure(self.nodes[-1], name, span)


def shape_figure(node: Node, name: str, span: Span) -> Any:
    """`.shape .c .h .w .d` of a layer."""
    if name not in ("shape", "output_shape", "c", "h", "w", "d"):
        raise fail("E207", span, suggestion(name, ("shape", "c", "h", "w", "d")), name=f"`{name}`", what=f"`{node.name}`")
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


class Expander:
    """Expands one network into its graph."""

    def __init__(
        self, graph: Graph, blocks: dict[str, tree.Block], networks: dict[str, tree.Network], sizes: dict[str | None, Dims]
    ) -> None:
        self.graph = graph
        self.blocks = blocks
        self.networks = networks
        self.sizes = sizes
        self.sizes_taken = dict.fromkeys(sizes, False)
        self.active: list[str] = []  # the blocks that are being expanded, outermost first
        self.depth = 0
        self.loops = 0
        self.full = False  # the limit of layers was reached, and said
        self.statements: dict[str, Callable[[tree.Statement, Frame, Scope], None]] = {
            "repeat": self._repeat,
            "branch": self._stray_branch,
            "output": self._output,
            "train": self._train,
            "layout": self._layout,
            "dtype": self._dtype,
            "reuse": self._later,
            "bidirectional": self._later,
            "time_distributed": self._later,
        }

    def report(self, code: str, span: Span | None, fixes: tuple[str, ...] = (), **facts: Any) -> None:
        self.graph.findings.append(Diagnostic(code, span, facts, fixes=fixes))

    def value(self, expr: tree.Expr, scope: Scope, words: bool = False) -> Any:
        """The value of an expression; None where it has none, which is then reported."""
        try:
            return evaluate(expr, scope, words)
        except Fail as failure:
            self.graph.findings += [failure.finding] if failure.finding else []
            return None

    # ---- bodies -----------------------------------------------------------------------------------------------

    def expand(self, body: tree.Body, frame: Frame, scope: Scope) -> None:
        """Run through a body's items; `frame.flow` ends as what the last of them puts out."""
        if self.depth >= MAX_DEPTH:
            self.report("E128", body.span, limit=MAX_DEPTH)
            return
        self.depth += 1
        for item in body.items:
            if self.full:
                break
            self._items[type(item)](self, item, frame, scope)
        self.depth -= 1

    def _let(self, item: tree.Let, frame: Frame, scope: Scope) -> None:
        if item.name in scope.values or item.name in frame.places:
            self.report("E102", item.name_span, name=f"`{item.name}`")
            return
        value = self.value(item.value, scope, words=True)
        if value is not None:
            scope.values[item.name] = value

    def _expect(self, item: tree.Expect, frame: Frame, scope: Scope) -> None:
        self.graph.expectations.append(Expectation(item.condition, scope, item.span))

    def _broken(self, item: tree.Broken, frame: Frame, scope: Scope) -> None:
        node = Node(item.label or "", None, (), item.span)
        self._name(item.label, node, frame)
        frame.flow = (node,)

    def _for(self, item: tree.For, frame: Frame, scope: Scope) -> None:
        values = self.value(item.values, scope)
        if values is None:
            return
        if not isinstance(values, list | tuple):
            self.report("E209", item.values.span, got=said(values), wanted="a list")
        elif self._fits(len(values), item.body, item.span):
            for value in values:
                inner = Scope(scope, as_labels(frame.flow))
                if not self._assign(item.targets, value, inner, item):
                    return
                self._pass(item.body, frame, inner)

    def _assign(self, targets: tuple[Any, ...], value: Any, scope: Scope, item: tree.For) -> bool:
        if len(targets) == 1 and isinstance(targets[0], str):
            scope.values[targets[0]] = value
            return True
        parts = value if isinstance(value, tuple | list) else (value,)
        if len(parts) != len(targets):
            self.report("E209", item.values.span, got=said(value), wanted=f"{len(targets)} values for each pass")
            return False
        return all(
            self._assign(t if isinstance(t, tuple) else (t,), part, scope, item) for t, part in zip(targets, parts, strict=True)
        )

    def _pass(self, body: tree.Body, frame: Frame, scope: Scope) -> None:
        self.loops += 1
        self.expand(body, frame, scope)
        self.loops -= 1

    def _repeat(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        count = self.value(item.arguments[0].value, scope) if len(item.arguments) == 1 else ""
        if count is None:
            return
        if not isinstance(count, int) or isinstance(count, bool) or count < 0 or item.body is None:
            self.report("E209", item.span, ("repeat 3 { ... }",), got="`repeat` without a count and a body", wanted="`repeat N { ... }`")
        elif self._fits(count, item.body, item.span):
            for _ in range(count):
                self._pass(item.body, frame, Scope(scope, as_labels(frame.flow)))

    def _fits(self, times: int, body: tree.Body, span: Span) -> bool:
        """Whether so many passes stay within the limit; counted before any of them is made."""
        count = len(self.graph.layers) + times * max(1, _layers_in(body))
        if count > MAX_LAYERS:
            self.report("E127", span, name=self.graph.name, count=count, limit=MAX_LAYERS)
            self.full = True
        return not self.full

    def _if(self, item: tree.If, frame: Frame, scope: Scope) -> None:
        try:
            holds = truth(evaluate(item.condition, scope), item.condition.span)
        except Fail as failure:
            self.graph.findings += [failure.finding] if failure.finding else []
            return
        body = item.then if holds else item.otherwise
        if body is not None:
            self.expand(body, frame, Scope(scope))

    # ---- statements -------------------------------------------------------------------------------------------

    def _statement(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        if item.kind in self.statements:
            self.statements[item.kind](item, frame, scope)
        elif item.kind in self.blocks:
            self._block(self.blocks[item.kind], item, frame, scope)
        elif item.kind in self.networks:
            self._later(item, frame, scope, "a network as a layer")
        else:
            self._layer(item, frame, scope)

    def _later(self, item: tree.Statement, frame: Frame, scope: Scope, what: str = "") -> None:
        self.report("E119", item.kind_span, what=what or f"`{item.kind}`")
        self._put(Node(item.label or frame.fresh(item.kind), None, (), item.span, kind=item.kind), item, frame)

    def _stray_branch(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        fixes = ("add { branch { ... } branch { ... } }",)
        self.report("E120", item.kind_span, fixes, kind="`branch` outside of a merge")

    def _layer(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        found = find_kind(item.kind)
        sources = self._sources(item, frame, scope)
        layer: Layer | None = None
        spans: dict[str, Span] = {}
        if found is None:
            known = [*KINDS, *ALIASES, *self.blocks, *self.networks, *self.statements]
            self.report("E101", item.kind_span, suggestion(item.kind, known), name=f"`{item.kind}`")
        elif self._call_like(item):
            fixes = (f"{item.kind} " + item.arguments[0].span.text.strip("()"),)
            self.report("E115", Span(item.span.source, item.kind_span.start, item.arguments[0].span.end), fixes, kind=item.kind)
        else:
            layer, spans = self._bind(found, item, scope)
        kind = found[0].kind if found else item.kind
        if found and found[0].inputs != (0, 0) and sources == () and not item.sources and layer:
            self.report("E123", item.kind_span, ("input 28x28x1",), kind=f"`{item.kind}`")
            layer = None
        if layer and found and found[0].inputs == (0, 0):
            sources = ()
        name = self._node_name(item, frame, kind)
        node = Node(name, layer, sources or (), item.span, spans, named=item.label is not None, kind=kind)
        self._put(node, item, frame)

    @staticmethod
    def _call_like(item: tree.Statement) -> bool:
        """`conv(3, 3x3)`: a bracket that follows the kind without a space."""
        end = item.kind_span.end
        return bool(item.arguments) and item.span.source.text[end : end + 1] == "("

    def _bind(self, found: tuple[type[Layer], int | None], item: tree.Statement, scope: Scope) -> tuple[Layer | None, dict[str, Span]]:
        cls, rank = found
        given: list[Given] = []
        failed = False
        for a in item.arguments:
            value = self.value(a.value, scope, words=True)
            failed |= value is None
            given.append(Given(value, a.span if a.keyword is None else a.value.span, a.keyword, a.keyword_span))
        if cls.kind == "input" and self.sizes:
            given = self._override(item, given, scope)
        if failed and not all(g.value is not None for g in given):
            return None, {}
        bound = bind(cls, given, item.kind_span, item.kind)
        self.graph.findings += bound.findings
        if bound.findings:
            return None, bound.spans
        layer = cls(**bound.values)
        layer.rank = rank
        return layer, bound.spans

    def _override(self, item: tree.Statement, given: list[Given], scope: Scope) -> list[Given]:
        """`--input` in place of the size that is written; it also gives free sizes their values."""
        key = item.label if item.label in self.sizes else None
        if key not in self.sizes or self.sizes_taken[key]:
            return given
        self.sizes_taken[key] = True
        size = self.sizes[key]
        written = item.arguments[0].value if item.arguments else None
        if isinstance(written, tree.Sequence) and len(written.items) == len(size):
            for entry, n in zip(written.items, size, strict=True):
                if isinstance(entry, tree.Name) and scope.find(entry.name) is None:
                    scope.values[entry.name] = self.graph.parameters[entry.name] = n
                    self.graph.findings = [f for f in self.graph.findings if f.span != entry.span]
        return [Given(size, item.span)]

    def _node_name(self, item: tree.Statement, frame: Frame, kind: str) -> str:
        if item.label is None:
            return frame.fresh(kind)
        if self.loops and item.label in frame.labels:
            return f"{frame.prefix}{item.label}[{len(frame.labels[item.label].nodes)}]"
        return frame.prefix + item.label + ("[0]" if self.loops else "")

    def _put(self, node: Node, item: tree.Statement, frame: Frame) -> None:
        """Add a node to the graph, check its declared size, and let its output flow on."""
        if len(self.graph.layers) >= MAX_LAYERS and not self.full:
            self.report("E127", item.span, name=self.graph.name, count=MAX_LAYERS + 1, limit=MAX_LAYERS)
            self.full = True
            return
        self.graph.add(node)
        self._name(item.label, node, frame, item.label_span)
        frame.flow = (node,)
        if item.size is not None:
            self._check_size(node, item.size, frame.scope)

    def _name(self, label: str | None, node: Node, frame: Frame, span: Span | None = None) -> None:
        if label is None:
            return
        if label in frame.labels and not self.loops and span is not None:
            first = frame.labels[label].nodes[0].span
            related = ((first, "the first one"),) if first else ()
            self.graph.findings.append(Diagnostic("E102", span, {"name": f"`{label}`"}, related=related))
        frame.labels.setdefault(label, Label()).nodes.append(node)
        frame.scope.values[label] = frame.labels[label]

    def _check_size(self, node: Node, size: tree.Expr, scope: Scope) -> None:
        from archcalc.analysis.advice import to_reach  # only the wrong ones need advice

        node.declared = size.span
        declared = self.value(size, scope)
        if declared is None or node.shape is None:
            return
        wanted = tuple(declared) if isinstance(declared, tuple) else (declared,)
        if wanted != node.shape:
            facts = {"got": say_shape(node.shape), "declared": said(declared)}
            finding = Diagnostic("E308", size.span, facts, fixes=to_reach(node, wanted), layer=node.name)
            self.graph.findings.append(finding)

    # ---- what flows in ----------------------------------------------------------------------------------------

    def _sources(self, item: tree.Statement, frame: Frame, scope: Scope) -> tuple[Node, ...]:
        """The nodes that a statement reads: its branches, what `from` names, or what flows."""
        if item.body is not None:
            return self._branches(item, frame, scope)
        if not item.sources:
            return frame.flow or ()
        return self._named_sources(item.sources, frame, scope)

    def _named_sources(self, references: tuple[tree.Reference, ...], frame: Frame, scope: Scope) -> tuple[Node, ...]:
        found: list[Node] = []
        for reference in references:
            try:
                found += self._refer(reference, frame, scope)
            except Fail as failure:
                self.graph.findings += [failure.finding] if failure.finding else []
                found.append(Node("", None, (), reference.span))  # unknown, and said
        return tuple(found)

    def _refer(self, reference: tree.Reference, frame: Frame, scope: Scope) -> list[Node]:
        if reference.into:
            entering = scope.into or ()
            index = 0 if reference.index is None else evaluate(reference.index, scope)
            if not isinstance(index, int) or not 0 <= index < len(entering):
                raise fail("E124", reference.span, index=said(index), count=len(entering))
            return [entering[index].nodes[-1]]
        labels = frame.labels
        nodes: list[Node] = []
        for name, index_expr in reference.path:
            label = labels.get(name)
            if label is None:
                raise self._unknown_label(name, reference, frame)
            nodes = label.nodes[-1:]
            chosen = -1
            if isinstance(index_expr, str):  # e[:]
                nodes = list(label.nodes)
            elif index_expr is not None:
                chosen = evaluate(index_expr, scope)
                if not isinstance(chosen, int) or not -len(label.nodes) <= chosen < len(label.nodes):
                    raise fail("E206", reference.span, index=said(chosen), count=len(label.nodes))
                nodes = [label.nodes[chosen]]
            labels = label.inner[chosen] if label.inner else {}
        return nodes

    def _unknown_label(self, name: str, reference: tree.Reference, frame: Frame) -> Fail:
        place = frame.places.get(name)
        if place is not None and place.start > reference.span.start:
            finding = Diagnostic("E105", reference.span, {"name": f"`{name}`", "line": place.line}, related=((place, "here"),))
            return Fail(finding)
        return fail("E103", reference.span, suggestion(name, frame.labels), name=f"`{name}`")

    def _branches(self, item: tree.Statement, frame: Frame, scope: Scope) -> tuple[Node, ...]:
        """The outputs of a merge's branches; each starts from what flowed into the merge."""
        cls = find_kind(item.kind)
        if item.body is None or cls is None or cls[0].inputs[1] is not None and cls[0].inputs[1] < 2:
            self.report("E117", item.kind_span, kind=f"`{item.kind}`")
            return frame.flow or ()
        entering = self._named_sources(item.sources, frame, scope) if item.sources else frame.flow or ()
        outputs: list[Node] = []
        self._collect(item.body, entering, outputs, frame, scope)
        frame.flow = entering
        return tuple(outputs)

    def _collect(self, body: tree.Body, entering: tuple[Node, ...], outputs: list[Node], frame: Frame, scope: Scope) -> None:
        for item in body.items:
            if isinstance(item, tree.Statement) and item.kind == "branch" and item.body is not None:
                frame.flow = self._named_sources(item.sources, frame, scope) if item.sources else entering
                self.expand(item.body, frame, Scope(scope, as_labels(frame.flow)))
                outputs += frame.flow or ()
            elif isinstance(item, tree.If):
                holds = self.value(item.condition, scope)
                chosen = item.then if holds is True else item.otherwise
                if chosen is not None and holds is not None:
                    self._collect(chosen, entering, outputs, frame, Scope(scope))
            elif isinstance(item, tree.For):
                values = self.value(item.values, scope)
                for value in values if isinstance(values, list | tuple) else ():
                    inner = Scope(scope, as_labels(entering))
                    if self._assign(item.targets, value, inner, item):
                        self.loops += 1
                        self._collect(item.body, entering, outputs, frame, inner)
                        self.loops -= 1
            elif isinstance(item, tree.Let):
                self._let(item, frame, scope)
            elif isinstance(item, tree.Statement) and item.kind == "repeat" and item.body is not None:
                count = self.value(item.arguments[0].value, scope) if item.arguments else 0
                for _ in range(count if isinstance(count, int) and self._fits(count, item.body, item.span) else 0):
                    self.loops += 1
                    self._collect(item.body, entering, outputs, frame, Scope(scope, as_labels(entering)))
                    self.loops -= 1
            elif not isinstance(item, tree.Broken):
                self.report("E120", item.span, ("branch { ... }",), kind="a layer in a merge, outside of its branches")

    # ---- blocks -----------------------------------------------------------------------------------------------

    def _block(self, block: tree.Block, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        if block.name in self.active:
            self.report("E126", item.kind_span, name=f"block `{block.name}`")
            frame.flow = (Node("", None, (), item.span),)
            return
        entering = self._named_sources(item.sources, frame, scope) if item.sources else frame.flow or ()
        name = self._node_name(item, frame, item.kind)
        inner_scope = self._block_scope(block, item, scope, entering)
        if inner_scope is None:
            frame.flow = (Node(name, None, (), item.span),)
            return
        inner = Frame(inner_scope, name + ".", block.body, entering)
        self.active.append(block.name)
        loops, self.loops = self.loops, 0
        self.expand(block.body, inner, inner_scope)
        self.loops = loops
        self.active.pop()
        frame.flow = inner.flow
        if item.label is not None and inner.flow:
            self._name(item.label, inner.flow[-1], frame, item.label_span)
            frame.labels[item.label].inner.append(inner.labels)
        if item.size is not None and inner.flow:
            self._check_size(inner.flow[-1], item.size, frame.scope)

    def _block_scope(self, block: tree.Block, item: tree.Statement, scope: Scope, entering: tuple[Node, ...]) -> Scope | None:
        """The block's parameters with their values; None where they do not fit, which is then reported."""
        top = scope
        while top.outer is not None:
            top = top.outer
        inner = Scope(top, as_labels(entering))
        names = [p.name for p in block.parameters]
        place = ((block.name_span, "the block is defined here"),)
        position = 0
        before = len(self.graph.findings)
        for a in item.arguments:
            name = a.keyword
            if name is None:
                name = names[position] if position < len(names) else None
                position += 1
            if name is None or name not in names or name in inner.values:
                code = "E113" if name is None else "E111" if name in inner.values else "E110"
                facts = {"kind": block.name, "name": f"`{name}`", "most": f"{len(names)} arguments"}
                fixes = suggestion(name, names) if name else ()
                self.graph.findings.append(Diagnostic(code, a.span, facts, related=place, fixes=fixes))
                continue
            value = self.value(a.value, scope, words=True)
            if value is not None:
                inner.values[name] = value
        for p in block.parameters:
            if p.name not in inner.values and p.default is not None:
                value = self.value(p.default, inner, words=True)
                if value is not None:
                    inner.values[p.name] = value
            elif p.name not in inner.values and len(self.graph.findings) == before:
                facts = {"kind": block.name, "name": f"`{p.name}`", "prose": "it has no default"}
                self.graph.findings.append(Diagnostic("E112", item.kind_span, facts, related=place))
        return inner if len(self.graph.findings) == before else None

    # ---- statements about the network -------------------------------------------------------------------------

    def _output(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        self.graph.outputs += self._named_sources(item.sources, frame, scope) if item.sources else frame.flow or ()

    def _train(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        if self.graph.recipe is not None:
            self.report("E102", item.span, name="`train`")
        self.graph.recipe, findings = read_recipe(item, scope)
        self.graph.findings += findings

    def _layout(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        name = item.arguments[0].span.text if item.arguments else ""
        if name != "channels_last":
            self.report("E119", item.span, what=f"`layout {name}`")

    def _dtype(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        name = item.arguments[0].span.text if item.arguments else ""
        if name not in DTYPES:
            facts = {"argument": "`dtype`", "word": f"`{name}`", "says": f"one of {', '.join(DTYPES)}"}
            self.report("E122", item.span, suggestion(name, DTYPES), **facts)
        else:
            self.graph.dtype = name

    def finish(self, frame: Frame, network: tree.Network) -> None:
        """The outputs, and which layers reach none."""
        graph = self.graph
        if not graph.layers and not graph.findings:
            self.report("E125", network.name_span, name=f"`{network.name}`")
        if not graph.outputs:
            graph.outputs = [n for n in frame.flow or () if n.name]
        reached: set[int] = set()
        waiting = list(graph.outputs)
        while waiting:
            node = waiting.pop()
            if id(node) not in reached:
                reached.add(id(node))
                waiting += node.inputs
        if not any(f.severity == "error" for f in graph.findings):
            for node in graph.layers:
                if id(node) not in reached:
                    self.graph.findings.append(Diagnostic("W102", node.span, {"name": f"`{node.name}`"}, layer=node.name))
            graph.layers = [n for n in graph.layers if id(n) in reached]

    _items: dict[type, Callable[[Expander, Any, Frame, Scope], None]] = {
        tree.Let: _let,
        tree.Expect: _expect,
        tree.For: _for,
        tree.If: _if,
        tree.Broken: _broken,
        tree.Statement: _statement,
    }


def as_labels(nodes: tuple[Node, ...] | None) -> tuple[Label, ...]:
    """What `in` stands for: each node as if it had a label."""
    labels = tuple(Label() for _ in nodes or ())
    for label, node in zip(labels, nodes or (), strict=True):
        label.nodes.append(node)
    return labels


def _layers_in(body: tree.Body) -> int:
    return sum(1 for item in body.items if isinstance(item, tree.Statement))
