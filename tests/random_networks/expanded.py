"""A program expanded: the same network with one layer a line, each labelled with the name that it has."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from fewkinds import parts_of, shape_of, wrapped_shape
from meaning import Bearer, Env, Label, Node, Size, seen, value_of
from terms import Name, Seq
from written import Definition, For, If, Let, Line, Statement


class Frame:
    """A network or a block instance that is being expanded."""

    def __init__(self, env: Env, prefix: str, body: list[Any], flow: tuple[Node, ...] | None, feeds: list[Node] | None = None) -> None:
        self.env = env
        self.prefix = prefix
        self.places = labels_in(body)
        self.flow = flow
        self.feeds = feeds
        self.outputs: list[Node] = []
        self.counts: dict[str, int] = {}
        self.labels: dict[str, Label] = {}

    def fresh(self, kind: str) -> str:
        while True:
            n = self.counts[kind] = self.counts.get(kind, 0) + 1
            name = kind if kind == "input" and n == 1 else f"{kind}_{n}"
            if name not in self.places:
                return self.prefix + name

    def put(self, label: str, nodes: tuple[Node, ...], inner: dict[str, Label] | None = None, made: Any = None) -> None:
        self.labels.setdefault(label, Label([])).bearers.append(Bearer(nodes, inner or {}, made))
        self.env.values[label] = self.labels[label]


def labels_in(body: list[Any]) -> set[str]:
    found: set[str] = set()
    for item in body:
        if isinstance(item, Statement):
            found |= ({item.label} if item.label else set()) | labels_in(item.body or [])
        elif isinstance(item, For):
            found |= labels_in(item.body)
        elif isinstance(item, If):
            found |= labels_in(item.then) | labels_in(item.otherwise or [])
    return found


class Expansion:
    """Expands a network statement by statement. `nodes` are its inputs and layers, in order; parts are not among them."""

    def __init__(self, top: Env, definitions: dict[str, Definition], network: Definition, given: dict[str, Any] | None = None) -> None:
        self.definitions = definitions
        self.nodes: list[Node] = []
        self.loops = 0
        self.seen: dict[int, list[tuple[Node, ...]]] = {}  # for each statement, what flowed in, each time
        env = Env(top)
        for name, default in network.parameters:
            env.values[name] = (given or {}).get(name) or value_of(default, env)
        self.frame = Frame(env, "", network.body, None)

    def outputs(self) -> list[Node]:
        return list(dict.fromkeys(self.frame.outputs or self.frame.flow or ()))

    def flat(self, lines: list[str]) -> str:
        """The flat program, with these lines first."""
        outputs = ", ".join(node.ref for node in self.outputs())
        return "\n".join(["network N {", *lines, *(node.line for node in self.nodes), f"output from {outputs}", "}", ""])

    # ---- statements -----------------------------------------------------------------------------------------------

    def body(self, items: list[Any], frame: Frame, env: Env) -> None:
        for item in items:
            self.item(item, frame, env)

    def item(self, item: Any, frame: Frame, env: Env) -> None:
        match item:
            case Let(name, value):
                env.values[name] = value_of(value, env)
            case For() | Statement(role="repeat"):
                if isinstance(item, Statement) and item.sources:
                    frame.flow = self.sources(item, frame, env)
                for inner in self.passes(item, frame, env):
                    inner.into = frame.flow
                    self.body(item.body or [], frame, inner)
                close(item, frame)
            case If():
                self.body(self.side(item, env), frame, Env(env))
            case Statement():
                getattr(self, "do_" + item.role)(item, frame, env)
            case Line():
                pass

    def passes(self, item: Any, frame: Frame, env: Env) -> Any:
        values = value_of(item.values, env) if isinstance(item, For) else range(value_of(item.arguments[0].value, env))
        for value in values:
            inner = Env(env)
            if isinstance(item, For):
                _assign(item.targets, value, inner)
            self.loops += 1
            yield inner
            self.loops -= 1

    def side(self, item: If, env: Env) -> list[Any]:
        return item.then if value_of(item.condition, env) else item.otherwise or []

    def sources(self, item: Statement, frame: Frame, env: Env) -> tuple[Node, ...]:
        found = tuple(node for ref in item.sources for node in refer(ref, frame, env)) if item.sources else frame.flow or ()
        self.seen.setdefault(id(item), []).append(found)
        return found

    def do_layer(self, item: Statement, frame: Frame, env: Env) -> None:
        kind = item.means or item.kind
        if kind == "input":
            self.input(item, frame, env)
            return
        given = arguments(item, env)
        flows = self.sources(item, frame, env)
        if item.body is not None:
            flows = self.branches(item, frame, env)
        self.add(item, frame, kind, flows, f"{kind} {write_given(given)}", "", lambda xs: shape_of(kind, given, xs), parts_of(kind, given))

    def add(
        self, item: Any, frame: Frame, kind: str, flows: Any, text: str, inner: str, rule: Any, parts: Any, shares: Node | None = None
    ) -> Node:
        name = self.name(item, frame, kind)
        node = Node(name, kind, rule([n.shape for n in flows]), flows, shares=shares, remake=(kind, rule, parts))
        node.line = f'"{name}": {text} from {", ".join(n.ref for n in flows)}{inner}'
        node.parts = {p: Node(f"{name}.{p}", "part", s, (node,), of=(name, p)) for p, s in parts.items()}
        self.nodes.append(node)
        frame.flow = (node,)
        if item.label is not None:
            frame.put(item.label, (node,), {p: Label([Bearer((n,), {})]) for p, n in node.parts.items()})
        return node

    def name(self, item: Statement, frame: Frame, kind: str) -> str:
        if item.label is None:
            return frame.fresh(kind)
        count = f"[{len(frame.labels[item.label].bearers) if item.label in frame.labels else 0}]"
        return frame.prefix + item.label + (count if self.loops else "")

    def input(self, item: Statement, frame: Frame, env: Env) -> None:
        size = item.arguments[0].value
        if frame.feeds is not None:
            node = frame.feeds.pop(0)
            entries = size.items if isinstance(size, Seq) else (size,)
            for entry, n in zip(entries, seen(node.shape, env.first), strict=True):
                if isinstance(entry, Name):
                    frame.env.values.setdefault(entry.name, n)
        else:
            found = value_of(size, env)
            shape = tuple(found) if isinstance(found, tuple) else (found,)
            node = Node(self.name(item, frame, "input"), "input", (*shape[1:], shape[0]) if env.first else shape)
            node.line = f'"{node.name}": input {write_value(Size(shape))}'
            self.nodes.append(node)
        frame.flow = (node,)
        frame.put(item.label or "input", (node,))

    def branches(self, item: Statement, frame: Frame, env: Env) -> tuple[Node, ...]:
        entering, found = self.seen[id(item)][-1], []

        def collect(items: list[Any], env: Env) -> None:
            for one in items:
                if isinstance(one, Statement) and one.role == "branch":
                    frame.flow = self.sources(one, frame, env) if one.sources else entering
                    self.body(one.body or [], frame, Env(env, frame.flow))
                    found.extend(frame.flow or ())
                    close(one, frame)
                elif isinstance(one, If):
                    collect(self.side(one, env), Env(env))
                elif isinstance(one, Let):
                    env.values[one.name] = value_of(one.value, env)
                else:
                    for inner in self.passes(one, frame, env):
                        collect(one.body, inner)

        collect(item.body or [], env)
        return tuple(found)

    def do_wrapper(self, item: Statement, frame: Frame, env: Env) -> None:
        kind, given = item.means or item.kind, arguments(item, env)
        frame.flow = self.sources(item, frame, env)
        items = item.body or []
        for one in items:
            what, inner = one.means or one.kind, arguments(one, env)
            bearer = item if len(items) == 1 and one.label is None else one
            text = f" {{ {what} {write_given(inner)} }}"
            rule = lambda xs, w=what, i=inner: wrapped_shape(kind, given, w, i, xs[0])  # noqa: E731
            self.add(bearer, frame, kind, frame.flow, f"{kind} {write_given(given)}", text, rule, {})
        if item.label is not None and not (len(items) == 1 and items[0].label is None):
            assert frame.flow
            frame.put(item.label, frame.flow[-1:])

    def do_output(self, item: Statement, frame: Frame, env: Env) -> None:
        frame.outputs += self.sources(item, frame, env)

    # ---- instances ------------------------------------------------------------------------------------------------

    def do_call(self, item: Statement, frame: Frame, env: Env) -> None:
        defined, flows = self.definitions[item.kind], self.sources(item, frame, env)
        inner = Env(_top(env), flows)
        names = [name for name, _ in defined.parameters]
        free = iter(names)
        for a in item.arguments:
            inner.values[a.form or next(free)] = value_of(a.value, env)
        for name, default in defined.parameters:
            if default is not None and name not in inner.values:
                inner.values[name] = value_of(default, inner)
        self.make(item, frame, defined, dict(inner.values), flows, self.name(item, frame, item.kind))

    def make(self, item: Statement, frame: Frame, defined: Definition, values: dict[str, Any], flows: Any, name: str) -> list[Node]:
        env = Env(_top(frame.env), flows)
        env.values |= values
        feeds = list(flows) if defined.what == "network" else None
        inner = Frame(env, name + ".", defined.body, None if feeds else flows, feeds)
        before, self.loops, loops = len(self.nodes), 0, self.loops
        self.body(defined.body, inner, env)
        self.loops = loops
        frame.flow = tuple(inner.outputs) or inner.flow
        nodes = self.nodes[before:]
        if item.label is not None:
            assert frame.flow
            frame.put(item.label, frame.flow, inner.labels, (defined, values, nodes))
        return nodes

    def do_reuse(self, item: Statement, frame: Frame, env: Env) -> None:
        bearer, flows = value_of(item.arguments[0].value, env).latest, self.sources(item, frame, env)
        if bearer.made is None:
            first = bearer.node.shares or bearer.node
            kind, rule, parts = bearer.node.remake
            self.add(item, frame, kind, flows, f'reuse "{first.name}"', "", rule, parts, first)
            return
        defined, values, theirs = bearer.made
        for node, other in zip(self.make(item, frame, defined, values, flows, self.name(item, frame, defined.name)), theirs, strict=True):
            node.shares = other.shares or other
            node.line = f'"{node.name}": reuse "{node.shares.name}" from {", ".join(n.ref for n in node.inputs)}'


def close(item: Any, frame: Frame) -> None:
    """What comes out of a body bears the label of its statement."""
    if isinstance(item, Statement) and item.label is not None:
        assert frame.flow
        frame.put(item.label, frame.flow[-1:])


def _top(env: Env) -> Env:
    while env.outer is not None:
        env = env.outer
    return env


def _assign(names: Any, value: Any, env: Env) -> None:
    if isinstance(names, str):
        env.values[names] = value
    else:
        for name, part in zip(names, value, strict=True):
            _assign(name, part, env)


def refer(ref: Any, frame: Frame, env: Env) -> list[Node]:
    """The nodes that a name after `from` stands for."""
    if not ref.path:
        assert env.into
        return [env.into[0 if ref.at is None else value_of(ref.at, env)]]
    labels, nodes = frame.labels, []
    for name, at in ref.path:
        bearers = labels[name].bearers
        chosen = bearers[-1 if at in (None, "all") else value_of(at, env)]
        nodes = [node for b in (bearers if at == "all" else [chosen]) for node in b.nodes]
        labels = chosen.inner
    return nodes


def arguments(item: Statement, env: Env) -> dict[str, Any]:
    return {a.name: value_of(a.value, env) for a in item.arguments}


def write_given(given: dict[str, Any]) -> str:
    return ", ".join(f"{name}={write_value(value)}" for name, value in given.items())


def write_value(value: Any) -> str:
    """A value as the flat program has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        if isinstance(value, Size) and value:
            return "x".join(map(str, value))
        return "(" + "".join(write_value(v) + ", " for v in value) + ")"
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return str(value)
