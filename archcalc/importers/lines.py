"""What each call of a model becomes: a kind and its arguments; in which order they are written, and which stand in branches."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from archcalc.graph import BYTES, CHANNELS_FIRST
from archcalc.importers.arguments import Place, Unread, Written
from archcalc.importers.config import LayerConfig, ModelConfig, Reader, input_shape
from archcalc.importers.kinds import Said, class_of, inputs_of, merging, say, why_unknown
from archcalc.importers.nodes import Call, Tensor, shape_in
from archcalc.importers.operations import Flowing, is_operation, is_weightless, operation, unknown
from archcalc.importers.order import Region, Step, in_order, regions
from archcalc.importers.outcomes import outcomes
from archcalc.languages import phrase
from archcalc.values import Dims, Word

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


class Plan:
    """What each call of a model becomes, and in which order. What is wrong is reported to the reader."""

    def __init__(self, reader: Reader, model: ModelConfig, networks: dict[int, str]) -> None:
        self.reader = reader
        self.model = model
        self.networks = networks  # what the models among the layers are called
        self.first = has_channels_first(model)
        self.common = self.policy()
        self.free: list[str] = []
        self.keys: list[Key] = []
        self.steps: list[Step] = []
        self.order: list[int] = []
        self.regions: dict[int, Region] = {}
        self.lines: dict[Key, Line] = {}
        self.ranks: dict[Key, int | None] = {}
        self.recorded: dict[tuple[str, int, int], Any] = {}  # shapes that the file has for what calls put out

    def make(self) -> bool:
        """Find every call's line, and the order. False if something is wrong."""
        before = len(self.reader.findings)
        for layer in self.model.layers.values():
            for call in layer.calls:
                for tensor in call.tensors:
                    if tensor.shape is not None:
                        self.recorded[tensor[:3]] = tensor.shape
        self._foresee()
        for layer in self.model.layers.values():
            for i, call in enumerate(layer.calls or ([Call((), {})] if layer.is_input else [])):
                self.keys.append((layer.name, i))
                self.lines[layer.name, i] = self.line(layer, call, i)
        self._tell_apart()
        if len(self.reader.findings) == before:
            self._sort()
        return len(self.reader.findings) == before

    def _foresee(self) -> None:
        """Work out what operations put out of which the file has no shape, since nothing reads it but what reads the model."""
        for name, i in {tensor[:2]: None for tensor in self.model.outputs}:
            layer = self.model.layers[name]
            if is_operation(layer) and i < len(layer.calls):
                call = layer.calls[i]
                for k, shape in enumerate(outcomes(layer, call, [self.shape_of(t) for t in call.tensors], self.first)):
                    self.recorded.setdefault((name, i, k), shape)

    def _tell_apart(self) -> None:
        """Make each further output of a layer that no kind does, and that is read, a line of its own: the language has no name for it."""
        read = [t for line in self.lines.values() for t in line.tensors] + self.model.outputs
        further = {t[:3]: t for t in read if t.output and (held := self.lines.get((t.layer, t.call))) and held.kind == "custom"}
        if not further:
            return
        moved = {at: Tensor(self._further(tensor), 0, 0, tensor.shape) for at, tensor in further.items()}
        for key, line in self.lines.items():
            self.lines[key] = line._replace(tensors=[moved.get(t[:3], t) for t in line.tensors])
        self.model.outputs = [moved.get(t[:3], t) for t in self.model.outputs]

    def _further(self, tensor: Tensor) -> str:
        """The name of a line for an output, which reads what the layer reads, and whose weights are the layer's."""
        whole, number = self.model.layers[tensor.layer], tensor.output + 1
        name = wanted = f"{tensor.layer}_output_{number}" if tensor.call == 0 else f"{tensor.layer}_{tensor.call + 1}_output_{number}"
        while name in self.model.layers:
            number += 1
            name = f"{wanted}_{number}"
        layer = LayerConfig(name, whole.class_name, whole.module, whole.registered, whole.config)
        layer.calls = [whole.calls[tensor.call]]
        self.model.layers[name] = layer
        self.recorded[name, 0, 0] = self.recorded.get(tensor[:3])
        self.keys.append((name, 0))
        self.lines[name, 0] = line = self.line(layer, layer.calls[0], 0)
        if not is_operation(layer) and not any(w.keyword == "params" for w in line.arguments):
            self.lines[name, 0] = line._replace(arguments=[*line.arguments[:2], Written(0, "params"), *line.arguments[2:]])
        return name

    def _sort(self) -> None:
        number = {key: i for i, key in enumerate(self.keys)}
        steps = []
        for key in self.keys:
            line = self.lines[key]
            sources = tuple(number[t.layer, t.call] for t in line.tensors)
            once = len(self.model.layers[key[0]].calls) == 1  # a further call is a `reuse`, which has no branches
            merge = None if self.model.layers[key[0]].model is not None else merging(line.kind)
            merges = merge is not None and not line.arguments and once and all(map(self._is_whole, line.tensors))
            steps.append(Step(sources, merges, joins=merge is not None and not merge.computes))
        self.steps = steps
        ends = [number[t.layer, t.call] for t in self.model.outputs]
        inputs = [number[t.layer, t.call] for t in self.model.inputs if (t.layer, t.call) in number]
        first = len(inputs) > 1 and self._needs_inputs_first(steps, ends, inputs)
        self.order, cycle = in_order(steps, ends, inputs if first else [])
        if cycle:
            names = ", ".join(f"`{self.keys[i][0]}`" for i in cycle[:6])
            self.reader.report("E605", self.keys[cycle[0]][0], names=names + (", ..." if len(cycle) > 6 else ""))
            return
        self.regions = regions(steps, self.order, set(ends))

    def _is_whole(self, tensor: Tensor) -> bool:
        """Whether it is all that a call puts out."""
        return tensor.output == 0 and self.model.layers[tensor.layer].model is None

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
            return Line(self.networks[id(layer.model)], [], call.tensors, None, [])
        if is_operation(layer):
            flowing = Flowing([self.shape_of(t) for t in call.tensors], self.recorded.get((layer.name, i, 0)))
            found = operation(layer, call, flowing)
            return Line(*found, call.tensors, None, []) if found else self.unknown(layer, call, i)
        tensors, words, unread = inputs_of(class_of(layer), call)
        rank = self.rank_in(layer, tensors)
        shape = next((s for t in tensors if (s := self.shape_of(t)) is not None), shape_in(layer.built))
        said = say(layer, Place(rank, self.first, shape))
        if not self.recorded:  # as in the files of Keras 2
            self.ranks[layer.name, i] = rank_of_output(layer, rank)
        if said is None:
            return self.unknown(layer, call, i)
        if not call.tensors:  # a chain that begins without an input
            return Line(said.kind, said.arguments, [], said.inside, said.unread)
        return Line(said.kind, [*said.arguments, *words], tensors, said.inside, [*said.unread, *unread])

    def rank_in(self, layer: LayerConfig, tensors: list[Tensor]) -> int | None:
        """How many axes flow in, with the batch; None where nothing tells."""
        for tensor in tensors:
            shape = self.shape_of(tensor)
            if shape is not None:
                return len(shape)
        built = shape_in(layer.built)
        return len(built) if built else self.ranks.get(tensors[0][:2]) if tensors else None

    def shape_of(self, tensor: Tensor) -> Any:
        """The shape of what flows, with the batch, where the file says it."""
        layer = self.model.layers[tensor.layer]
        return input_shape(layer) if layer.is_input else self.recorded.get(tensor[:3])

    def claims(self, name: str, tensor: Tensor, i: int) -> list[Any]:
        """All that the file says of the shape that a layer reads as its i-th value: with the value, and where the layer was built."""
        layer = self.model.layers[name]
        found = [] if (shape := self.shape_of(tensor)) is None else [shape]
        if layer.built is None or len(layer.calls) > 1:
            return found
        several = isinstance(layer.built, list) and len(layer.built) == len(layer.calls[0].tensors) and isinstance(layer.built[i], list)
        built = shape_in(layer.built[i]) if several else None if i else shape_in(layer.built)
        return [*found, built] if built else found  # without axes, it is a number that stands first: no value has it

    def why_unknown(self, key: Key) -> str:
        """Why a call's shape cannot be written."""
        shape = self.recorded.get((*key, 0))
        if any(t[:2] == key and t.output for line in self.lines.values() for t in line.tensors):
            return phrase("it puts out several values")
        if shape is not None:
            return phrase("one number for each sample has no axis") if len(shape) < 2 else phrase("not all of its sizes are numbers")
        layer = self.model.layers[key[0]]
        return phrase("it is an operation, and the file has no shape of it") if is_operation(layer) else why_unknown(layer)

    def unknown(self, layer: LayerConfig, call: Call, i: int) -> Line:
        """A layer of which nothing is known but what the file says of its shape."""
        tensors, _, _ = inputs_of(None, call)
        flowing = Flowing([self.shape_of(t) for t in tensors], self.recorded.get((layer.name, i, 0)))
        as_it_flows_in = is_weightless(layer) or (flowing.out is not None and flowing.out in flowing.read[:1])
        size = None if as_it_flows_in else MISSING if flowing.size is None else flowing.size
        return Line("custom", unknown(layer, size, flowing), tensors, None, [])

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

    def policy(self) -> str:
        """The dtype of most layers, among those that a network can have: layers that look up integers have others."""
        layers = (layer for layer in self.model.layers.values() if not layer.is_input and not is_operation(layer))
        said = ((layer.name, policy_of(layer)) for layer in layers)
        self.policies = {name: dtype for name, dtype in said if dtype in BYTES}
        found = Counter(self.policies.values())
        return found.most_common(1)[0][0] if found else "float32"


