"""Models as a program: a network for each, those that others hold first. Text and tree are made together (writer.py)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from archcalc.diagnostics import Diagnostic
from archcalc.graph import CHANNELS_FIRST
from archcalc.importers.arguments import Place, Unread, Written
from archcalc.importers.config import LayerConfig, ModelConfig, Reader, input_shape, shown
from archcalc.importers.kinds import Said, class_of, inputs_of, say
from archcalc.importers.nodes import Call, Tensor
from archcalc.importers.operations import is_operation, is_weightless, operation, unknown
from archcalc.importers.order import Region, Step, in_order, regions
from archcalc.importers.parts import part_of
from archcalc.importers.writer import INDENT, Writer, is_name, plain
from archcalc.registry import find_kind
from archcalc.source import Span
from archcalc.syntax import tree
from archcalc.values import Dims, Word

BRANCHED = ("add", "sub", "mul", "avg", "maximum", "minimum", "concat")
SIZES = {2: ("H", "W"), 1: ("length",), 3: ("D", "H", "W")}  # names of free sizes, by how many there are
MISSING = Word("WRITE_ITS_SHAPE")  # where a shape is to be written that the file does not have: a name that nothing has
Key = tuple[str, int]  # a layer, and which of its calls


class Line(NamedTuple):
    """A call as it is to be written."""

    kind: str
    arguments: list[Written]
    tensors: list[Tensor]
    inside: list[Said] | None
    unread: list[Unread]


class Scripted(NamedTuple):
    """What became of a file: its program, which network is the whole, and the shapes that the file says flow in, by the layers' names."""

    program: tree.Program
    main: str
    shapes: dict[str, list[tuple[int | None, ...] | None]]


