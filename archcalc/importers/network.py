"""A model as a network: its lines, written in order, each under its label."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archcalc.diagnostics import Diagnostic
from archcalc.graph import CHANNELS_FIRST
from archcalc.importers.arguments import Written
from archcalc.importers.config import ModelConfig, shown
from archcalc.importers.kinds import Said, class_of
from archcalc.importers.lines import MISSING, Key, Line, Plan
from archcalc.importers.nodes import Tensor
from archcalc.importers.operations import is_operation
from archcalc.importers.order import Region
from archcalc.importers.parts import part_of
from archcalc.importers.writer import INDENT, Writer, is_name, plain
from archcalc.resolve.scope import TAKEN
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import Word


class NetworkText:
    """Writes what was planned. `findings` point into the text; `shapes` are those that the file says flow in, by label."""

    def __init__(self, plan: Plan, writer: Writer, others: dict[int, dict[Key, str]]) -> None:
        self.plan = plan
        self.others = others  # the labels of networks that are written
        self.model = plan.model
        self.writer = writer
        self.findings: list[Diagnostic] = []
        self.labels: dict[Key, str] = {}
        self.borne: set[str] = set()  # the labels
        self.made: dict[str, str] = {}  # layers that were written, by the label of their first call
        self.shapes: dict[str, Any] = {}
        self.models: dict[str, ModelConfig] = {}  # those that are used as layers, by label

    def write(self) -> tuple[tree.Item, ...]:
        """The network's statements."""
        items: list[tree.Item] = list(self._settings())
        if self.model.inputs and not self.model.layers[self.model.inputs[0].layer].is_input:
            items.append(self._input_of_chain())
        inside = {s for region in self.plan.regions.values() for branch in region.branches for s in branch}
        flow: tuple[Key, ...] | None = None
        for step in self.plan.order:
            if step not in inside:
                items.append(self._statement(step, flow, 1))
                flow = self._flow(step)
        last = self.plan.keys[self.plan.order[-1]] if self.plan.order else None
        outputs = list(dict.fromkeys(t[:3] for t in self.model.outputs))
        if outputs != [(*(last or ("", 0)), 0)] or (last and self.model.layers[last[0]].model is not None and len(outputs) > 1):
            paths = [self.path(Tensor(*t)) for t in outputs]
            items.append(self.writer.statement(None, "output", (), paths, 1))
        return tuple(items)

    def _settings(self) -> Iterable[tree.Statement]:
        if self.plan.first:
            yield self.writer.statement(None, "layout", [Written(Word(CHANNELS_FIRST))], (), 1)
        if self.plan.common != "float32":
            yield self.writer.statement(None, "dtype", [Written(Word(self.plan.common))], (), 1)

    def _input_of_chain(self) -> tree.Statement:
        size = self.plan.size(self.model.inputs[0].layer, self.model.shape) if not self.plan.free else None
        return self.writer.statement(None, "input", [Written(size)], (), 1)

    def _statement(self, step: int, flow: tuple[Key, ...] | None, depth: int) -> tree.Statement | tree.Broken:
        key = self.plan.keys[step]
        line = self.plan.lines[key]
        name, writer = key[0], self.writer
        label = self._label(key)
        region = self.plan.regions.get(step)
        body = None
        if region is not None:
            sources: list[tuple[str, ...]] = [] if flow == self._flow(region.entry) else [(self.labels[self.plan.keys[region.entry]],)]
            body = lambda inner: self._branches(step, region, inner)  # noqa: E731  what stands in braces
        else:
            implicit = line.tensors and flow == tuple((t.layer, t.call) for t in line.tensors) and line.tensors[0].output == 0
            sources = [] if implicit or not line.tensors else [self.path(t) for t in line.tensors]
            if line.inside is not None:
                body = lambda inner: self._inside(line.inside or [], inner)  # noqa: E731
        again = name in self.made and not self.model.layers[name].is_input and not is_operation(self.model.layers[name])
        if again:
            words = [w for w in line.arguments if isinstance(w.value, Word) and self._of_the_call(name, str(w.value))]
            first = self.made[name]
            written = writer.statement(
                label,
                "reuse",
                [Written(Word(first) if is_name(first) else first), *words],
                sources or [self.path(t) for t in line.tensors],
                depth,
            )
        else:
            written = writer.statement(label, line.kind, line.arguments, sources, depth, body)
            self.made[name] = label
        self.labels[key] = label
        if (inner := self.model.layers[name].model) is not None:
            self.models[label] = inner
        self.shapes[label] = [self.plan.claims(name, t, i) for i, t in enumerate(line.tensors)]
        self._notes(name, label, line, written.span)
        if not again and any(w.value is MISSING for w in line.arguments):
            layer = self.model.layers[name]
            facts = {"name": f"`{name}`", "kind": f"`{layer.class_name}`", "why": self.plan.why_unknown(key)}
            self.findings.append(Diagnostic("E606", written.span, facts, layer=label))
            return tree.Broken(label, "", written.span)
        return written

    def _notes(self, name: str, label: str, line: Line, span: Span) -> None:
        """Warnings of what the statement does not say."""
        dtype = self.plan.policies.get(name)
        if dtype and dtype != self.plan.common:
            facts = {"name": f"`{name}`", "dtype": f"`{dtype}`", "common": f"`{self.plan.common}`"}
            self.findings.append(Diagnostic("W132", span, facts, layer=label))
        for unread in line.unread:
            facts = {"name": f"`{name}`", "setting": f"`{unread.name}`", "value": shown(unread.value)}
            self.findings.append(Diagnostic("W131", span, facts, layer=label))

    def _of_the_call(self, name: str, word: str) -> bool:
        cls = class_of(self.model.layers[name])
        return cls is not None and any(a.called and word in (a.name, f"no{a.name}") for a in cls.args)

    def _label(self, key: Key) -> str:
        """A label: the layer's name, and from its second call on a number besides."""
        name = plain(key[0]) + ("_layer" if key[0] in TAKEN else "")
        found, n = name, key[1] + 1 if key[0] in self.made else 1
        if n > 1:
            found = f"{name}_{n}"
        while found in self.borne or (found != name and found in self.model.layers):
            n += 1
            found = f"{name}_{n}"
        self.borne.add(found)
        return found

    def _flow(self, step: int) -> tuple[Key, ...] | None:
        """What the next line reads if it says nothing: this step's value; None where it has several."""
        key = self.plan.keys[step]
        inner = self.model.layers[key[0]].model
        return None if inner is not None and len(inner.outputs) != 1 else (key,)

    def _branches(self, step: int, region: Region, depth: int) -> tuple[Any, ...]:
        writer = self.writer
        writer.pass_on("\n")
        found = []
        for branch in region.branches:
            start = writer.put(INDENT * depth).end
            kind = writer.put("branch")
            deeper = {s for inner in branch if inner in self.plan.regions for b in self.plan.regions[inner].branches for s in b}
            body = writer.braces(lambda inner, b=branch, d=deeper: self._branch(b, d, region.entry, inner), depth)
            span = Span(writer.source, start, writer.at)
            writer.pass_on("\n")
            found.append(tree.Statement(None, None, "branch", kind, (), (), body, None, span))
        writer.pass_on(INDENT * (depth - 1))
        return tuple(found)

    def _branch(self, steps: tuple[int, ...], deeper: set[int], entry: int, depth: int) -> tuple[Any, ...]:
        if not steps:
            return ()
        self.writer.pass_on("\n")
        items, flow = [], self._flow(entry)
        for step in steps:
            if step not in deeper:
                items.append(self._statement(step, flow, depth))
                flow = self._flow(step)
        self.writer.pass_on(INDENT * (depth - 1))
        return tuple(items)

    def _inside(self, said: list[Said], depth: int) -> tuple[Any, ...]:
        """What stands in a wrapper's braces, on one line."""
        items = []
        for i, s in enumerate(said):
            self.writer.pass_on("; " if i else " ")
            body = None if s.inside is None else (lambda inner, held=s.inside: self._inside(held, inner))
            items.append(self.writer.statement(None, s.kind, s.arguments, (), None, body))
        self.writer.pass_on(" ")
        return tuple(items)

    def path(self, tensor: Tensor) -> tuple[str, ...]:
        """How `from` names what flows."""
        layer = self.model.layers[tensor.layer]
        label = self.labels[tensor.layer, tensor.call]
        if layer.model is None:
            return (label,) if tensor.output == 0 else (label, part_of(layer, tensor.output))
        ends = layer.model.outputs
        if len(ends) < 2 or tensor.output >= len(ends):
            return (label,)
        return (label, *self.inner_path(layer.model, ends[tensor.output]))

    def inner_path(self, model: ModelConfig, tensor: Tensor) -> tuple[str, ...]:
        """How one of the outputs of a network that is used as a layer is named."""
        layer = model.layers[tensor.layer]
        name = self.others[id(model)].get((tensor.layer, tensor.call), tensor.layer)  # none of a model that could not be written
        if layer.model is None:
            return (name,) if tensor.output == 0 else (name, part_of(layer, tensor.output))
        ends = layer.model.outputs
        return (name,) if len(ends) < 2 else (name, *self.inner_path(layer.model, ends[tensor.output]))