def has_channels_first(model: ModelConfig) -> bool:
    """Whether a layer of it says so, or one that stands in another of its layers."""
    waiting = [layer.config for layer in model.layers.values()]
    while waiting:
        config = waiting.pop()
        if config.get("data_format") == CHANNELS_FIRST:
            return True
        held = [config.get(key) for key in ("layer", "cell")] + (config["layers"] if isinstance(config.get("layers"), list) else [])
        waiting += [h["config"] for h in held if isinstance(h, dict) and isinstance(h.get("config"), dict)]
    return False


def policy_of(layer: LayerConfig) -> str:
    """The name of a layer's dtype policy; "" where it has none."""
    dtype: Any = layer.config.get("dtype")
    if isinstance(dtype, dict) and isinstance(dtype.get("config"), dict):
        dtype = dtype["config"].get("name")
    return dtype if isinstance(dtype, str) else ""


def rank_of_output(layer: LayerConfig, rank: int | None) -> int | None:
    """How many axes come out, where the class tells, and so many flow in."""
    cls = class_of(layer)
    if cls is None or layer.class_name.startswith("Global"):
        return None
    if "{rank}" in (cls.keras or ""):
        return next((n + 2 for n in cls.ranks if str(cls.keras).format(rank=n) == layer.class_name), None)
    return rank if cls.field == "same" or merging(cls.kind) else None
