"""What would let branches meet whose shapes differ: `same` where there is no padding, a crop, a convolution of 1."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from archcalc.analysis.trying import chain, fits, innermost, refitted, standing_in, with_argument
from archcalc.graph import Node, channels_first, channels_last, say_shape
from archcalc.languages import phrase, together
from archcalc.sizes import Refusal, Shape
from archcalc.spec import Layer

MOST = 4  # layers of which one argument is changed


def crossed(node: Node, _: dict[str, Any]) -> Iterator[str]:
    """The ways that fit."""
    yield from _padded(node)
    shapes = [_last(node, before.shape or ()) for before in node.inputs]
    if len({len(shape) for shape in shapes}) == 1 and len(shapes[0]) > 1:
        target = min(shapes, key=lambda shape: shape[:-1])
        for i, (before, shape) in enumerate(zip(node.inputs, shapes, strict=True)):
            if shape != target and len(shapes) == 2:
                yield from _cut(node, i, before, shape, target)


def _last(node: Node, shape: Shape) -> Shape:
    """A shape with the channels last."""
    return channels_last(shape) if node.first else shape


def _padded(node: Node) -> Iterator[str]:
    """`same` in layers of the branches that slide without padding: in the fewest that are enough."""
    branches = _branches(node)
    nodes = [n for branch in branches for n in reversed(branch)]
    others = {id(n): layer for n in nodes if (layer := _same(n)) is not None}
    able = [n for n in nodes if id(n) in others][: 2 * MOST]
    for count in range(1, min(MOST, len(able)) + 1):
        for chosen in combinations(able, count):
            try:
                refitted((*nodes, node), {id(n): others[id(n)] for n in chosen})
            except Refusal:
                continue
            names = [n.name for n in chosen]
            said = together(" and ", (", ".join(names[:-1]), names[-1]) if len(names) > 1 else names)
            yield phrase("with `same` in {names}, they would fit", names=said)
            return


def _branches(node: Node) -> list[list[Node]]:
    """The layers of each branch, the nearest first, up to what several of them read."""
    chains = [chain(before) for before in node.inputs]
    ends = [
        {id(n) for n in found} | {id(before) for n in found[-1:] for before in n.inputs} | {id(i)}
        for found, i in zip(chains, node.inputs, strict=True)
    ]
    shared = {place for one, other in combinations(ends, 2) for place in one & other}
    return [[n for k, n in enumerate(found) if not any(id(m) in shared for m in found[: k + 1])] for found in chains]


def _same(node: Node) -> Layer | None:
    """A node's layer with `same`, if it slides windows larger than 1 that have no padding. Under a stride, `same` moves them."""
    assert node.layer is not None
    windows = node.layer.windows(*node.input_shapes)
    padding = next((a for a in innermost(node.layer).args if a.name == "padding"), None)
    if padding is None or "same" not in padding.type.words or all(w.reach == 1 for w in windows) or any(w.stride > 1 for w in windows):
        return None
    bare = all(w.pads(n) == (0, 0) for w, n in zip(windows, node.input_shapes[0], strict=False))
    return with_argument(node.layer, "padding", "same") if bare and windows else None


def _cut(node: Node, place: int, before: Node, shape: Shape, target: Shape) -> Iterator[str]:
    """One input as the other is: cropped, if little is cut off, or by a convolution of 1, with a stride if it takes one."""
    space, wanted = shape[:-1], target[:-1]
    lost = tuple(n - m for n, m in zip(space, wanted, strict=True))
    if any(lost) and all(0 <= 2 * d < n for d, n in zip(lost, space, strict=True)) and _fits(node, place, (*wanted, shape[-1])):
        yield phrase(
            "`crop {lost} from {before}` is {shape}, which fits",
            lost=_sides(lost),
            before=before.name,
            shape=_said(node, (*wanted, shape[-1])),
        )
        return
    strides = {-(-n // m) for n, m in zip(space, wanted, strict=True)}
    for stride in strides if len(strides) == 1 else ():
        for channels in dict.fromkeys((shape[-1], target[-1])):
            made = (*(-(-n // stride) for n in space), channels)
            if made != shape and _fits(node, place, made):
                step = f", /{stride}" if stride > 1 else ""
                yield phrase(
                    "`conv {channels}, 1{step} from {before}` is {shape}, which fits",
                    channels=channels,
                    step=step,
                    before=before.name,
                    shape=_said(node, made),
                )
                return


def _fits(node: Node, place: int, shape: Shape) -> bool:
    """Whether the layer fits with another shape in the place of one input."""
    other = Node(node.inputs[place].name, None, (), None)
    other.shape = channels_first(shape) if node.first else shape
    inputs = tuple(other if i == place else before for i, before in enumerate(node.inputs))
    return fits(standing_in(node, node.layer, inputs))


def _said(node: Node, shape: Shape) -> str:
    return say_shape(channels_first(shape) if node.first else shape)


def _sides(lost: tuple[int, ...]) -> str:
    """What is cut off each axis, as a program has it: half of it at each end, the odd one at the end."""
    if all(d % 2 == 0 for d in lost):
        halves = [d // 2 for d in lost]
        return str(halves[0]) if len(set(halves)) == 1 else "x".join(map(str, halves))
    pairs = [f"({d // 2}, {d - d // 2})" for d in lost]
    return pairs[0] if len(pairs) == 1 else f"({', '.join(pairs)})"
