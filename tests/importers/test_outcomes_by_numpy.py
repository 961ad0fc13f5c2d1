"""What operations put out, held to what NumPy puts out when the function of that name is run on arrays."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from archcalc.importers.config import LayerConfig
from archcalc.importers.nodes import Call, Tensor
from archcalc.importers.outcomes import outcomes

SAMPLES = 13  # as long as no other axis
Draw = tuple[dict[str, Any], list[Any], list[list[int]], Callable[..., Any]]


def shape_of(chance: random.Random, least: int = 1, most: int = 4) -> list[int]:
    return [chance.randint(1, 5) for _ in range(chance.randint(least, most))]


def axis_of(chance: random.Random, shape: list[int], more: int = 0) -> int:
    """An axis that is not the samples', from either end."""
    rank = len(shape) + 1 + more
    return chance.choice((0, -rank)) + chance.randint(1, rank - 1)


def reduced(chance: random.Random) -> Draw:
    shape, keeps = shape_of(chance), chance.random() < 0.4
    axes = sorted({axis_of(chance, shape) % (len(shape) + 1) for _ in range(chance.randint(1, 3))})
    axis = axes if chance.random() < 0.5 else axes[0]
    return {"axis": axis, "keepdims": keeps}, [], [shape], lambda x: np.sum(x, axis=tuple(axes) if axis is axes else axis, keepdims=keeps)


def squeezed(chance: random.Random) -> Draw:
    shape = [chance.choice((1, 1, 3)) for _ in range(chance.randint(1, 4))]
    axis = None if chance.random() < 0.4 else axis_of(chance, shape)
    return {"axis": axis}, [], [shape], lambda x: np.squeeze(x, axis)


def expanded(chance: random.Random) -> Draw:
    shape = shape_of(chance)
    axis = axis_of(chance, shape, 1) if chance.random() < 0.5 else list({axis_of(chance, shape, 2) % (len(shape) + 3) for _ in range(2)})
    return {"axis": axis}, [], [shape], lambda x: np.expand_dims(x, tuple(axis) if isinstance(axis, list) else axis)


def swapped(chance: random.Random) -> Draw:
    shape = shape_of(chance)
    one, other = axis_of(chance, shape), axis_of(chance, shape)
    return {"axis1": one, "axis2": other}, [], [shape], lambda x: np.swapaxes(x, one, other)


def moved(chance: random.Random) -> Draw:
    shape = shape_of(chance, 2)
    n, rank = chance.randint(1, len(shape)), len(shape) + 1
    source, place = chance.sample(range(1, rank), n), [k - chance.choice((0, rank)) for k in chance.sample(range(1, rank), n)]
    return {"source": source, "destination": place}, [], [shape], lambda x: np.moveaxis(x, source, place)


def stacked(chance: random.Random) -> Draw:
    shape = shape_of(chance, 1, 3)
    axis, n = axis_of(chance, shape, 1), chance.randint(1, 3)
    return {"axis": axis}, [], [shape] * n, lambda *xs: np.stack(xs, axis)


def padded(chance: random.Random) -> Draw:
    shape = shape_of(chance)
    widths = [[0, 0], *([chance.randint(0, 3), chance.randint(0, 3)] for _ in shape)]
    return {"pad_width": widths}, [], [shape], lambda x: np.pad(x, widths)


def repeated(chance: random.Random) -> Draw:
    shape = shape_of(chance)
    axis, n = axis_of(chance, shape), chance.randint(1, 4)
    return {"repeats": n, "axis": axis}, [], [shape], lambda x: np.repeat(x, n, axis)


def tiled(chance: random.Random) -> Draw:
    shape = shape_of(chance)
    times = [chance.randint(1, 3) for _ in range(chance.randint(0, len(shape)))]
    return {"repeats": times}, [], [shape], lambda x: np.tile(x, times)


def divided(chance: random.Random) -> Draw:
    shape = [n * 6 for n in shape_of(chance)]
    axis = axis_of(chance, shape)
    cuts = chance.choice((1, 2, 3)) if chance.random() < 0.5 else sorted(chance.sample(range(1, 6), chance.randint(1, 3)))
    return {"indices_or_sections": cuts, "axis": axis}, [], [shape], lambda x: np.split(x, cuts, axis)


