"""Lints of windows that slide: what they leave out at the end, what lies between them, and padding that is lopsided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archcalc.analysis.trying import innermost, with_argument
from archcalc.diagnostics import Diagnostic
from archcalc.graph import Node
from archcalc.languages import Phrase, mark, phrase, together
from archcalc.sizes import Refusal, Shape
from archcalc.spec import Layer, Wrapper
from archcalc.windows import Window

AXES = {1: ("position",), 2: ("row", "column"), 3: ("plane", "row", "column")}
TRIES = 16  # arguments near the given one that are tried, of each sort, before something is suggested
LOST = {  # of one, and of several; where the sizes are free, without the side
    "position": (mark("the last position at the end"), mark("the last {n} positions at the end")),
    "plane": (mark("the last plane at the back"), mark("the last {n} planes at the back")),
    "row": (mark("the last row at the bottom"), mark("the last {n} rows at the bottom")),
    "column": (mark("the last column on the right"), mark("the last {n} columns on the right")),
}
LAST = {
    "position": (mark("the last position"), mark("the last {n} positions")),
    "plane": (mark("the last plane"), mark("the last {n} planes")),
    "row": (mark("the last row"), mark("the last {n} rows")),
    "column": (mark("the last column"), mark("the last {n} columns")),
    "step": (mark("the last step"), mark("the last {n} steps")),
}
WITHIN = {
    "position": mark("{inside} of {n} positions"),
    "plane": mark("{inside} of {n} planes"),
    "row": mark("{inside} of {n} rows"),
    "column": mark("{inside} of {n} columns"),
    "step": mark("{inside} of {n} steps"),
}
PLURAL = {
    "position": phrase("positions"),
    "plane": phrase("planes"),
    "row": phrase("rows"),
    "column": phrase("columns"),
    "step": phrase("steps"),
}


def lost_pixels(node: Node, windows: tuple[Window, ...]) -> Iterator[Diagnostic]:
    """W101: the floor of (n + 2p - f)/s drops rows or columns at the end that no window reads."""
    assert node.layer is not None
    lost: list[str] = []
    workings: list[str] = []
    for window, n, axis, more in zip(
        windows, node.input_shapes[0], axes_of(node, windows), zeros_after(node.inputs[0], len(windows)), strict=False
    ):
        unread = max(_lost(window, n) - more, 0)
        if unread:
            lost.append(phrase(LOST[axis][unread > 1], n=unread))
            workings.append(_working(window, n))
    if lost:
        facts = {"lost": together(" and ", lost), "working": together("; ", dict.fromkeys(workings))}
        span = node.spans.get("kernel", node.span)
        yield Diagnostic("W101", span, facts, fixes=_fixes(node.layer, windows, node.input_shapes), layer=node.name)


def skipped_pixels(node: Node, windows: tuple[Window, ...]) -> Iterator[Diagnostic]:
    """W106: the stride is longer than the kernel, so that no window reads what lies between two of them."""
    if all(w.reach == 1 for w in windows):
        return
    skipped: list[str] = []
    workings: list[str] = []
    read = 1.0
    for window, n, axis in zip(windows, node.input_shapes[0], axes_of(node, windows), strict=False):
        gap = window.stride - window.reach
        inside = _within(window, n) if gap > 0 else 0
        read *= (n - inside) / n
        if inside:
            skipped.append(phrase(WITHIN[axis], inside=inside, n=n))
            workings.append(
                phrase(
                    "a stride of {stride} leaves {gap} between kernels that span {reach}", stride=window.stride, gap=gap, reach=window.reach
                )
            )
    if skipped:
        share = phrase("{share} % of each map lies in gaps", share=f"{100 * (1 - read):.0f}")
        facts = {"skipped": together(" and ", skipped), "working": together("; ", (*dict.fromkeys(workings), share))}
        longest = max(int(w.stride) for w in windows)
        shortest = min(int(w.reach) for w in windows if w.stride > w.reach)
        fixes = (phrase("a kernel of {longest}, or a stride of {shortest}, would leave no gap", longest=longest, shortest=shortest),)
        span = node.spans.get("stride", node.span)
        yield Diagnostic("W106", span, facts, fixes=fixes, layer=node.name)


def _within(window: Window, n: int) -> int:
    """How many positions of the input lie between two windows. Padding is none of it."""
    before = int(window.pads(n)[0])
    starts_last = int(window.output(n) - 1) * int(window.stride)  # counted from where the padding begins
    return _in_gaps(window, max(min(before + n, starts_last), before)) - _in_gaps(window, before)


def _in_gaps(window: Window, length: int) -> int:
    """Of so many positions from the start of the first window on, those that lie behind a window and before the next."""
    whole, rest = divmod(length, int(window.stride))
    return whole * int(window.stride - window.reach) + max(rest - int(window.reach), 0)


def lopsided(node: Node, windows: tuple[Window, ...]) -> Iterator[Diagnostic]:
    """W107: `same` with an even kernel adds one position more after than before."""
    assert node.layer is not None
    padding: dict[tuple[int, int], list[Phrase]] = {}
    reach = 0
    for window, n, axis in zip(windows, node.input_shapes[0], axes_of(node, windows), strict=False):
        before, after = window.pads(n) if window.word == "same" and window.reach % 2 == 0 else (0, 0)
        if before != after:
            padding.setdefault((before, after), []).append(PLURAL[axis])
            reach = int(window.reach)
    if padding:
        sides = (
            phrase("{before} before and {after} after the {axes}", before=before, after=after, axes=together(" and ", axes))
            for (before, after), axes in padding.items()
        )
        facts = {"padding": together(", ", sides), "reach": reach}
        fixes = (
            phrase(
                "a kernel that spans {less} or {more} has a middle; `pad=((before, after), ...)` says where the odd one goes",
                less=reach - 1,
                more=reach + 1,
            ),
        )
        yield Diagnostic("W107", node.spans.get("kernel", node.span), facts, fixes=fixes, layer=node.name)


def axes_of(node: Node, windows: tuple[Window, ...]) -> tuple[str, ...]:
    """What the axes are called along which windows slide. A wrapper may go through steps, which are the first."""
    layer, x = node.layer, node.input_shapes[0]
    steps = 0
    while isinstance(layer, Wrapper) and layer.single:
        inside = layer.inside(x)
        steps += len(x) - len(inside)
        layer, x = layer.inner, inside
    return ("step",) * steps + AXES.get(len(windows) - steps, ())


def zeros_after(node: Node, rank: int) -> list[Any]:
    """How many positions at each axis's end are padding that the layer before has added: to lose these is no loss."""
    windows = node.layer.windows(*node.input_shapes) if node.layer is not None else ()
    if len(windows) != rank or any(w.reach != 1 or w.stride != 1 for w in windows):
        return [0] * rank
    return [w.pads(1)[1] for w in windows]


