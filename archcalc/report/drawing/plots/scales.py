"""Scales: round ticks, and numbers in few characters. Exact, whatever their size: figures may be larger than any float."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from archcalc.report.drawing.svg import text_width
from archcalc.report.terminal import memory

STEPS = (1, 2, 5)  # times a power of ten
SHORT = ("", "k", "M", "G", "T")
BYTES = ("B", "KB", "MB", "GB", "TB")
LONG = 12  # characters of a number of bytes
GAP = 10.0  # pixels between the texts of neighbouring ticks


class Scale(NamedTuple):
    """From a figure to pixels: `low` stands at the start, `high` at the end. Both are ticks, all of which are round."""

    low: Fraction
    high: Fraction
    length: float
    ticks: tuple[Fraction, ...]
    texts: tuple[str, ...]

    def at(self, value: float | Fraction) -> float:
        """How far from the start a value stands, in pixels."""
        return float((Fraction(value) - self.low) / (self.high - self.low)) * self.length


def upwards(most: int | Fraction, length: float, say: Callable[[Fraction, Fraction], str], count: int = 5) -> Scale:
    """A scale along y, from 0 to the first tick that is not below `most`."""
    return _scale(Fraction(0), Fraction(most), length, say, count, whole=True)


def sideways(most: int | Fraction, length: float, say: Callable[[Fraction, Fraction], str], size: float) -> Scale:
    """A scale along x, with as many ticks as their texts have room for at that font size; never fewer than two."""
    for count in (6, 5, 4, 3, 2):
        scale = _scale(Fraction(0), Fraction(most), length, say, count, whole=True)
        halves = [text_width(text, size) / 2 for text in scale.texts]
        places = [scale.at(tick) for tick in scale.ticks]
        if all(b - a - p - q >= GAP for a, b, p, q in zip(places, places[1:], halves, halves[1:], strict=False)):
            return scale
    return _scale(Fraction(0), Fraction(most), length, say, 1, whole=True)


def between(low: float, high: float, length: float, count: int = 5) -> Scale:
    """A scale along y for measured values, from the tick below the least to that above the largest."""
    return _scale(Fraction(low), Fraction(high), length, decimal, count, whole=False)


def _scale(low: Fraction, high: Fraction, length: float, say: Callable[[Fraction, Fraction], str], count: int, *, whole: bool) -> Scale:
    unit = binary(high)[0] if say is in_bytes else Fraction(1)
    step = unit * step_of((high - low) / unit, count, whole and unit == 1)
    first, last = low // step, -(-high // step)
    last = max(last, first + 1)
    ticks = tuple(step * i for i in range(int(first), int(last) + 1))
    return Scale(ticks[0], ticks[-1], length, ticks, tuple(say(tick, high) for tick in ticks))


def step_of(span: Fraction, count: int, whole: bool) -> Fraction:
    """The least of 1, 2 and 5 times a power of ten of which `count` reach over a span; not below 1 where numbers are whole."""
    if span <= 0:
        return Fraction(1)
    power = _power(span / count) - 1
    while True:
        for times in STEPS:
            step = Fraction(10) ** power * times
            if step * count >= span and (step >= 1 or not whole):
                return step
        power += 1


def _power(value: Fraction) -> int:
    """The power of ten that a value begins with; for one of a thousand digits, too."""
    return len(str(value.numerator)) - len(str(value.denominator)) if value.numerator.bit_length() < 10_000 else _of_bits(value)


def _of_bits(value: Fraction) -> int:
    return int((value.numerator.bit_length() - value.denominator.bit_length()) * 0.30103) - 1


def binary(value: Fraction) -> tuple[Fraction, str]:
    """The largest unit of memory that fits a number of bytes: 1024 bytes are a KB, as in the table."""
    unit = 0
    while unit < len(BYTES) - 1 and value >= 1024 ** (unit + 1):
        unit += 1
    return Fraction(1024**unit), BYTES[unit]


def in_bytes(value: Fraction, most: Fraction) -> str:
    """A number of bytes in the unit that fits the largest of the axis."""
    unit, name = binary(most)
    number = value / unit
    return "0" if value == 0 else f"{three(number) if number < 10_000 else compact(number)} {name}"


def stored(count: int) -> str:
    """A number of bytes as the table has it; short, where it is beyond all units."""
    text = memory(count)
    return text if len(text) <= LONG else in_bytes(Fraction(count), Fraction(count))


def counted(value: Fraction, most: Fraction) -> str:
    """A count: 25k, 2.5M."""
    return compact(value)


def compact(value: Fraction) -> str:
    """A number of three significant digits: 850, 25k, 1.25M; 3e18 beyond the names."""
    value = Fraction(value)
    group = 0
    while group < len(SHORT) - 1 and value >= Fraction(1000) ** (group + 1):
        group += 1
    if value >= Fraction(1000) ** len(SHORT):
        return _powered(value)
    text = three(value / 1000**group)
    return "1" + SHORT[group + 1] if text == "1000" and group < len(SHORT) - 1 else text + SHORT[group]


def three(value: Fraction) -> str:
    """Three significant digits, without a power; noughts at the end of a fraction are left out."""
    places = 2 - max(_leading(value), -6)
    text = f"{float(round(value, max(places, 0))):.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _leading(value: Fraction) -> int:
    """The place of the first digit: 2 for 345, -1 for 0.3."""
    if value == 0:
        return 0
    place = 0
    while abs(value) >= Fraction(10) ** (place + 1):
        place += 1
    while abs(value) < Fraction(10) ** place and place > -7:
        place -= 1
    return place


def _powered(value: Fraction) -> str:
    power = max(_power(value) - 1, 0)
    while value >= Fraction(10) ** (power + 1):
        power += 1
    text = three(value / Fraction(10) ** power)
    return f"1e{power + 1}" if text == "10" else f"{text}e{power}"


def decimal(value: Fraction, most: Fraction) -> str:
    """A measured value: 0.25."""
    return f"{float(value):g}"
