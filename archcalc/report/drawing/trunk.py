"""The way through a network along which its maps are drawn, cut into as few stages as a picture has room for.

The trunk is the longest way from an input to an output. Where branches part and meet again, what is between is one stage: a
block, or all that keeps the maps' extent. In a U-Net, whose branch reaches across the whole network, the trunk goes on inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice, pairwise, takewhile
from typing import NamedTuple

from archcalc.analysis import Analysis
from archcalc.graph import Graph, Group, Node
from archcalc.report.drawing.traits import by_itself, extent, operation
from archcalc.report.folding import instances
from archcalc.sizes import alike, prod

MOST_STAGES = 15
FEW = 10  # stages that are drawn one by one


class Stage(NamedTuple):
    """Layers after the stage before, the last of which has the maps that are drawn. `shown` are what is said of them.

    A layer of `shown` stands for itself, a group for its instance; a number is that of layers in branches without a block.
    `around` are the block instances that hold all layers of the stage, outermost first.
    """

    node: Node
    shown: tuple[Node | Group | int, ...]
    around: tuple[Group, ...] = ()


class Trunk(NamedTuple):
    """The stages, the input's first; how many layers on other branches are not drawn; and the nodes between its ends, in order."""

    stages: list[Stage]
    beside: int
    nodes: list[Node]
    gap: int = 0  # the stage before which others are left out; 0: none are
    left_out: int = 0  # how many

    def after(self, node: Node) -> Node | None:
        """The node that runs next."""
        place = self.nodes.index(node) + 1
        return self.nodes[place] if place < len(self.nodes) else None


