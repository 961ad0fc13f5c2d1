"""Warnings: what is allowed, but may not be meant. They ask for declared traits, never for a layer's name."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph, Node
from archcalc.sizes import Refusal, Shape
from archcalc.spec import Layer
from archcalc.windows import Window

AXES = {1: ("position",), 2: ("row", "column"), 3: ("plane", "row", "column")}
TRIES = 16  # arguments near the given one that are tried, of each sort, before something is suggested
SIDES = {"position": "at the end", "plane": "at the back", "row": "at the bottom", "column": "on the right"}


def lint(graph: Graph) -> Iterator[Diagnostic]:
    """All warnings about a graph, layer by layer."""
    for node in graph.layers:
        if node.layer is not None and node.shape is not None:
            yield from lost_pixels(node)


def lost_pixels(node: Node) -> Iterator[Diagnostic]:
    """W101: the floor of (n + 2p - f)/s drops rows or columns at the end that no window reads."""
    assert node.layer is not None
    windows = node.layer.windows(*node.input_shapes)
    lost: list[str] = []
    workings: list[str] = []
    zeros = _zeros_after(node.inputs[0], len(windows)) if windows else ()
    for window, n, axis, more in zip(windows, node.input_shapes[0] if windows else (), AXES.get(len(windows), ()), zeros, strict=False):
        unread = max(_lost(window, n) - more, 0)
        if unread:
            lost.append(f"the last {axis} {SIDES[axis]}" if unread == 1 else f"the last {unread} {axis}s {SIDES[axis]}")
            workings.append(_working(window, n))
    if lost:
        facts = {"lost": " and ".join(lost), "working": "; ".join(dict.fromkeys(workings))}
        span = node.spans.get("kernel", node.span)
        yield Diagnostic("W101", span, facts, fixes=_fixes(node.layer, windows, node.input_shapes), layer=node.name)


def _zeros_after(node: Node, rank: int) -> list[int]:
    """How many positions at each axis's end are padding that the layer before has added: to lose these is no loss."""
    windows = node.layer.windows(*node.input_shapes) if node.layer is not None else ()
    if len(windows) != rank or any(w.reach != 1 or w.stride != 1 for w in windows):
        return [0] * rank
    return [int(w.pads(1)[1]) for w in windows]


def _lost(window: Window, n: int) -> int:
    """Positions at the end that no window reads. Those that a window steps over everywhere are left out on purpose."""
    unread = int(window.unread(n))
    return unread if unread > max(window.stride - window.reach, 0) else 0


def _working(window: Window, n: int) -> str:
    before, after = window.pads(n)
    room = n + before + after - window.reach
    padded = f"{n} + {before} + {after}" if before or after else f"{n}"
    return f"({padded} - {window.reach})/{window.stride} = {room}/{window.stride} leaves {room % window.stride} over"


def _fixes(layer: Layer, windows: tuple[Window, ...], inputs: tuple[Shape, ...]) -> tuple[str, ...]:
    """The nearest input, padding and kernel with which nothing is lost; each is tried before it is offered."""
    space = inputs[0][: len(windows)]
    nearest = [(_next(w, n, -1), _next(w, n, 1)) for w, n in zip(windows, space, strict=True)]
    sizes = ["x".join(map(str, side)) for side in zip(*nearest, strict=True) if None not in side]
    fixes = [f"an input of {' or '.join(dict.fromkeys(sizes))} would lose none"] if sizes else []
    names = {a.name for a in layer.args}
    longest = max(int(w.reach) for w in windows)
    pads = range(1, min(longest, TRIES)) if "padding" in names else ()
    ways = [f"`pad={p}`" for p in pads if _whole(layer, "padding", p, inputs)][:1]
    ways += ["`same`"] if "padding" in names and _whole(layer, "padding", "same", inputs) else []
    kernels = [k for i in range(TRIES) for k in (longest - i, longest + i) if k >= min(longest, 2)]
    ways += [f"a kernel of {k}" for k in kernels if "kernel" in names and _whole(layer, "kernel", k, inputs)][:1]
    if ways:
        fixes.append(f"so would {' or '.join(ways)}" if fixes else f"{' or '.join(ways)} would lose none")
    return tuple(fixes)


def _next(window: Window, n: int, step: int) -> int | None:
    """The nearest length in one direction, n itself first, of which no position is lost."""
    before, after = window.pads(n)
    left = int(n + before + after - window.reach) % int(window.stride)  # without these, or with the rest, strides are whole
    there: int = n - left if step < 0 else n + int(window.stride) - left
    nearby: tuple[int, ...] = (*range(n, n + step * TRIES, step), there)
    for m in nearby:
        try:
            if m > 0 and not _lost(window, m):
                return m
        except Refusal:
            return None
    return None


def _whole(layer: Layer, argument: str, value: int | str, inputs: tuple[Shape, ...]) -> bool:
    """Whether the layer with another value of one argument loses nothing."""
    other = type(layer)(**{**vars(layer), argument: value})
    try:
        windows = other.windows(*inputs)
        other.shape(*inputs)
        return all(w.reach >= w.stride and not _lost(w, n) for w, n in zip(windows, inputs[0], strict=False))
    except Refusal:
        return False