class Script:
    """Writes one model after another. What is wrong is reported to the reader, or is in `findings`, which point into the text."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self.reader = reader
        self.writer = writer
        self.findings: list[Diagnostic] = []
        self.networks: dict[int, str] = {}  # a model's name as a network
        self.taken: set[str] = set()
        self.items: list[tree.Network] = []
        self.shapes: dict[int, dict[str, Any]] = {}

    def whole(self, model: ModelConfig, said_first: str) -> Scripted:
        """The program of a file whose model this is."""
        self.writer.put(f"# {said_first}\n")
        self.network(model)
        self.writer.finish()
        span = Span(self.writer.source, 0, self.writer.at)
        return Scripted(tree.Program(tuple(self.items), span), self.networks[id(model)], self.shapes[id(model)])

    def network(self, model: ModelConfig) -> None:
        """A model, after those that it holds."""
        for layer in model.layers.values():
            if layer.model is not None and id(layer.model) not in self.networks:
                self.network(layer.model)
        name = self.networks[id(model)] = self._fresh(model.name)
        body = NetworkText(self, model)
        if not body.plan():
            self.shapes[id(model)] = {}
            return
        put = self.writer.put
        put("\n")
        start = put("network ").start
        name_span = put(name)
        parameters = tuple(self._parameter(size, i) for i, size in enumerate(body.free))
        put(") " if parameters else " ")
        opening = put("{\n").start
        items = body.write()
        put("}")
        end = self.writer.at
        put("\n")
        inside = tree.Body(items, Span(self.writer.source, opening, end))
        self.items.append(tree.Network(name, name_span, parameters, inside, Span(self.writer.source, start, end)))
        self.shapes[id(model)] = body.shapes

    def _parameter(self, name: str, i: int) -> tree.Parameter:
        self.writer.put(", " if i else "(")
        return tree.Parameter(name, None, self.writer.put(name))

    def _fresh(self, wanted: str) -> str:
        """A name for a network: the model's own, if that is a name, is free, and is no kind's."""
        name = re.sub(r"\W+", "_", wanted).strip("_") or "model"
        name = name if is_name(name) and not name[0].isdigit() else f"model_{name}"
        if find_kind(name) or name in ("repeat", "branch", "output", "train", "layout", "dtype", "reuse", "total"):
            name += "_model"
        found, n = name, 1
        while found in self.taken:
            n += 1
            found = f"{name}_{n}"
        self.taken.add(found)
        return found


class NetworkText:
    """One model as a network: its lines are planned, put in order, and written."""

    def __init__(self, script: Script, model: ModelConfig) -> None:
        self.script = script
        self.reader = script.reader
        self.model = model
        self.first = any(layer.config.get("data_format") == CHANNELS_FIRST for layer in model.layers.values())
        self.common = self.policy()
        self.free: list[str] = []
        self.keys: list[Key] = []
        self.lines: dict[Key, Line] = {}
        self.labels: dict[Key, str] = {}
        self.borne: set[str] = set()  # the labels
        self.made: dict[str, str] = {}  # layers that were written, by the label of their first call
        self.shapes: dict[str, Any] = {}
        self.recorded: dict[tuple[str, int, int], Any] = {}  # shapes that the file has for what calls put out

    # ---- planning -----------------------------------------------------------------------------------------------

    def plan(self) -> bool:
        """Find every call's line, and the order. False if something is wrong."""
        before = len(self.reader.findings)
        for layer in self.model.layers.values():
            for call in layer.calls:
                for tensor in call.tensors:
                    if tensor.shape is not None:
                        self.recorded[tensor[:3]] = tensor.shape
        for layer in self.model.layers.values():
            for i, call in enumerate(layer.calls or ([Call((), {})] if layer.is_input else [])):
                self.keys.append((layer.name, i))
                self.lines[layer.name, i] = self.line(layer, call, i)
        if len(self.reader.findings) == before:
            self._sort()
        return len(self.reader.findings) == before

    def _sort(self) -> None:
        number = {key: i for i, key in enumerate(self.keys)}
        steps = []
        for key in self.keys:
            line = self.lines[key]
            sources = tuple(number[t.layer, t.call] for t in line.tensors)
            whole = all(t.output == 0 and self.model.layers[t.layer].model is None for t in line.tensors)
            steps.append(Step(sources, line.kind if line.kind in BRANCHED and whole and not line.arguments else ""))
        self.steps = steps
        ends = [number[t.layer, t.call] for t in self.model.outputs]
        inputs = [number[t.layer, t.call] for t in self.model.inputs if (t.layer, t.call) in number]
        self.order, cycle = in_order(steps, ends, inputs if self._needs_inputs_first(steps, ends, inputs) else [])
        if cycle:
            names = ", ".join(f"`{self.keys[i][0]}`" for i in cycle[:6])
            self.reader.report("E605", self.keys[cycle[0]][0], names=names + (", ..." if len(cycle) > 6 else ""))
            return
        self.regions = regions(steps, self.order, set(ends))

    @staticmethod
    def _needs_inputs_first(steps: list[Step], ends: list[int], inputs: list[int]) -> bool:
        """Whether inputs that stand before their first reader would come in another order than the model has them."""
        order, cycle = in_order(steps, ends, [])
        wanted = set(inputs)
        return not cycle and [s for s in order if s in wanted] != inputs

    def line(self, layer: LayerConfig, call: Call, i: int) -> Line:
        """A call's line."""
        if layer.is_input:
            return Line("input", [Written(self.size(layer.name, input_shape(layer)))], [], None, [])
        if layer.model is not None:
            return Line(self.script.networks[id(layer.model)], [], call.tensors, None, [])
        if is_operation(layer):
            found = operation(layer, call)
            return Line(*found, None, []) if found else self.unknown(layer, call, i)
        tensors, words, unread = inputs_of(class_of(layer), call)
        rank = next((len(s) for t in tensors if (s := self.shape_of(t)) is not None), None)
        said = say(layer, Place(rank, self.first))
        if said is None:
            return self.unknown(layer, call, i)
        if not call.tensors:  # a chain that begins without an input
            return Line(said.kind, said.arguments, [], said.inside, said.unread)
        return Line(said.kind, [*said.arguments, *words], tensors, said.inside, [*said.unread, *unread])

    def shape_of(self, tensor: Tensor) -> Any:
        """The shape of what flows, with the batch, where the file says it."""
        layer = self.model.layers[tensor.layer]
        return input_shape(layer) if layer.is_input else self.recorded.get(tensor[:3])

    def unknown(self, layer: LayerConfig, call: Call, i: int) -> Line:
        """A layer of which nothing is known but what the file says of its shape."""
        tensors, _, _ = inputs_of(None, call)
        shape = self.recorded.get((layer.name, i, 0))
        if is_weightless(layer) or (shape is not None and shape == self.shape_of(tensors[0]) if tensors else False):
            size = None  # as what flows in
        elif shape is None or None in shape[1:] or len(shape) < 2:
            size = MISSING
        else:
            size = shape[1] if len(shape) == 2 else Dims(shape[1:])
        return Line("custom", unknown(layer, size), tensors, None, [])

    def size(self, name: str, shape: Any) -> Any:
        """An input's size: a number or a free size for each axis but the batch."""
        if shape is None or len(shape) < 2:
            self.reader.report("E607", name, name=f"`{name}`")
            return 1
        free = SIZES.get(sum(n is None for n in shape[1:]), ())
        entries: list[Any] = []
        for n in shape[1:]:
            if n is None:
                wanted = free[sum(isinstance(e, Word) for e in entries)] if free else f"n{len(entries) + 1}"
                entries.append(Word(self._fresh_size(wanted)))
            else:
                entries.append(n)
        return entries[0] if len(entries) == 1 else Dims(entries)

    def _fresh_size(self, wanted: str) -> str:
        name, n = wanted, 1
        while name in self.free or name in self.model.layers:
            n += 1
            name = f"{wanted}{n}"
        self.free.append(name)
        return name

    # ---- writing ------------------------------------------------------------------------------------------------

    def write(self) -> tuple[tree.Item, ...]:
        """The network's statements."""
        items: list[tree.Item] = list(self._settings())
        if self.model.inputs and not self.model.layers[self.model.inputs[0].layer].is_input:
            items.append(self._input_of_chain())
        inside = {s for region in self.regions.values() for branch in region.branches for s in branch}
        flow: tuple[Key, ...] | None = None
        for step in self.order:
            if step not in inside:
                items.append(self._statement(step, flow, 1))
                flow = self._flow(step)
        last = self.keys[self.order[-1]] if self.order else None
        outputs = list(dict.fromkeys(t[:3] for t in self.model.outputs))
        if outputs != [(*(last or ("", 0)), 0)] or (last and self.model.layers[last[0]].model is not None and len(outputs) > 1):
            paths = [self.path(Tensor(*t)) for t in outputs]
            items.append(self.script.writer.statement(None, "output", (), paths, 1))
        return tuple(items)

    def _settings(self) -> Iterable[tree.Statement]:
        if self.first:
            yield self.script.writer.statement(None, "layout", [Written(Word(CHANNELS_FIRST))], (), 1)
        if self.common != "float32":
            yield self.script.writer.statement(None, "dtype", [Written(Word(self.common))], (), 1)

    def policy(self) -> str:
        """The dtype of most layers."""
        found = Counter(p for layer in self.model.layers.values() if not layer.is_input and (p := policy_of(layer)))
        return found.most_common(1)[0][0] if found else "float32"

    def _input_of_chain(self) -> tree.Statement:
        size = self.size(self.model.inputs[0].layer, self.model.shape) if not self.free else None
        return self.script.writer.statement(None, "input", [Written(size)], (), 1)

    def _statement(self, step: int, flow: tuple[Key, ...] | None, depth: int) -> tree.Statement | tree.Broken:
        key = self.keys[step]
        line = self.lines[key]
        name, writer = key[0], self.script.writer
        label = self._label(key)
        region = self.regions.get(step)
        body = None
        if region is not None:
            sources = [] if flow == self._flow(region.entry) else [(self.labels[self.keys[region.entry]],)]
            body = lambda inner: self._branches(step, region, inner)  # noqa: E731  what stands in braces
        else:
            implicit = line.tensors and flow == tuple((t.layer, t.call) for t in line.tensors) and line.tensors[0].output == 0
            sources = [] if implicit or not line.tensors else [self.path(t) for t in line.tensors]
            if line.inside is not None:
                body = lambda inner: self._inside(line.inside or [], inner)  # noqa: E731
        if name in self.made and not self.model.layers[name].is_input and not is_operation(self.model.layers[name]):
            words = [w for w in line.arguments if isinstance(w.value, Word) and self._of_the_call(name, str(w.value))]
            first = self.made[name]
            written = writer.statement(label, "reuse", [Written(Word(first) if is_name(first) else first), *words], sources or [self.path(t) for t in line.tensors], depth)
        else:
            written = writer.statement(label, line.kind, line.arguments, sources, depth, body)
            self.made[name] = label
        self.labels[key] = label
        self.shapes[label] = [self.shape_of(t) for t in line.tensors]
        self._notes(name, label, line, written.span)
        if any(w.value is MISSING for w in line.arguments):
            facts = {"name": f"`{name}`", "kind": f"`{self.model.layers[name].class_name}`"}
            self.script.findings.append(Diagnostic("E606", written.span, facts, layer=label))
            return tree.Broken(label, "", written.span)
        return written

    def _notes(self, name: str, label: str, line: Line, span: Span) -> None:
        """Warnings of what the statement does not say."""
        dtype = policy_of(self.model.layers[name])
        if dtype and dtype != self.common and line.kind != "input":
            facts = {"name": f"`{name}`", "dtype": f"`{dtype}`", "common": f"`{self.common}`"}
            self.script.findings.append(Diagnostic("W132", span, facts, layer=label))
        for unread in line.unread:
            facts = {"name": f"`{name}`", "setting": f"`{unread.name}`", "value": shown(unread.value)}
            self.script.findings.append(Diagnostic("W131", span, facts, layer=label))

    def _of_the_call(self, name: str, word: str) -> bool:
        cls = class_of(self.model.layers[name])
        return cls is not None and any(a.called and word in (a.name, f"no{a.name}") for a in cls.args)

    def _label(self, key: Key) -> str:
        """A label: the layer's name, and from its second call on a number besides."""
        name = plain(key[0])
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
        key = self.keys[step]
        inner = self.model.layers[key[0]].model
        return None if inner is not None and len(inner.outputs) != 1 else (key,)

    def _branches(self, step: int, region: Region, depth: int) -> tuple[Any, ...]:
        writer = self.script.writer
        writer.put("\n")
        found = []
        for branch in region.branches:
            start = writer.put(INDENT * depth).end
            kind = writer.put("branch")
            deeper = {s for inner in branch if inner in self.regions for b in self.regions[inner].branches for s in b}
            body = writer.braces(lambda inner, b=branch, d=deeper: self._branch(b, d, region.entry, inner), depth)
            span = Span(writer.source, start, writer.at)
            writer.put("\n")
            found.append(tree.Statement(None, None, "branch", kind, (), (), body, None, span))
        writer.put(INDENT * (depth - 1))
        return tuple(found)

    def _branch(self, steps: tuple[int, ...], deeper: set[int], entry: int, depth: int) -> tuple[Any, ...]:
        if not steps:
            return ()
        self.script.writer.put("\n")
        items, flow = [], self._flow(entry)
        for step in steps:
            if step not in deeper:
                items.append(self._statement(step, flow, depth))
                flow = self._flow(step)
        self.script.writer.put(INDENT * (depth - 1))
        return tuple(items)

    def _inside(self, said: list[Said], depth: int) -> tuple[Any, ...]:
        """What stands in a wrapper's braces, on one line."""
        items = []
        for i, s in enumerate(said):
            self.script.writer.put("; " if i else " ")
            body = None if s.inside is None else (lambda inner, held=s.inside: self._inside(held, inner))
            items.append(self.script.writer.statement(None, s.kind, s.arguments, (), None, body))
        self.script.writer.put(" ")
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
        return (label, *inner_path(layer.model, ends[tensor.output]))


def inner_path(model: ModelConfig, tensor: Tensor) -> tuple[str, ...]:
    """How one of the outputs of a network that is used as a layer is named."""
    layer = model.layers[tensor.layer]
    name = plain(tensor.layer) + (f"_{tensor.call + 1}" if tensor.call else "")
    if layer.model is None:
        return (name,) if tensor.output == 0 else (name, part_of(layer, tensor.output))
    ends = layer.model.outputs
    return (name,) if len(ends) < 2 else (name, *inner_path(layer.model, ends[tensor.output]))


def policy_of(layer: LayerConfig) -> str:
    """The name of a layer's dtype policy; "" where it has none."""
    dtype: Any = layer.config.get("dtype")
    if isinstance(dtype, dict) and isinstance(dtype.get("config"), dict):
        dtype = dtype["config"].get("name")
    return dtype if isinstance(dtype, str) else ""
