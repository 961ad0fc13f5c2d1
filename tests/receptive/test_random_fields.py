"""Receptive fields of random networks, held to which inputs reach which outputs: followed edge by edge, and seen in the engine."""

from __future__ import annotations

import random
from math import lcm
from typing import Any

import numpy as np
import pytest
from reaching import PAD, reached

import archcalc
from archcalc.analysis.chains import Field
from archcalc.engine import run

NETWORKS = 400
MOST = 240  # positions along an axis


def pick(chance: random.Random, rank: int, least: int, most: int) -> str:
    """A number for each axis."""
    numbers = [chance.randint(least, most) for _ in range(rank)]
    return "x".join(map(str, numbers)) if len(set(numbers)) > 1 else str(numbers[0])


def sides(chance: random.Random, rank: int, most: int) -> str:
    pairs = [f"({chance.randint(0, most)}, {chance.randint(0, most)})" for _ in range(rank)]
    return pairs[0] if rank == 1 else f"({', '.join(pairs)})"


def padding(chance: random.Random, rank: int, words: tuple[str, ...]) -> str:
    return chance.choice([*words, f"pad={chance.randint(1, 2)}", f"pad={sides(chance, rank, 2)}"])


def layer(chance: random.Random, rank: int) -> str:
    kind = chance.choice(["conv", "conv", "conv", "dilated", "pool", "pool", "spread", "upsample", "crop", "zero_pad", "depthwise"])
    words = ("valid", "same", "same") + (("causal",) if rank == 1 else ())
    if kind == "conv":
        return f"conv 1, {pick(chance, rank, 1, 5)}, stride={pick(chance, rank, 1, 3)}, {padding(chance, rank, words)}, nobias"
    if kind == "dilated":
        return f"conv 1, {pick(chance, rank, 2, 3)}, dilation={pick(chance, rank, 2, 3)}, {padding(chance, rank, words)}, nobias"
    if kind == "depthwise":
        return f"depthwise {pick(chance, rank, 1, 4)}, {padding(chance, rank, words[:3])}, nobias" if rank < 3 else "identity"
    if kind == "pool":
        size, stride = pick(chance, rank, 1, 4), pick(chance, rank, 1, 3)
        more = chance.choice(["valid", "same", "valid, ceil", "pad=0, ceil"])
        return f"{chance.choice(['maxpool', 'avgpool'])} {size}, stride={stride}, {more}"
    if kind == "spread":
        stride = chance.randint(1, 3)
        size = pick(chance, rank, 1, stride + 3)
        return f"conv_transpose 1, {size}, stride={stride}, {padding(chance, rank, ('valid', 'same'))}, nobias"
    if kind == "upsample":
        return f"upsample {pick(chance, rank, 2, 3)}"
    if kind == "crop":
        return f"crop {sides(chance, rank, 3)}"
    return f"zero_pad {sides(chance, rank, 3)}"


def branch(chance: random.Random, rank: int) -> str:
    """Layers that keep every length that 4 divides."""
    kind = chance.choice(["nothing", "conv", "conv", "hourglass", "spread"])
    kernel = pick(chance, rank, 1, 5)
    if kind == "conv":
        return f"conv 1, {kernel}, same, nobias"
    if kind == "hourglass":
        return f"maxpool 2; conv 1, {kernel}, same, nobias; upsample 2"
    if kind == "spread":
        return f"conv 1, {kernel}, stride=2, same, nobias; conv_transpose 1, {pick(chance, rank, 2, 4)}, stride=2, same, nobias"
    return ""


def program(seed: int) -> tuple[str, int]:
    chance = random.Random(seed)
    rank = 1 if chance.random() < 0.7 else 2
    size = pick(chance, rank, *((3, 15) if rank == 1 else (2, 5))).split("x")
    shape = "x".join(str(4 * int(n)) for n in (size * rank)[:rank])
    lines = [f"input {shape}x1"]
    for _ in range(chance.randint(1, 6)):
        if chance.random() < 0.25:
            merge = chance.choice(["add", "concat"])
            lines.append(f"{merge} {{ branch {{ {branch(chance, rank)} }}; branch {{ {branch(chance, rank)} }} }}")
            lines += ["conv 1, 1, nobias"] if merge == "concat" else []
        else:
            lines.append(layer(chance, rank))
    return "network N {\n    " + "\n    ".join(lines) + "\n}\n", rank


