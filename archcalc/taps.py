"""Taps of a kernel that fall on padding: how many there are along one axis, over all places at which the kernel stands.

Tap t of the kernel at place i reads position i*s + t*d - b of an axis of length n: s is the stride, d the dilation, b the padding
before it. It reads a value where that is from 0 to n - 1. Along several axes a tap is on a value where it is along each of them,
so that their numbers are multiplied.

A transposed kernel is the same, read the other way: tap t of input value i lands on position i*s + t*d - b of the output, which
has length n and from which b positions were cut off; what lands outside is read by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from archcalc.languages import phrase
from archcalc.sizes import Shape, Size, ceildiv, free_sizes, maximum, minimum, prod, require, total, untraced
from archcalc.windows import Spread, Window

if TYPE_CHECKING:
    from archcalc.spec import Weight


class Taps(NamedTuple):
    """The taps of a kernel along one axis, at all places."""

    places: Size
    kernel: Size
    stride: Size
    dilation: Size
    before: Size
    length: Size

    @property
    def all(self) -> Size:
        """How many there are, those on padding too."""
        return self.places * self.kernel

    @property
    def outside(self) -> tuple[Size, Size]:
        """How many fall before the axis, and after it. They are counted from either end alike."""
        places, kernel, stride, dilation, *_ = map(untraced, self)
        before, after = self.ends
        return below(before, places, kernel, stride, dilation), below(after, places, kernel, stride, dilation)

    @property
    def ends(self) -> tuple[Size, Size]:
        """How far the first place reaches before the axis, and the last one beyond it: 0 or less where they do not."""
        places, kernel, stride, dilation, before, length = map(untraced, self)
        return before, (places - 1) * stride + (kernel - 1) * dilation + 1 - before - length

    @property
    def real(self) -> Size:
        """How many fall on values."""
        before, after = self.outside
        return untraced(self.all) - before - after


class Tapped(NamedTuple):
    """Edges through a kernel: `each` of them for every tap at every place, with the weight of that name; "" is none.

    `of` is what the kernel slides over, where that is not what flows in.
    """

    weight: str
    axes: tuple[Taps, ...]
    each: Size
    of: str = ""

    @property
    def left_out(self) -> Size:
        """How many of the edges come from padding."""
        return (prod(untraced(axis.all) for axis in self.axes) - prod(axis.real for axis in self.axes)) * untraced(self.each)


def under(windows: Sequence[Window], space: Shape, places: Shape) -> tuple[Taps, ...]:
    """The taps of windows that stand at so many places of each axis."""
    axes = zip(windows, space, places, strict=True)
    return tuple(Taps(at, w.kernel, w.stride, w.dilation, w.pads(n)[0], n) for w, n, at in axes)


def beneath(spreads: Sequence[Spread], space: Shape, out: Shape) -> tuple[Taps, ...]:
    """The taps of transposed kernels: a place is a value that flows in."""
    axes = zip(spreads, space, out, strict=True)
    return tuple(Taps(n, w.kernel, w.stride, w.dilation, w.cut(n), length) for w, n, length in axes)


def through(name: str, weights: Iterable[Weight], axes: tuple[Taps, ...], times: Size = 1, of: str = "") -> Tapped:
    """The edges through the weights of that name, whose first axes are the kernel's; `times` is how often it goes over the axes."""
    kernels = [w for w in weights if w.name == name]
    return Tapped(name, axes, total(prod(w.each[len(axes) :]) * w.maps for w in kernels) * times, of)


def below(end: Size, places: Size, kernel: Size, stride: Size, dilation: Size) -> Size:
    """How many pairs of a place i and a tap t there are with i*stride + t*dilation < end.

    Of other sizes than integers, one of stride and dilation is 1, or it is refused with E213. Say the dilation is: place i has
    max(0, end - i*s) such taps, of which there are no more than k. So it is the sum of these over i, less the same with
    end - k in the place of end: two arithmetic series.
    """
    if (end <= 0) is True:
        return 0
    if all(isinstance(size, int) for size in (end, places, kernel, stride, dilation)):
        return _pairs(end, places, kernel, stride, dilation)
    what = phrase("which taps fall on padding, with both a stride and a dilation,")
    names = ", ".join(f"`{name}`" for name in free_sizes((end, places, kernel, stride, dilation)))
    require((stride == 1) | (dilation == 1), "E213", what=what, names=names)
    spread = minimum(dilation, 2) - 1  # 1 where the taps stand apart, 0 where the places do: the one or the other is counted
    many, width = places + spread * (kernel - places), kernel + spread * (places - kernel)
    apart = stride * dilation
    return _series(end, many, apart) - _series(end - width, many, apart)


def _series(first: Size, most: Size, step: Size) -> Size:
    """The sum first + (first - step) + (first - 2*step) + ..., as long as they are above 0, and no more than `most` of them."""
    first = maximum(first, 0)
    count = minimum(ceildiv(first, step), most)
    return (2 * count * first - step * count * (count - 1)) // 2


def _pairs(end: int, places: int, kernel: int, stride: int, dilation: int) -> int:
    """The same of integers, whatever the stride and the dilation are.

    For tap t the places are ceil((end - t*d)/s), and no more than there are: those for `end`, less those for `end - places*s`.
    """
    return sum(
        sign * _floors(count, dilation, first + stride - 1 - (count - 1) * dilation, stride)
        for sign, first in ((1, end), (-1, end - places * stride))
        if (count := min(kernel, ceildiv(max(first, 0), dilation)))
    )


def _floors(count: int, up: int, shift: int, down: int) -> int:
    """The sum of (up*k + shift)//down over k below count; none of them negative.

    Whole parts are an arithmetic series; what is left is counted along the other axis, with up and down exchanged, as in
    Euclid's algorithm: Graham, Knuth and Patashnik, "Concrete Mathematics", section 3.5.
    """
    found = 0
    while count:
        found += (up // down) * (count * (count - 1) // 2) + (shift // down) * count
        up, shift = up % down, shift % down
        highest = up * count + shift
        count, shift, up, down = highest // down, highest % down, down, up
    return found
