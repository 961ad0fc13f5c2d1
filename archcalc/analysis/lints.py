"""Warnings: what is allowed, but may not be meant. They ask for declared traits, never for a layer's name."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.diagnostics import Diagnostic
from archcalc.graph import Graph, Node
from archcalc.sizes import Refusal
from archcalc.windows import Window

AXES = {1: ("position",), 2: ("row", "column"), 3: ("plane", "row", "column")}
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
    workings: dict[str, None] = {}
    fixes: dict[str, None] = {}
    for window, n, axis in zip(windows, node.input_shapes[0] if windows else (), AXES.get(len(windows), ()), strict=False):
        unread = window.unread(n)
        gap = max(window.stride - window.reach, 0)  # a window that steps over positions leaves these on purpose
        if unread <= gap:
            continue
        lost.append(f"the last {axis} {SIDES[axis]}" if unread == 1 else f"the last {unread} {axis}s {SIDES[axis]}")
        workings[_working(window, n)] = None
        fixes.update(dict.fromkeys(_fixes(window, n)))
    if lost:
        facts = {"lost": " and ".join(lost), "working": "; ".join(workings)}
        yield Diagnostic("W101", node.spans.get("kernel", node.span), facts, fixes=tuple(fixes), layer=node.name)


def _working(window: Window, n: int) -> str:
    before, after = window.pads(n)
    room = n + before + after - window.reach
    padded = f"{n} + {before} + {after}" if before or after else f"{n}"
    left = room % window.stride
    return f"({padded} - {window.reach})/{window.stride} = {room}/{window.stride} leaves {left} over"


def _fixes(window: Window, n: int) -> list[str]:
    """The nearest input, padding and kernel with which nothing is lost; each is tried before it is offered."""
    sizes = [m for m in (*range(n - 1, max(0, n - window.stride - 1), -1), *range(n + 1, n + window.stride + 1)) if _whole(window, m)]
    below, above = [m for m in sizes if m < n][:1], [m for m in sizes if m > n][:1]
    pads = [p for p in range(1, window.reach) if _whole(window._replace(padding=p), n)][:1]
    near = sorted(range(1, window.kernel + window.stride + 1), key=lambda k: abs(k - window.kernel))
    kernels = [k for k in near if _whole(window._replace(kernel=k), n)][:1]
    fixes = [f"an input of {' or '.join(map(str, below + above))} would lose none"] if sizes else []
    ways = [f"`pad={pads[0]}`"] if pads else []
    ways += ["`same`"] if _whole(window._replace(padding="same"), n) else []
    ways += [f"a kernel of {kernels[0]}"] if kernels else []
    return [*fixes, f"so would {' or '.join(ways)}"] if ways else fixes


def _whole(window: Window, n: int) -> bool:
    try:
        return bool(window.unread(n) == 0 and window.reach >= window.stride)
    except Refusal:
        return False
