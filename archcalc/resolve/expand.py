"""Statements to nodes: follows the flow of data through a body, and expands loops, conditions, branches and blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any

from archcalc.graph import Expectation, Graph, Node
from archcalc.languages import phrase
from archcalc.registry import find_kind
from archcalc.resolve import about
from archcalc.resolve.context import Context, unknown
from archcalc.resolve.labels import Frame, as_labels, as_of_now, labels_in
from archcalc.resolve.place import bind_values, check_size, label_once, node_name, place_layer, put
from archcalc.resolve.scope import UNKNOWN, Scope
from archcalc.source import Span
from archcalc.spec import Wrapper
from archcalc.syntax import tree
from archcalc.values import said

MAX_DEPTH = 60
# What each statement has a use for, besides its name.
TAKES = {
    "repeat": ("label", "arguments", "sources", "body", "size"),
    "branch": ("label", "sources", "body", "size"),
    "output": ("arguments", "sources", "body"),
    "train": ("body",),
    "layout": ("arguments",),
    "dtype": ("arguments",),
    "reuse": ("label", "arguments", "sources", "body", "size"),
}


class Expander:
    """Expands one network into its graph, statement by statement."""

    def __init__(self, context: Context, network: tree.Network) -> None:
        self.context = context
        self.graph: Graph = context.graph
        self.active: list[tree.Network | tree.Block] = [network]  # what is being expanded, outermost first
        self.depth = 0
        self.statements: dict[str, Callable[[tree.Statement, Frame, Scope], None]] = {
            "repeat": self._loop,
            "branch": self._stray_branch,
            "output": partial(about.output, context),
            "train": partial(about.train, context),
            "layout": partial(about.layout, context),
            "dtype": partial(about.dtype, context),
            "reuse": self._reuse,
        }

    # ---- bodies -----------------------------------------------------------------------------------------------

    def expand(self, body: tree.Body, frame: Frame, scope: Scope) -> None:
        """Run through a body's items; `frame.flow` ends as what the last of them puts out."""
        for item in self._within_limits(body):
            self._items[type(item)](self, item, frame, scope)

    def _within_limits(self, body: tree.Body) -> Iterator[Any]:
        """A body's items, as long as neither nesting nor work grows beyond its limit."""
        if self.depth >= MAX_DEPTH:
            self.context.report("E128", body.span, limit=MAX_DEPTH)
            self.context.end()
        self.depth += 1
        for item in body.items:
            if self.context.full or not self.context.takes(1, item.span):
                break
            yield item
        self.depth -= 1

    def _let(self, item: tree.Let, frame: Frame, scope: Scope) -> None:
        about.not_taken(self.context, item.name, item.name_span)
        if item.name in scope.values or item.name in frame.places:
            self.context.report("E102", item.name_span, name=f"`{item.name}`")
            return
        value = self.context.value(item.value, scope, words=True)
        scope.values[item.name] = UNKNOWN if value is None else value

    def _expect(self, item: tree.Expect, frame: Frame, scope: Scope) -> None:
        if frame.feeds is None:  # those of a network that is used as a layer are about it alone
            self.graph.expectations.append(Expectation(item.condition, as_of_now(item.condition, scope), item.span))

    def _broken(self, item: tree.Broken, frame: Frame, scope: Scope) -> None:
        self.context.broken = True
        if item.word == "let" and item.label is not None:
            scope.values[item.label] = UNKNOWN
        if item.word:
            return  # no layer: data flows past it
        self.graph.partial = True
        node = unknown(item.span, item.label or "")
        if item.label is not None:
            frame.put(item.label, node)
        frame.flow = (node,)

    def _loop(self, item: tree.For | tree.Statement, frame: Frame, scope: Scope) -> None:
        if not isinstance(item, tree.Statement):
            self._run_passes(item, frame, scope)
        elif any(not w.cls.single for w in self.context.wrappings):  # what is in it is held, and flows nowhere
            about.no_more_than(self.context, item, ("arguments", "body"))
            self._run_passes(item, frame, scope)
        else:
            before = len(self.graph.layers)
            if item.sources:
                frame.flow = self.context.entering(item, frame, scope)
            self._run_passes(item, frame, scope)
            self._close(item, frame, scope, before)

    def _close(self, item: tree.Statement, frame: Frame, scope: Scope, before: int) -> None:
        """What comes out of a body bears the label of its statement, and has its size. `before` it there were so many layers."""
        for node in (frame.flow or ())[-1:]:
            if item.label is not None:
                label_once(self.context, item, frame)
                frame.put(item.label, node, several=len(self.graph.layers) != before + 1)
            check_size(self.context, node, item, scope)

    def _run_passes(self, item: tree.For | tree.Statement, frame: Frame, scope: Scope) -> None:
        for inner in self._passes(item, frame, scope):
            inner.into = as_labels(frame.flow)
            self.context.loops += 1
            self.expand(_body(item), frame, inner)
            self.context.loops -= 1

    def _passes(self, item: tree.For | tree.Statement, frame: Frame, scope: Scope) -> Iterator[Scope]:
        """A scope for each pass of a loop. How many there are is checked before the first."""
        if isinstance(item, tree.Statement):
            yield from self._repetitions(item, frame, scope)
            return
        values = self.context.value(item.values, scope)
        if not isinstance(values, list | tuple):
            if values is not None:
                self.context.no_value(item.values.span, values, phrase("a list"))
            self._pass_over(frame, item.span, item.body)
        elif self.context.fits(len(values), item.body, item.span, scope, frame):
            for value in values:
                inner = Scope(scope)
                if not self._assign(item.targets, value, inner, item.values.span):
                    return
                yield inner

    def _repetitions(self, item: tree.Statement, frame: Frame, scope: Scope) -> Iterator[Scope]:
        count = self.context.value(item.arguments[0].value, scope) if len(item.arguments) == 1 else ""
        if count is None:
            self._pass_over(frame, item.span, *([item.body] if item.body else []))
        elif not isinstance(count, int) or isinstance(count, bool) or count < 0 or item.body is None:
            self._pass_over(frame, item.span, *([item.body] if item.body else []))
            got = f"`repeat {said(count)}`" if count != "" and item.body else phrase("`repeat` without a count and a body")
            self.context.no_value(item.span, count, phrase("a whole number, 0 or more, and a body"), ("repeat 3 { ... }",), got)
        elif self.context.fits(count, item.body, item.span, scope, frame):
            for _ in range(count):
                yield Scope(scope)

    def _assign(self, targets: tuple[Any, ...], value: Any, scope: Scope, span: Span) -> bool:
        """Give the names before `in` their values, taking lists apart as the names are nested."""
        if len(targets) == 1 and isinstance(targets[0], tuple):
            return self._assign(targets[0], value, scope, span)
        if len(targets) == 1:
            scope.values[targets[0]] = value
            return True
        parts = value if isinstance(value, tuple | list) else (value,)
        if len(parts) != len(targets):
            self.context.report("E209", span, got=said(value), wanted=phrase("{n} values for each pass", n=len(targets)))
            return False
        nested = [t if isinstance(t, tuple) else (t,) for t in targets]
        return all(self._assign(t, part, scope, span) for t, part in zip(nested, parts, strict=True))

    def _if(self, item: tree.If, frame: Frame, scope: Scope) -> None:
        body = self._chosen(item, frame, scope)
        if body is not None:
            self.expand(body, frame, Scope(scope))

    def _chosen(self, item: tree.If, frame: Frame, scope: Scope) -> tree.Body | None:
        """The side of an `if` that holds; None if it is not there, or the condition has a mistake."""
        holds = self.context.value(item.condition, scope)
        if holds is not None and not isinstance(holds, bool):
            self.context.no_value(item.condition.span, holds, phrase("true or false"))
        if not isinstance(holds, bool):
            self._pass_over(frame, item.span, item.then, *([item.otherwise] if item.otherwise else []))
            return None
        return item.then if holds else item.otherwise

    def _pass_over(self, frame: Frame, span: Span, *bodies: tree.Body) -> None:
        """Bodies that cannot be expanded, for a mistake that was said: what they would have made is unknown from here on."""
        self.graph.partial = frame.doubtful = True
        frame.flow = (unknown(span),)
        for label, place in (found for body in bodies for found in labels_in(body)):
            frame.put(label, unknown(place, label))

    # ---- statements -------------------------------------------------------------------------------------------

    def _statement(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        if item.kind in self.statements:
            about.no_more_than(self.context, item, TAKES.get(item.kind, ()))
            self.statements[item.kind](item, frame, scope)
        elif item.kind in frame.home.callable:
            from archcalc.resolve.instances import expand_instance

            expand_instance(self, frame.home.callable[item.kind], item, frame, scope)
        elif item.body and (found := find_kind(item.kind)) and issubclass(found[0], Wrapper):
            self._wrapper(found[0], item, frame, scope)
        else:
            sources = self._branches(item, frame, scope) if item.body else self.context.entering(item, frame, scope)
            others = chain(frame.home.callable, self.statements)
            place_layer(self.context, item, frame, scope, sources, others)

    def _reuse(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        from archcalc.resolve.instances import reuse  # many networks have neither blocks nor this

        reuse(self, item, frame, scope)

    def _stray_branch(self, item: tree.Statement, frame: Frame, scope: Scope) -> None:
        fixes = ("add { branch { ... } branch { ... } }",)
        self.context.report("E120", item.kind_span, fixes, kind=phrase("`branch` outside of a merge"))
        if item.body is not None:
            self._pass_over(frame, item.span, item.body)

    # ---- merges -----------------------------------------------------------------------------------------------

    def _branches(self, item: tree.Statement, frame: Frame, scope: Scope) -> tuple[Node, ...]:
        """The outputs of a merge's branches; each starts from what flowed into the merge."""
        found = find_kind(item.kind)
        entering = self.context.entering(item, frame, scope)
        if found is None or found[0].inputs[1] in (0, 1):
            if found is not None:  # that there is no such kind is said where it is placed
                self.context.report("E117", item.kind_span, kind=f"`{item.kind}`")
            self._pass_over(frame, item.span, _body(item))
            return entering
        outputs: list[Node] = []
        self._collect(_body(item), entering, outputs, frame, scope)
        frame.flow = entering
        return tuple(outputs)

    def _collect(self, body: tree.Body, entering: tuple[Node, ...], outputs: list[Node], frame: Frame, scope: Scope) -> None:
        """The outputs of the branches in a body; loops and conditions may hold them."""
        for item in self._within_limits(body):
            if isinstance(item, tree.Statement) and item.kind == "branch" and item.body is not None:
                frame.flow = self.context.nodes(item.sources, frame, scope) if item.sources else entering
                about.no_more_than(self.context, item, TAKES[item.kind])
                before = len(self.graph.layers)
                self.expand(item.body, frame, Scope(scope, as_labels(frame.flow)))
                self._close(item, frame, scope, before)
                outputs += frame.flow or ()
            elif isinstance(item, tree.If):
                chosen = self._chosen(item, frame, scope)
                if chosen is not None:
                    self._collect(chosen, entering, outputs, frame, Scope(scope))
            elif isinstance(item, tree.For) or (isinstance(item, tree.Statement) and item.kind == "repeat"):
                if isinstance(item, tree.Statement):
                    about.no_more_than(self.context, item, ("arguments", "body"))
                for inner in self._passes(item, frame, scope):
                    self.context.loops += 1
                    self._collect(_body(item), entering, outputs, frame, inner)
                    self.context.loops -= 1
            elif isinstance(item, tree.Let):
                self._let(item, frame, scope)
            elif not isinstance(item, tree.Broken):
                self.context.report("E120", item.span, ("branch { ... }",), kind=phrase("what is outside of a merge's branches"))
                self._pass_over(frame, item.span, tree.Body((item,), item.span))

    # ---- wrappers ---------------------------------------------------------------------------------------------

    def _wrapper(self, cls: type[Wrapper], item: tree.Statement, frame: Frame, scope: Scope) -> None:
        from archcalc.resolve.wrapping import expand_wrapper, takes_label, wrapped  # many networks have none

        frame.flow = entering = self.context.entering(item, frame, scope)
        given = bind_values(self.context, cls, item, scope)
        wrapping = expand_wrapper(self.context, cls, item, given, lambda body: self.expand(body, frame, scope))
        empty = not wrapping.held and not wrapping.broken if not cls.single else not _body(item).items
        if empty:
            self.context.report("E133", item.kind_span, kind=f"`{item.kind}`")
        if not cls.single:
            layer = None if wrapping.broken or empty else wrapping.around(*wrapping.held)
            layer, held = wrapped(self.context, layer, item)
            if not held:
                kind = (layer or next((w.cls for w in self.context.wrappings), cls)).kind
                name = node_name(self.context, item, frame, kind)
                node = Node(name, layer, entering, item.span, named=item.label is not None, kind=kind)
                put(self.context, node, item, frame, scope)
        elif frame.flow:
            if item.label is not None and not takes_label(item):
                label_once(self.context, item, frame)
                frame.put(item.label, frame.flow[-1], several=True)
            check_size(self.context, frame.flow[-1], item, scope)

    _items: dict[type, Callable[[Expander, Any, Frame, Scope], None]] = {
        tree.Let: _let,
        tree.Expect: _expect,
        tree.For: _loop,
        tree.If: _if,
        tree.Broken: _broken,
        tree.Statement: _statement,
    }


def _body(item: tree.For | tree.Statement) -> tree.Body:
    assert item.body is not None
    return item.body