def _lost(window: Window, n: int) -> int:
    """Positions at the end that no window reads. Those that a window steps over everywhere are left out on purpose."""
    unread = int(window.unread(n))
    return unread if unread > max(window.stride - window.reach, 0) else 0


def _working(window: Window, n: int) -> str:
    before, after = window.pads(n)
    room = n + before + after - window.reach
    padded = f"{n} + {before} + {after}" if before or after else f"{n}"
    return phrase(
        "({padded} - {reach})/{stride} = {room}/{stride} leaves {rest} over",
        padded=padded,
        reach=window.reach,
        stride=window.stride,
        room=room,
        rest=room % window.stride,
    )


def _fixes(layer: Layer, windows: tuple[Window, ...], inputs: tuple[Shape, ...]) -> tuple[str, ...]:
    """The nearest input, padding and kernel with which nothing is lost; each is tried before it is offered."""
    space = inputs[0][: len(windows)]
    nearest = [(_next(w, n, -1), _next(w, n, 1)) for w, n in zip(windows, space, strict=True)]
    sizes = ["x".join(map(str, side)) for side in zip(*nearest, strict=True) if None not in side]
    fixes = [phrase("an input of {sizes} would lose none", sizes=together(" or ", dict.fromkeys(sizes)))] if sizes else []
    names = {a.name for a in innermost(layer).args}
    longest = max(int(w.reach) for w in windows)
    pads = range(1, min(longest, TRIES)) if "padding" in names else ()
    ways = [f"`pad={p}`" for p in pads if _whole(layer, "padding", p, inputs)][:1]
    ways += ["`same`"] if "padding" in names and _whole(layer, "padding", "same", inputs) else []
    kernels = [k for i in range(TRIES) for k in (longest - i, longest + i) if k >= min(longest, 2)]
    ways += [phrase("a kernel of {k}", k=k) for k in kernels if "kernel" in names and _whole(layer, "kernel", k, inputs)][:1]
    if ways:
        fixes.append(
            phrase("so would {ways}", ways=together(" or ", ways))
            if fixes
            else phrase("{ways} would lose none", ways=together(" or ", ways))
        )
    return tuple(fixes)


def _next(window: Window, n: int, step: int) -> int | None:
    """The nearest length in one direction, n itself first, of which no position is lost."""
    before, after = window.pads(n)
    left = int(n + before + after - window.reach) % int(window.stride)  # without these, or with the rest, strides are whole
    there: int = n - left if step < 0 else n + int(window.stride) - left
    nearby: tuple[int, ...] = (*range(n, n + step * TRIES, step), there)
    return next((m for m in nearby if m > 0 and not _lost(window, m)), None)  # the window fits: it still does with fewer left over


def _whole(layer: Layer, argument: str, value: int | str, inputs: tuple[Shape, ...]) -> bool:
    """Whether the layer with another value of one argument loses nothing."""
    other = with_argument(layer, argument, value)
    try:
        windows = other.windows(*inputs)
        other.shape(*inputs)
        return all(w.reach >= w.stride and not _lost(w, n) for w, n in zip(windows, inputs[0], strict=False))
    except Refusal:
        return False
