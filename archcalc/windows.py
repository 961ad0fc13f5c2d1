"""A window that slides along one axis: the rule `(n + 2p - f)/s + 1`, and what it leaves unread.

Three rules round differently, and are kept apart here:

- numeric padding (and `valid`, padding 0), as Caffe's and PyTorch's convolutions: floor((n + 2p - f) / s) + 1;
- `same`, as TensorFlow's: ceil(n / s), with the least padding that reaches it, the odd pixel after;
- `ceil`, as Caffe's and PyTorch's pooling can: ceil((n + 2p - f) / s) + 1, but no window starts past the input.

A `Spread` is a transposed kernel's axis: (n - 1)s + f - 2p, by the rules of Keras's words and PyTorch's numbers.

f stands for the reach of a dilated kernel, f + (d - 1)(f - 1), which is d(f - 1) + 1: Yu & Koltun (2016),
"Multi-scale context aggregation by dilated convolutions".
"""

from __future__ import annotations

from typing import NamedTuple

from archcalc.languages import phrase
from archcalc.sizes import Size, ceildiv, leaf, maximum, minimum, require


class Window(NamedTuple):
    """One axis of a kernel. `padding` is a word (`valid`, `same`, `causal`), a size for both sides, or (before, after)."""

    kernel: Size
    stride: Size = 1
    dilation: Size = 1
    padding: Size | tuple[Size, Size] | str = "valid"
    ceil: bool = False

    @property
    def word(self) -> str:
        """The padding's word; "" where it is numbers."""
        return self.padding if isinstance(self.padding, str) else ""

    @property
    def reach(self) -> Size:
        """How many input positions the kernel spans."""
        return _reach(self)

    def output(self, n: Size) -> Size:
        """The output length for an input of length n.

        Refuses with E301 where the padded input is shorter than the kernel.
        """
        if self.word in ("same", "causal"):
            return ceildiv(n, self.stride)
        room = n + self._both(n) - self.reach
        require(room >= 0, "E301", at="kernel", input=n, reach=self.reach, padding=self._both(0), fixes=lambda: self._room(n))
        if not self.ceil:
            return room // self.stride + 1
        before = self._sides(n)[0]
        return minimum(ceildiv(room, self.stride) + 1, ceildiv(n + before, self.stride))

    def pads(self, n: Size) -> tuple[Size, Size]:
        """How many positions are added before and after an input of length n.

        With `ceil`, what the last window reads past its padding is not counted: it is not there.
        """
        if self.word == "same":
            both = maximum((self.output(n) - 1) * self.stride + self.reach - n, 0)
            return both // 2, both - both // 2
        if self.word == "causal":
            return self.reach - 1, 0
        return self._sides(n)

    def unread(self, n: Size) -> Size:
        """How many positions at the end of the input no window reads, for want of a whole stride."""
        before, _ = self.pads(n)
        last = (self.output(n) - 1) * self.stride + self.reach - before
        return n - maximum(minimum(last, n), 0)

    def _room(self, n: Size) -> list[str]:
        """What would make room for a window that does not fit."""
        both = self._both(0)
        wider = ceildiv(self.reach - n, 2)
        longest = (n + both - 1) // self.dilation + 1
        fixes = [
            phrase("`pad={wider}` or `same` would make room", wider=wider),
            phrase("an input of {n} or more would do", n=self.reach - both),
        ]
        return [*fixes, phrase("a kernel of {longest} would fit", longest=longest)] if longest >= 1 else [*fixes]

    def _sides(self, n: Size) -> tuple[Size, Size]:
        if isinstance(self.padding, tuple):
            return self.padding
        if self.word:
            return leaf(n, 0, "p"), leaf(n, 0, "p")
        return self.padding, self.padding

    def _both(self, n: Size) -> Size:
        before, after = self._sides(n)
        return before + after if isinstance(self.padding, tuple) else 2 * before


class Spread(NamedTuple):
    """One axis of a transposed kernel: each input position spreads over as many output positions as the kernel spans.

    Its copies stand `stride` apart. `padding` is what is cut off: a word (`valid`, `same`), a size for both sides, or
    (before, after). `more` positions are added at the end, as Keras's and PyTorch's `output_padding`; None: by the word's
    own rule, which reaches at least n times the stride.
    """

    kernel: Size
    stride: Size = 1
    dilation: Size = 1
    padding: Size | tuple[Size, Size] | str = "valid"
    more: Size | None = None

    @property
    def reach(self) -> Size:
        """How many output positions the kernel spans."""
        return _reach(self)

    def output(self, n: Size) -> Size:
        """The output length for an input of length n; less than 1 where nothing is left."""
        word = self.padding if isinstance(self.padding, str) else ""
        apart = (n - 1) * self.stride
        if self.more is None and word:
            return n * self.stride if word == "same" else apart + maximum(self.reach, self.stride)
        more = 0 if self.more is None else self.more
        if word:
            return apart + (self.reach % 2 if word == "same" else self.reach) + more
        if isinstance(self.padding, tuple):
            return apart - self.padding[0] - self.padding[1] + self.reach + more
        return apart - 2 * self.padding + self.reach + more

    def cut(self, n: Size) -> Size:
        """How many positions are cut off before the output begins, of what an input of length n spreads over.

        `same` begins where the convolution that goes the other way would begin its padding, as in TensorFlow.
        """
        if isinstance(self.padding, str):
            return maximum((n - 1) * self.stride + self.reach - self.output(n), 0) // 2 if self.padding == "same" else 0
        return self.padding[0] if isinstance(self.padding, tuple) else self.padding


def _reach(window: Window | Spread) -> Size:
    return window.kernel + (window.dilation - 1) * (window.kernel - 1)