def trunk_of(analysis: Analysis, most: int = MOST_STAGES) -> Trunk | None:
    """The trunk in at most so many stages; None where no layer has a shape."""
    path = longest(analysis.graph)
    if path is None:
        return None
    inside = _between(analysis.graph, path)
    steps, beside = _steps(path, inside)
    head, rest = steps[:1], steps[1:]
    if len(rest) < FEW:
        return Trunk(steps, beside, inside)
    folded = rest
    for way in _ways(max((len(step.around) for step in rest), default=0)):
        folded = way(rest)
        if len(folded) < most:
            return Trunk(head + folded, beside, inside)
    before, after = folded[: most // 2], folded[-(most - 1 - most // 2) :]
    return Trunk([*head, *before, *after], beside, inside, len(before) + 1, len(folded) - len(before) - len(after))


def _ways(depth: int) -> Iterator[Callable[[list[Stage]], list[Stage]]]:
    """Ways to have fewer stages, in the order in which they are tried: what tells least apart goes first."""
    yield lambda steps: _joined(_called(steps), _alike)
    for d in range(depth, 0, -1):
        yield lambda steps, d=d: _in_blocks(steps, d)  # type: ignore[misc]
        yield lambda steps, d=d: _joined(_in_blocks(steps, d), lambda s: _maps(s) if extent(s.node) else id(s))  # type: ignore[misc]
    yield lambda steps: _joined(steps, _maps)
    yield lambda steps: _joined(steps, lambda s: extent(s.node) or _maps(s))


def longest(graph: Graph) -> list[Node] | None:
    """The way with the most layers that compute, of all that end in an output; else in any layer that has a shape."""
    length: dict[int, int] = {}
    before: dict[int, Node] = {}
    for node in (*graph.inputs, *graph.layers):
        if node.shape is None:
            continue
        known = [n for n in node.inputs if id(n) in length]
        if known:
            best = max(known, key=lambda n: length[id(n)])
            before[id(node)] = best
            length[id(node)] = length[id(best)] + drawn(node, best)
        elif node.layer is not None and node.layer.inputs[0] == 0:
            length[id(node)] = 0
    ends = [n for n in graph.outputs if id(n) in before] or [n for n in graph.layers if id(n) in before]
    if not ends:
        return None
    path = [max(ends, key=lambda n: length[id(n)])]
    while id(path[-1]) in before:
        path.append(before[id(path[-1])])
    return path[::-1]


def drawn(node: Node, before: Node) -> bool:
    """Whether a layer's maps are drawn by themselves: not those of one that passes on what it reads, value by value."""
    layer = node.layer
    if layer is None or node.shape is None or before.shape is None or layer.activates:
        return False
    if layer.indices() is not None:
        return True
    if layer.computes:
        return bool(layer.multiplies or layer.windows(*node.input_shapes)) or alike(node.shape, before.shape) is not True
    # What neither computes nor slides, and changes how many values there are: an enlarged map.
    single = len(node.inputs) == 1 and not layer.windows(*node.input_shapes)
    return single and not by_itself(node) and (prod(node.shape) == prod(before.shape)) is not True


def _between(graph: Graph, path: list[Node]) -> list[Node]:
    """The nodes on any way between the ends of the path, in the order in which they run."""
    after = {id(path[0])}
    for node in graph.layers:
        if node.shape is not None and any(id(n) in after for n in node.inputs):
            after.add(id(node))
    reached = {id(path[-1])}
    for node in reversed(graph.layers):
        if id(node) in reached:
            reached.update(id(n) for n in node.inputs)
    return [node for node in (path[0], *graph.layers) if id(node) in after and id(node) in reached]


def _gates(inside: list[Node]) -> set[int]:
    """The nodes through which every way goes: nothing before one is read by anything after it."""
    place = {id(node): i for i, node in enumerate(inside)}
    last = list(range(len(inside)))  # by whom a node is read last
    for i, node in enumerate(inside):
        for source in node.inputs:
            if id(source) in place:
                last[place[id(source)]] = i
    gates, furthest = set(), 0
    for i, node in enumerate(inside):
        if furthest <= i:
            gates.add(id(node))
        furthest = max(furthest, last[i])
    return gates


def _steps(path: list[Node], inside: list[Node]) -> tuple[list[Stage], int]:
    """A stage for each layer that is drawn, and for each parting of branches that is one; how many layers are left out."""
    gates = _gates(inside)
    place = {id(node): i for i, node in enumerate(inside)}
    steps = [Stage(path[0], ())]
    beside = begin = 0
    for end in range(1, len(path)):
        if id(path[end]) not in gates:
            continue
        here, before = path[begin + 1 : end + 1], path[begin]
        between = inside[place[id(before)] + 1 : place[id(path[end])] + 1]
        block = _block(between, before)
        if block is not None and _goes_on(block, islice(inside, place[id(path[end])] + 1, None)):
            block = None  # it is called so where all of it has run
        if len(between) == 1 or not (block or _even(before, here)):
            steps += [Stage(n, (n,), _around([n])) for n, b in zip(here, path[begin:end], strict=True) if drawn(n, b)]
            beside += len(between) - len(here)
        elif any(drawn(n, b) for n, b in zip(here, path[begin:end], strict=True)) or len(between) > len(here):
            steps.append(Stage(path[end], (block or len(between),), _around(between)))
        begin = end
    return steps, beside


def _block(nodes: list[Node], before: Node) -> Group | None:
    """The innermost block instance that holds all of these and not what is before."""
    outside = instances(before.group)
    return next((g for g in reversed(_around(nodes)) if g not in outside), None)


def _around(nodes: list[Node]) -> tuple[Group, ...]:
    """The block instances that hold all of these, outermost first."""
    common = instances(nodes[0].group)
    for node in nodes[1:]:
        common = [g for g in common if g in instances(node.group)] if node.group is not nodes[0].group else common
    return tuple(common)


def _goes_on(block: Group, after: Iterable[Node]) -> bool:
    """Whether a block instance makes other maps after these than it has by now; what passes on its values, one by one, does not."""
    rest = takewhile(lambda node: block in instances(node.group), after)
    return any(drawn(node, node.inputs[0]) for node in rest if node.inputs)


def _even(before: Node, nodes: list[Node]) -> bool:
    """Whether maps keep their extent, or change it once; what is gathered into single values and laid over maps is no change."""
    extents = [e for node in (before, *nodes) if (e := extent(node))]
    return sum(alike(a, b) is not True for a, b in pairwise(extents)) <= 1


def word(shown: Node | Group | int) -> str:
    """What is said of layers between two stages, before it is translated; "" of those in branches without a block."""
    return operation(shown) if isinstance(shown, Node) else shown.kind if isinstance(shown, Group) else ""


def _alike(stage: Stage) -> object:
    words = [word(shown) for shown in stage.shown]
    return (*_maps(stage), *words) if extent(stage.node) and all(words) else id(stage)


def _maps(stage: Stage) -> tuple[object, ...]:
    return tuple(stage.node.shape or ())


def _in_blocks(stages: list[Stage], depth: int) -> list[Stage]:
    """The stages of a block instance at that depth as one, which is called by its block if there is much to say of it."""
    found = []
    for stage in _joined(stages, lambda s: _at_depth(s, depth) or id(s)):
        words = set(map(word, stage.shown))
        block = _at_depth(stage, depth)
        found.append(stage._replace(shown=(block,)) if block and (len(words) > 2 or "" in words) else stage)
    return found


def _called(stages: list[Stage]) -> list[Stage]:
    """The stages of a block instance as one, where there is one of which nothing can be said but how many layers it has."""
    found: list[Stage] = []
    for _, some in groupby(stages, lambda s: id(s.around[-1] if s.around else s)):
        run = list(some)
        if len(run) > 1 and any(word(shown) == "" for stage in run for shown in stage.shown):
            run = [run[-1]._replace(shown=run[-1].around[-1:])]
        found += run
    return found


def _at_depth(stage: Stage, depth: int) -> Group | None:
    return stage.around[depth - 1] if len(stage.around) >= depth else None


def _joined(stages: list[Stage], key: Callable[[Stage], object]) -> list[Stage]:
    """Neighbours that have something in common as one stage."""
    found: list[list[Stage]] = []
    for stage in stages:
        if found and alike(key(found[-1][-1]), key(stage)) is True:
            found[-1].append(stage)
        else:
            found.append([stage])
    return [Stage(run[-1].node, tuple(_shown(run)), _common(run)) if len(run) > 1 else run[0] for run in found]


def _common(run: list[Stage]) -> tuple[Group, ...]:
    """The block instances that hold all of some stages."""
    return tuple(group for group in run[0].around if all(group in stage.around for stage in run))


def _shown(run: Iterable[Stage]) -> Iterable[Node | Group | int]:
    for stage in run:
        yield from stage.shown
