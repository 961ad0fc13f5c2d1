"""A window slid over a list, one step after another: what archcalc's drawings of windows are held to."""

from __future__ import annotations

from typing import NamedTuple

PAD = "pad"


class Slid(NamedTuple):
    """The places from the first padding to the last, and of each window the places that it reads."""

    places: list[int | str]
    windows: list[list[int]]

    @property
    def unread(self) -> set[int]:
        """The input's positions that are in no window."""
        seen = {self.places[i] for window in self.windows for i in window if i < len(self.places)}
        return {p for p in self.places if isinstance(p, int)} - {p for p in seen if isinstance(p, int)}


def slide(n: int, kernel: int, stride: int, dilation: int, padding: str | int, ceil: bool = False) -> Slid:
    """The window moves while it fits. `same` adds padding, the odd one after, until there are as many as strides begin."""
    if padding == "same":
        wanted = len(range(0, n, stride))
        for added in range(kernel * dilation + stride + n + 1):
            found = _moved([PAD] * (added // 2) + [*range(n)] + [PAD] * (added - added // 2), kernel, stride, dilation)
            if len(found.windows) == wanted:
                return found
        raise AssertionError("no padding gives as many")
    if padding == "causal":
        # each output reads its own place and what is before it
        before = dilation * (kernel - 1)
        places = [PAD] * before + [*range(n)]
        return Slid(places, [[t + before - j * dilation for j in reversed(range(kernel))] for t in range(0, n, stride)])
    p = int(padding)
    return _moved([PAD] * p + [*range(n)] + [PAD] * p, kernel, stride, dilation, p + n if ceil else None)


def _moved(places: list[int | str], kernel: int, stride: int, dilation: int, begins_before: int | None = None) -> Slid:
    windows = []
    start = 0
    while True:
        window = [start + j * dilation for j in range(kernel)]
        fits = window[-1] < len(places)
        if not fits and (begins_before is None or start >= begins_before or (windows and windows[-1][-1] >= len(places) - 1)):
            return Slid(places, windows)
        windows.append(window)
        start += stride
