"""Instances that share all their layers: a list of layers, which is gone through in each place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from archcalc.codegen.application import is_plain
from archcalc.codegen.literals import Group
from archcalc.codegen.structure.regions import Reading, Region
from archcalc.codegen.structure.steps import Stack
from archcalc.graph import Graph, Node

FEWEST = 3  # layers; fewer are as well made and applied one by one


def stacks_in(region: Region, graph: Graph, reading: Reading) -> dict[int, Region]:
    """For each instance that is such a list, by its id: the region that makes its layers, which may be its own."""
    users: dict[str, list[Node]] = {}
    for node in graph.layers:
        if node.shares is not None:
            users.setdefault(node.shares.name, []).append(node)
    regions = {id(nodes[0]): (r, nodes) for r in _all(region) if len(nodes := list(r.nodes())) >= FEWEST}
    found: dict[int, Region] = {}
    for maker, nodes in regions.values():
        sharers = [regions.get(id(n)) for n in users.get(nodes[0].name, ())]
        same = [nodes, *(s[1] for s in sharers if s is not None)]
        if not sharers or None in sharers or not all(_is_chain(ns, reading) for ns in same):
            continue
        wanted = [[ns[i].name for ns in same[1:]] for i in range(len(nodes))] if len({len(ns) for ns in same}) == 1 else []
        if wanted == [[u.name for u in users.get(n.name, ())] for n in nodes]:
            reading.readers[layers_of(maker)] = [ns[0].name for ns in same[1:]]
            found |= {id(r.instance): maker for r in (maker, *(s[0] for s in sharers if s is not None))}
    return found


def _all(region: Region) -> Iterator[Region]:
    for item in region.items:
        if isinstance(item, Region):
            yield item
            yield from _all(item)


def _is_chain(nodes: list[Node], reading: Reading) -> bool:
    """Whether each layer reads the one before it alone, and nothing else does."""
    joined = all(reading.readers.get(a.name) == [b.name] and a.name not in reading.ends for a, b in pairwise(nodes))
    return joined and all(len(n.inputs) == 1 and is_plain(n) for n in nodes)


def layers_of(maker: Region) -> str:
    """The list as a value."""
    assert maker.instance is not None
    return f"{maker.instance.name} layers"


def stack(region: Region, maker: Region, made: Mapping[str, Group], prefix: str) -> Stack:
    """The step for an instance: `made` is how its layers are made, `prefix` what names around it begin with."""
    nodes = list(region.nodes())
    assert region.instance is not None
    name = region.instance.name.removeprefix(prefix)
    layers = layers_of(maker)
    if region is maker:
        return Stack(
            Group("[", [made[n.name] for n in nodes], "]"), (nodes[0].inputs[0].name,), (nodes[-1].name, layers), (name, f"{name}_layers")
        )
    return Stack(Group("", [], ""), (nodes[0].inputs[0].name, layers), (nodes[-1].name,), (name,))
