"""Windows that slide, as they are drawn: which layers have the same, where each position stands, and what none of them reads."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.analysis import Analysis
from archcalc.graph import Node
from archcalc.sizes import Refusal, free_sizes
from archcalc.windows import Window

MOST_TAPS = 4096  # of a kernel along one axis whose gaps are looked for
MOST_POSITIONS = 100_000  # that are looked through one by one


class Axis(NamedTuple):
    """One axis of a window on an input of n positions, in whole numbers: `before` and `after` are what is added around it."""

    n: int
    out: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def reach(self) -> int:
        """How many positions the kernel spans."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def moves(self) -> bool:
        """Whether there is something to see: not where each position is read by itself."""
        return (self.kernel, self.stride, self.before, self.after) != (1, 1, 0, 0)

    @property
    def length(self) -> int:
        """From the first position of the padding to the last that is padding, or that a window covers."""
        return max(self.before + self.n + self.after, (self.out - 1) * self.stride + self.reach)

    def start(self, k: int) -> int:
        """Where window k begins, counted from the input's first position: in the padding it is less than 0."""
        return k * self.stride - self.before

    def taps(self, k: int) -> range:
        """The positions under the kernel's values, of window k."""
        return range(self.start(k), self.start(k) + self.reach, self.dilation)

    def reads(self, i: int) -> bool:
        """Whether any window reads position i of the input."""
        for tap in range(self.kernel):
            k, rest = divmod(i + self.before - tap * self.dilation, self.stride)
            if rest == 0 and 0 <= k < self.out:
                return True
        return False

    def unread(self, first: int, last: int) -> list[tuple[int, int]]:
        """Runs (first, last) of positions from `first` to `last` that no window reads."""
        runs: list[tuple[int, int]] = []
        for i in range(max(first, 0), min(last, self.n - 1) + 1):
            if not self.reads(i):
                runs = [*runs[:-1], (runs[-1][0], i)] if runs and runs[-1][1] == i - 1 else [*runs, (i, i)]
        return runs

    @property
    def lost(self) -> int | None:
        """How many positions no window reads; None where there are too many to look through."""
        if self.n * min(self.kernel, self.stride) > MOST_POSITIONS * 8 or self.n > MOST_POSITIONS:
            return None
        return sum(last - first + 1 for first, last in self.unread(0, self.n - 1))


class Slide(NamedTuple):
    """A window along the axes that the network has, and the layers that have it."""

    axes: tuple[Axis, ...]
    nodes: list[Node]


class Slides(NamedTuple):
    """The windows of a network, each once; layers that read each position by itself, and those that cannot be drawn."""

    slides: list[Slide]
    single: int
    undrawn: int


def slides_of(analysis: Analysis) -> Slides:
    """Every distinct window of a network's layers, in their order."""
    found: dict[tuple[Axis, ...], Slide] = {}
    single = undrawn = 0
    for node in analysis.graph.layers:
        windows = windows_of(node)
        if not windows:
            continue
        axes = _axes(windows, node)
        if axes is None:
            undrawn += 1
        elif not any(a.moves for a in axes):
            single += 1
        else:
            found.setdefault(axes, Slide(axes, [])).nodes.append(node)
    return Slides(list(found.values()), single, undrawn)


def windows_of(node: Node) -> tuple[Window, ...]:
    """The windows that a layer declares; none where it has a mistake."""
    if node.layer is None or node.shape is None or not node.inputs:
        return ()
    try:
        return node.layer.windows(*node.input_shapes)
    except Refusal:
        return ()


def _axes(windows: tuple[Window, ...], node: Node) -> tuple[Axis, ...] | None:
    """The windows in numbers; None where sizes are free, or too large to look through."""
    axes = []
    for window, n in zip(windows, node.input_shapes[0], strict=False):
        sizes = (n, window.kernel, window.stride, window.dilation, window.padding)
        if free_sizes(sizes):
            return None
        before, after = map(int, window.pads(n))
        axes.append(Axis(int(n), int(window.output(n)), int(window.kernel), int(window.stride), int(window.dilation), before, after))
    return tuple(axes) if all(a.kernel <= MOST_TAPS and a.length < 2**53 for a in axes) else None