def drawn(seed: int, linear: bool = False) -> tuple[Any, int]:
    """A network without a mistake; a `linear` one has means for maxima, behind which a change might hide."""
    for more in range(200):
        text, rank = program(seed + 100_000 * more)
        analysis = archcalc.analyze(text=text.replace("maxpool", "avgpool") if linear else text)
        if analysis.ok and all(max(n.shape[:-1]) <= MOST for n in analysis.graph.layers):
            return analysis, rank
    raise AssertionError("no network was drawn")


@pytest.mark.parametrize("seed", range(NETWORKS))
def test_the_field_is_what_reaches(seed: int) -> None:
    analysis, rank = drawn(seed)
    receptive = analysis.receptive
    seen = 0
    for axis in range(rank):
        found = reached(analysis.graph, axis)
        source = analysis.graph.inputs[0]
        for node in analysis.graph.layers:
            field = receptive.far(node, source, axis)
            if isinstance(field, Field):
                seen += held(field, found[node.name], source.shape[axis], (node.name, axis, field))
                extent = receptive.of(node)[source.name]
                whole = [k for k, reach in enumerate(found[node.name]) if reach and PAD not in reach]
                sizes = [max(found[node.name][k]) - min(found[node.name][k]) + 1 for k in whole]
                assert max(sizes, default=1) <= extent.size[axis]
                if phases(field) <= {k % len_of(field) for k in whole}:
                    assert max(sizes) == extent.size[axis], node.name
    assert seen or not any(isinstance(receptive.far(n, source, axis), Field) for n in analysis.graph.layers for axis in range(rank))


def len_of(field: Field) -> int:
    return lcm(len(field.lo.values), len(field.hi.values))


def phases(field: Field) -> set[int]:
    return set(range(len_of(field)))


def held(field: Field, reach: list[set[int]], n: int, what: Any) -> int:
    """Where no padding reaches, both ends are as said; elsewhere nothing lies beyond them. How many ends were held."""
    count = 0
    for k, positions in enumerate(reach):
        first, last = field.lo.at(k), field.hi.at(k)
        inside = positions - {PAD}
        assert all(first <= p <= last for p in inside), (k, first, last, what)
        if PAD not in positions:
            assert not positions or (min(positions), max(positions)) == (first, last), (k, min(positions), max(positions), what)
            count += bool(positions)  # between the kernels of a transposed convolution, some values read nothing
    together = set().union(*reach) - {PAD}
    if together:
        assert field.first <= min(together) and max(together) <= field.last, what
    return count


@pytest.mark.parametrize("seed", range(0, NETWORKS, 4))
def test_the_edges_are_those_of_the_engine(seed: int) -> None:
    """Each input value is changed, up and down: the outputs that change are those that it reaches."""
    analysis, rank = drawn(seed, linear=True)
    graph = analysis.graph
    (source,) = graph.inputs
    values = int(np.prod(source.shape))
    if values > 700:
        pytest.skip("too many values to change each")
    reach = [reached(graph, axis) for axis in range(rank)]
    seen: dict[str, Any] = {}
    rng = np.random.default_rng(seed)
    for step in (1.0, -1e3):
        x = np.repeat(rng.uniform(-1, 1, (1, *source.shape)), values + 1, 0)
        x.reshape(values + 1, -1)[np.arange(values), np.arange(values)] += step
        found = run(graph, {source.name: x}, seed=seed, dtype="float64").values
        for node in graph.layers:
            out = found[node.name]
            changed = abs(out[:-1] - out[-1]) > 1e-12 * (1 + abs(out[-1]))
            seen[node.name] = changed | seen.get(node.name, False)
    for node in graph.layers:
        changed = seen[node.name].any(axis=-1).reshape(*source.shape[:-1], *node.shape[:-1])
        said = np.ones(changed.shape, bool)
        for axis in range(rank):
            table = np.zeros((source.shape[axis], node.shape[axis]), bool)
            for k, positions in enumerate(reach[axis][node.name]):
                table[[p for p in positions if p != PAD], k] = True
            form = [1] * (2 * rank)
            form[axis], form[rank + axis] = table.shape
            said &= table.reshape(form)
        if any(n.kind in ("add", "concat") for n in graph.layers) and rank > 1:
            assert not (changed & ~said).any(), node.name  # two branches' fields are no rectangle
        else:
            assert (changed == said).all(), node.name
