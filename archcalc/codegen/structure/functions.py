"""Blocks that are used several times, as functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from archcalc.codegen.literals import Group, literal
from archcalc.codegen.names import keras_name
from archcalc.codegen.structure.loops import folded
from archcalc.codegen.structure.regions import Reading, Region, apply, ends_of, region_of
from archcalc.codegen.structure.single import with_single_passes
from archcalc.codegen.structure.stacks import stack, stacks_in
from archcalc.codegen.structure.steps import NAME, Apply, Body, Call, Loop, Step, keyword_of, variables_in
from archcalc.codegen.structure.unify import Parameter, Parameters, UnfitError, unified
from archcalc.codegen.structure.variants import Overlay, overlaid
from archcalc.graph import Graph, Node
from archcalc.graph import Group as Instance


@dataclass(eq=False)
class Function:
    """A function of generated code. Its parameters follow the values that flow in.

    `wanted` is what it is to be called; its `name` is known once all others are.
    """

    wanted: str
    prose: str
    body: Body
    parameters: list[Parameter]
    by_position: int  # how many of the parameters are given without their names
    name: str = ""

    def call(self, values: Sequence[str], reads: tuple[str, ...], gives: tuple[str, ...], names: tuple[str, ...]) -> Call:
        """A call with these values for the parameters."""
        items = []
        for i, (p, value) in enumerate(zip(self.parameters, values, strict=True)):
            if value != p.default:
                items.append(value if i < self.by_position else f"{p.name}={value}")
        items.sort(key=lambda item: keyword_of(item) == NAME)
        hints = tuple(p.name for p in self.parameters[: self.by_position])
        defaults = {p.name: p.default for p in self.parameters if p.default is not None}
        return Call(Group("(", items, ")"), reads, gives, names, defaults, hints, function=self)


class Blocks:
    """Makes functions of the blocks of a graph. `made` is how each layer is made, by the name of its node."""

    def __init__(self, graph: Graph, made: Mapping[str, Group]) -> None:
        self.made = made
        self.reading = Reading.of(graph)
        self.shared = {n.shares.name for n in graph.layers if n.shares is not None}
        self.region = region_of(graph)
        self.stacks = stacks_in(self.region, graph, self.reading)
        self.called: dict[int, tuple[Function, Sequence[str], tuple[str, ...], tuple[str, ...]]] = {}  # by instance
        self.functions: list[Function] = []
        for regions in _by_definition(self.region):
            self._define(regions)

    def main(self) -> Body:
        """The network's own body."""
        steps = tuple(self._steps(self.region, ""))
        body = ends_of(steps, self.region.nodes(), self.reading)
        return folded(body)

    def _steps(self, region: Region, prefix: str) -> Iterator[Step]:
        for item in region.items:
            if isinstance(item, Node):
                yield apply(item, self.made[item.name], item.shares is not None or item.name in self.shared, prefix)
            elif item.instance is not None and id(item.instance) in self.stacks:
                yield stack(item, self.stacks[id(item.instance)], self.made, prefix)
            elif item.instance is not None and id(item.instance) in self.called:
                yield self._call(item.instance, prefix)
            else:
                yield from self._steps(item, prefix)

    def _call(self, instance: Instance, prefix: str) -> Step:
        function, values, reads, gives = self.called[id(instance)]
        own = instance.name.removeprefix(prefix)
        names = (own,) if len(gives) == 1 else tuple(g.removeprefix(prefix).replace(" ", "_") for g in gives)
        return function.call(values, reads, gives, names)

    def _define(self, regions: list[Region]) -> None:
        """A function for each variant of a block that stands in more than one place."""
        if len(regions) < 2:
            return
        bodies = []
        for region in regions:
            assert region.instance is not None
            if id(region.instance) in self.stacks:
                return
            bodies.append(ends_of(self._steps(region, region.instance.name + "."), region.nodes(), self.reading))
        # Instances of different lengths may be loops that are gone through more or less often, also twice.
        least = 1 if len({len(b.steps) for b in bodies}) == 1 else 0
        loops = [folded(body, least, counts_only=True) for body in bodies]
        labels = [keras_name(r.instance.name) for r in regions if r.instance is not None]
        model, label = max(zip(loops, labels, strict=True), key=lambda b: sum(isinstance(s, Loop) for s in b[0].steps))
        single = [with_single_passes(body, own, model, label) for body, own in zip(loops, labels, strict=True)]
        loops = [one if one.key() == model.key() else body for one, body in zip(single, loops, strict=True)]
        if not _are_alike(bodies) or _are_alike(loops):  # else some would have loops and others none
            bodies = loops
        own = {id(body): region.instance for body, region in zip(bodies, regions, strict=True) if region.instance is not None}
        for overlay in overlaid(bodies):
            if len(overlay.places) > 1 and overlay.inputs and overlay.outputs and sum(1 for _ in overlay.places[0].all_steps()) > 1:
                with suppress(UnfitError):
                    self._function(overlay, [own[id(b)] for b in overlay.places], len(regions))

    def _function(self, overlay: Overlay, instances: list[Instance], count: int) -> None:
        kind = instances[0].kind
        known = _known([i.made.values for i in instances])
        optional = {p.name for p in instances[0].made.defined.item.parameters if p.default is not None}
        parameters = Parameters(known, [keras_name(i.name) for i in instances], _inner_names(overlay), optional)
        body, found = settle(overlay, parameters)
        prose = f"One {kind} of the network, which has {count} of them."
        if len(instances) < count:
            prose = f"One {kind} of the network: {len(instances)} of the {count} that it has are like this."
        by_position = sum(p.name in parameters.known and p.default is None for p in found)
        function = Function(kind, prose, body, found, by_position)
        self.functions.append(function)
        for place, instance in enumerate(instances):
            values = [p.values[place] for p in found]
            self.called[id(instance)] = (function, values, overlay.inputs_at(place), overlay.places[place].outputs)


