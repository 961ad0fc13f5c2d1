"""The shapes that come out of an operation which nothing in its model reads: Keras writes the shapes of what is read alone.

Worked out from what the operation reads, as NumPy's function of that name defines it. What is not known gives no shape, and no guess.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from archcalc.graph import CHANNELS_FIRST, CHANNELS_LAST
from archcalc.importers.config import LayerConfig
from archcalc.importers.nodes import Call, Tensor
from archcalc.importers.operations import EACH, SUMS, Shape, letters_of, name_of, settings_of

BATCH = -1  # the number of samples, which no operation may change, nor move to another place
AS_IT_IS = EACH | {
    "flip", "roll", "sort", "argsort", "cumsum", "cumprod", "normalize", "nan_to_num", "tril", "triu", "zeros_like", "ones_like", "cast",
    "logaddexp", "arctan2", "logical_xor", "log_softmax", "softmax",
}  # fmt: skip
REDUCING = (
    *SUMS, "mean", "var", "std", "median", "norm", "logsumexp", "count_nonzero", "average", "nansum", "nanmean", "nanmax", "nanmin",
)  # fmt: skip
AS_NO_KERAS_WRITES = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, StopIteration)  # settings that fit nothing
Sizes = list[int | None]


class NotKnown(Exception):
    """What comes out cannot be told from what the file says."""


def outcomes(layer: LayerConfig, call: Call, read: Sequence[Shape], first: bool = False) -> list[Shape]:
    """The shape of each output, with the batch; none, where they are not known. `first`: channels are first, where nothing else is said."""
    name, settings = name_of(layer), {"data_format": CHANNELS_FIRST if first else CHANNELS_LAST, **settings_of(layer, call)}
    rule = RULES.get(name) or (_broadcast if name in AS_IT_IS else _reduced if name in REDUCING else None)
    given = [*call.arguments, *call.keywords.values()]
    if rule is None or not read or any(not shape for shape in read) or _holds_arrays(given):
        return []
    try:
        found = rule(settings, call, [[BATCH, *shape[1:]] for shape in read if shape])
    except (NotKnown, *AS_NO_KERAS_WRITES):
        return []
    if not all(sizes[:1] == [BATCH] and all(n is None or (n.__class__ is int and n >= 0) for n in sizes[1:]) for sizes in found):
        return []
    return [(None, *sizes[1:]) for sizes in found]


def _holds_arrays(value: Any) -> bool:
    """Whether a value among the arguments is an array: its shape, which may be spread over others, is not looked at."""
    if isinstance(value, list | tuple) and not isinstance(value, Tensor):
        return any(map(_holds_arrays, value))
    return isinstance(value, dict) and value.get("class_name") not in ("__slice__", "__ellipsis__")


def _axis(axis: Any, rank: int) -> int:
    if axis.__class__ is not int or not -rank <= axis < rank:
        raise NotKnown
    return int(axis % rank)


def _axes(axes: Any, rank: int) -> list[int]:
    return [_axis(axis, rank) for axis in (axes if isinstance(axes, list | tuple) else [axes])]


def _known(size: int | None) -> int:
    if size is None or size == BATCH:
        raise NotKnown
    return size


def _times(size: int | None, n: int) -> int | None:
    return size if n == 1 else None if size is None else _known(size) * n


def _broadcast(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    if any(isinstance(v, list | tuple) and not isinstance(v, Tensor) for v in (*call.arguments, *call.keywords.values())):
        raise NotKnown  # `x + [1, 2, 3]`: numbers that may be spread along an axis of 1, or x along theirs
    return [_spread(read)]


def _spread(read: list[Sizes]) -> Sizes:
    rank = max(map(len, read))
    found: Sizes = []
    for sizes in zip(*([*[1] * (rank - len(shape)), *shape] for shape in read), strict=True):
        several = {n for n in sizes if n != 1}
        if len(several) > 1:
            raise NotKnown  # two that do not fit, or one that is not known
        found.append(several.pop() if several else 1)
    return found


def _reduced(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    (sizes,), axis = read, settings.get("axis")
    gone = list(range(len(sizes))) if axis is None else _axes(axis, len(sizes))
    kept = [1] if settings.get("keepdims") else []
    return [[n for i, size in enumerate(sizes) for n in (kept if i in gone else [size])]]


def _squeezed(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    (sizes,), axis = read, settings.get("axis")
    gone = [i for i, size in enumerate(sizes) if size == 1] if axis is None else _axes(axis, len(sizes))
    if (axis is None and None in sizes) or any(sizes[i] != 1 for i in gone):
        raise NotKnown
    return [[size for i, size in enumerate(sizes) if i not in gone]]


def _expanded(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    (sizes,), axis = read, settings["axis"]
    new = _axes(axis, len(sizes) + (len(axis) if isinstance(axis, list) else 1))
    old = iter(sizes)
    return [[1 if i in new else next(old) for i in range(len(sizes) + len(new))]]


def _moved(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    (sizes,), rank = read, len(read[0])
    if "axis1" in settings:
        order = list(range(rank))
        one, other = _axes([settings["axis1"], settings["axis2"]], rank)
        order[one], order[other] = other, one
    else:
        sources, places = _axes(settings["source"], rank), _axes(settings["destination"], rank)
        order = [i for i in range(rank) if i not in sources]
        for place, source in sorted(zip(places, sources, strict=True)):
            order.insert(place, source)
    return [[sizes[i] for i in order]]


def _stacked(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    sizes = list(_spread(read))
    sizes.insert(_axis(settings.get("axis", 0), len(sizes) + 1), len(read))
    return [sizes]


def _padded(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    ((sizes,), widths) = read, settings["pad_width"]
    if len(widths) != len(sizes):
        raise NotKnown
    return [[size if not (before or after) else _known(size) + before + after for size, (before, after) in zip(sizes, widths, strict=True)]]


def _repeated(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    (sizes,), n = read, settings["repeats"]
    n = n[0] if isinstance(n, list) and len(n) == 1 else n
    at = _axis(settings["axis"], len(sizes))
    return [[*sizes[:at], _times(sizes[at], n), *sizes[at + 1 :]]]


def _tiled(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    (sizes,), times = read, settings["repeats"]
    times = [1] * (len(sizes) - len(times)) + times
    return [[_times(size, n) for size, n in zip(sizes, times, strict=True)]]


def _divided(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    (sizes,), cuts = read, settings["indices_or_sections"]
    at = _axis(settings.get("axis", 0), len(sizes))
    whole = _known(sizes[at])
    if isinstance(cuts, list):
        edges = [min(cut, whole) for cut in (0, *cuts, whole)]
        lengths = [] if min(cuts) < 0 else [after - before for before, after in pairwise(edges)]
    else:
        lengths = [whole // cuts] * cuts if whole % cuts == 0 and cuts < 1000 else []
    return [[*sizes[:at], n, *sizes[at + 1 :]] for n in lengths]


def _unstacked(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    (sizes,) = read
    at = _axis(settings.get("axis", 0), len(sizes))
    return [[*sizes[:at], *sizes[at + 1 :]]] * min(_known(sizes[at]), 1000)


def _taken(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    """`x[:, 1:3, 0]`: numbers, slices, an ellipsis and new axes."""
    (sizes,), index = read, call.arguments[1]
    parts = list(index) if isinstance(index, list | tuple) else [index]
    gaps = [i for i, part in enumerate(parts) if _is(part, "__ellipsis__")]
    if not gaps:
        gaps, parts = [len(parts)], [*parts, None]
    (gap,) = gaps
    whole = {"class_name": "__slice__", "config": {}}
    taken = sum(part is not None for i, part in enumerate(parts) if i != gap)
    parts[gap : gap + 1] = [whole] * (len(sizes) - taken)
    found: Sizes = []
    left = iter(sizes)
    for part in parts:
        if part is None:
            found.append(1)
        elif _is(part, "__slice__"):
            found.append(_sliced(next(left), part["config"]))
        elif (size := next(left)) is not None:
            _axis(part, _known(size))  # a number: that axis is gone
    return [found]


def _is(part: Any, name: str) -> bool:
    return isinstance(part, dict) and part.get("class_name") == name


def _sliced(size: int | None, config: dict[str, Any]) -> int | None:
    start, stop, step = (config.get(key) for key in ("start", "stop", "step"))
    if start in (None, 0) and stop is None and step in (None, 1):
        return size
    return len(range(*slice(start, stop, step).indices(_known(size))))


def _multiplied(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    one, other = read
    if len(one) < 3 or len(other) < 3 or one[-1] != other[-2]:
        raise NotKnown
    return [[*_spread([one[:-2], other[:-2]]), one[-2], other[-1]]]


def _summed(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    letters = letters_of(settings, read)
    return [] if letters is None else [[letters.sizes[letter] for letter in letters.out]]


def _counted_out(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    (sizes,) = read
    at = _axis(settings.get("axis", -1), len(sizes) + 1)
    return [[*sizes[:at], int(settings["num_classes"]), *sizes[at:]]]


def _best(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    (sizes,) = read
    return [[*sizes[:-1], int(settings["k"])]] * 2


def _resized(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    ((samples, _, _, channels),), (high, wide) = read, settings["size"]
    if settings["data_format"] != CHANNELS_LAST:
        raise NotKnown
    return [[samples, int(high), int(wide), channels]]


def _widened(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    """Channels made squares of places."""
    ((samples, high, wide, channels),), n = read, settings["block_size"]
    if settings["data_format"] != CHANNELS_LAST:
        raise NotKnown
    return [[samples, _times(high, n), _times(wide, n), _known(channels) // (n * n)]]


def _deepened(settings: dict[str, Any], call: Call, read: list[Sizes]) -> list[Sizes]:
    """Squares of places made channels."""
    ((samples, high, wide, channels),), n = read, settings["block_size"]
    if settings["data_format"] != CHANNELS_LAST:
        raise NotKnown
    return [[samples, _known(high) // n, _known(wide) // n, _times(channels, n * n)]]


RULES: dict[str, Callable[[dict[str, Any], Call, list[Sizes]], list[Sizes]]] = {
    "squeeze": _squeezed, "expand_dims": _expanded, "swapaxes": _moved, "moveaxis": _moved, "stack": _stacked, "pad": _padded,
    "repeat": _repeated, "tile": _tiled, "split": _divided, "unstack": _unstacked, "get_item": _taken, "matmul": _multiplied,
    "einsum": _summed, "one_hot": _counted_out, "top_k": _best, "resize": _resized, "depth_to_space": _widened, "space_to_depth": _deepened,
}  # fmt: skip