def taken(chance: random.Random) -> Draw:
    shape = shape_of(chance)
    parts: list[Any] = [slice(None)]
    for n in shape[: chance.randint(0, len(shape))]:
        edges = [chance.choice((None, chance.randint(-6, 6))) for _ in range(2)]
        parts.append(chance.choice((chance.randint(-n, n - 1), slice(*edges, chance.choice((None, 1, 2, -1, -2))), slice(None))))
    for _ in range(chance.randint(0, 2)):
        parts.insert(chance.randint(1, len(parts)), None)
    if chance.random() < 0.3:
        parts.append(Ellipsis)
    return {}, [[written(part) for part in parts]], [shape], lambda x: x[tuple(parts)]


def written(part: Any) -> Any:
    if isinstance(part, slice):
        return {"class_name": "__slice__", "config": {"start": part.start, "stop": part.stop, "step": part.step}}
    return {"class_name": "__ellipsis__", "config": {}} if part is Ellipsis else part


def multiplied(chance: random.Random) -> Draw:
    rows, inner, columns = (chance.randint(1, 5) for _ in range(3))
    between = [chance.randint(1, 3) for _ in range(chance.randint(0, 2))]
    return {}, [], [[*between, rows, inner], [*between, inner, columns]], np.matmul


def summed(chance: random.Random) -> Draw:
    sizes = {letter: chance.randint(1, 5) for letter in "ijkl"}
    words = ["b" + "".join(chance.sample("ijkl", chance.randint(1, 3))) for _ in range(2)]
    letters = sorted(set("".join(words)) - {"b"})
    out = "b" + "".join(chance.sample(letters, chance.randint(0, len(letters))))
    text = f"{words[0]},{words[1]}->{out}"
    return {"subscripts": text}, [], [[sizes[c] for c in word[1:]] for word in words], lambda *xs: np.einsum(text, *xs)


def spread(chance: random.Random) -> Draw:
    shape = shape_of(chance)
    return {}, [], [shape, [chance.choice((1, n)) for n in shape]], np.add


DRAWN = {
    "Sum": reduced, "Squeeze": squeezed, "ExpandDims": expanded, "Swapaxes": swapped, "Moveaxis": moved, "Stack": stacked, "Pad": padded,
    "Repeat": repeated, "Tile": tiled, "Split": divided, "GetItem": taken, "Matmul": multiplied, "Einsum": summed, "Add": spread,
}  # fmt: skip


@pytest.mark.parametrize("kind", DRAWN)
def test_what_comes_out_has_the_shape_that_numpy_gives_it(kind: str) -> None:
    answered = 0
    for seed in range(300):
        config, arguments, read, run = DRAWN[kind](random.Random(f"{kind} {seed}"))
        story = f"{kind} {config} {arguments} of {read}"
        layer = LayerConfig("o", kind, "keras.src.ops.numpy", "", {"name": "o", **config})
        tensors: list[Any] = [Tensor(f"x{i}", 0, 0) for i in range(len(read))]
        call = Call(([*tensors],) if kind == "Stack" else (*tensors, *arguments), {})
        found = outcomes(layer, call, [(None, *shape) for shape in read])
        try:
            made = run(*(np.zeros((SAMPLES, *shape)) for shape in read))
        except ValueError:
            assert found == [], story
            continue
        made = made if isinstance(made, list) else [made]
        if found:
            answered += 1
            assert found == [(None, *one.shape[1:]) for one in made], story
            assert all(one.shape[0] == SAMPLES for one in made), story
    assert answered > 200


@pytest.mark.parametrize("constant", [[1, 2, 3], [[1], [2]], {"class_name": "__numpy__", "config": {"value": [1, 2, 3]}}])
def test_arrays_among_the_arguments_may_be_spread_and_give_no_shape(constant: Any) -> None:
    layer = LayerConfig("o", "Add", "keras.src.ops.numpy", "", {"name": "o"})
    assert outcomes(layer, Call((Tensor("x", 0, 0), constant), {}), [(None, 1)]) == []
    assert outcomes(layer, Call((Tensor("x", 0, 0),), {"x2": constant}), [(None, 1)]) == []
    assert outcomes(layer, Call((Tensor("x", 0, 0), 2.5), {}), [(None, 1)]) == [(None, 1)]