def _are_alike(bodies: list[Body]) -> bool:
    return len({b.key() for b in bodies}) == 1


def inner_names(main: Body, functions: list[Function]) -> set[str]:
    """All names that functions must not have: of parameters, and of what loops go through."""
    bodies = [main, *(f.body for f in functions)]
    loops = {v for body in bodies for step in body.steps for v in variables_in(step)}
    return loops | {p.name for f in functions for p in f.parameters}


def settle(overlay: Overlay, parameters: Parameters) -> tuple[Body, list[Parameter]]:
    """One body for all places of an overlay, and the parameters that it takes."""
    steps = []
    hint = when = ""
    for i, row in enumerate(overlay.rows):
        taken = overlay.taken(i)
        if i == 0 or taken != overlay.taken(i - 1):
            first = _said(row.first)
            hint = f"with_{first}"
            when = "" if all(taken) else parameters.condition(taken, hint)
        steps.append(replace(unified(row, parameters), reads=overlay.reads[i], when=when))
    return Body(tuple(steps), overlay.inputs, overlay.outputs, overlay.otherwise), parameters.found()


def _said(step: Step) -> str:
    """What a step is called: its label, or its kind."""
    return step.node.kind if isinstance(step, Apply) and not step.node.named else step.names[0]


def _inner_names(overlay: Overlay) -> set[str]:
    """Names of variables that loops inside have already."""
    return {v for row in overlay.rows for step in row.steps if step for v in variables_in(step)}


def _known(values: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The block's own parameters, where all places have plain values for them: the text of each."""
    found = {}
    for name in values[0]:
        column = [v.get(name) for v in values]
        if all(isinstance(v, int | str | float | Fraction) for v in column):
            found[name] = tuple(literal(v) for v in column)
    return found


def _by_definition(region: Region) -> Iterator[list[Region]]:
    """The instances of each block, those of blocks that stand inside of others first."""
    found: dict[int, list[Region]] = {}
    inside: dict[int, dict[int, None]] = {}
    _collect(region, found, inside)
    done: set[int] = set()

    def visit(definition: int, active: frozenset[int]) -> Iterator[list[Region]]:
        if definition in done or definition in active:
            return
        for other in inside.get(definition, ()):
            yield from visit(other, active | {definition})
        if definition not in done:
            done.add(definition)
            yield found[definition]

    for definition in found:
        yield from visit(definition, frozenset())


def _collect(region: Region, found: dict[int, list[Region]], inside: dict[int, dict[int, None]]) -> None:
    for item in region.items:
        if isinstance(item, Region) and item.instance is not None and item.instance.made is not None:
            definition = id(item.instance.made.defined.item)
            found.setdefault(definition, []).append(item)
            if region.instance is not None and region.instance.made is not None:
                inside.setdefault(id(region.instance.made.defined.item), {})[definition] = None
        if isinstance(item, Region):
            _collect(item, found, inside)
