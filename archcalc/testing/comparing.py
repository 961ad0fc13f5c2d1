"""What several ways find of a network, compared layer by layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from archcalc.analysis import Analysis
from archcalc.graph import Graph, say_shape
from archcalc.testing.keras_side import Built, KerasFails, build, built_figures, draw_weights, load_keras, run_keras, weights_of
from archcalc.testing.known import Known, mend
from archcalc.testing.read_side import NAME, NotRead, Unsaid, miswired, read_again, read_side
from archcalc.testing.sides import Array, Side, by_itself, draw_inputs, predicted, run_numpy, shaken

RELATIVE = 1e-4  # of float32 values: of the value, and of the layer's largest
HUGE = 1e15  # its square is more than float32 can hold with room to spare
PART = "part"
SHAKEN = ("float32", "float32", "float64")  # further runs of a layer, where values differ
MOVED = 100  # times what they make of a value


class Difference(NamedTuple):
    """What two ways do not agree on: of which layer ("": of the network), what, and what each of them says."""

    layer: str
    what: str
    says: str

    def __str__(self) -> str:
        return f"{self.layer or 'the network'}: {self.what} {self.says}"


class Compared(NamedTuple):
    """Where predictions do not hold or values differ; and what accounts for differences that are held against nobody."""

    differences: list[Difference]
    known: tuple[Known, ...] = ()
    counts: Mapping[str, int] = MappingProxyType({})  # how many figures of layers were compared, by what and with whom


def compared(analysis: Analysis, ways: Sequence[str], seed: int = 0) -> Compared:
    """A network by several ways: archcalc's rules, and "numpy", "keras" or both.

    Raises:
        EngineError, CodegenError, MissingBackendError: a way cannot be gone.
    """
    graph, ours = analysis.graph, predicted(analysis)
    inputs = draw_inputs(graph, seed)
    tally: Counter[str] = Counter()
    if "keras" not in ways:
        return Compared(compare(graph, ours, run_numpy(graph, inputs, None, seed), tally), (), tally)
    keras = load_keras()

    def found() -> list[Difference]:
        tally.clear()
        try:
            return _by_keras(keras, graph, ours, inputs if "numpy" in ways else None, seed, tally)
        except KerasFails as failure:
            return [Difference("", "Keras", str(failure))]

    differences, known = mend(keras, found) if found() else ([], ())
    return Compared(differences, known, tally)


def _by_keras(keras: Any, graph: Graph, ours: Side, inputs: dict[str, Array] | None, seed: int, tally: Counter[str]) -> list[Difference]:
    """What Keras builds, and where there are inputs what it computes of them, and NumPy with the same weights."""
    built = build(keras, graph)
    found = [*_applications(graph, built), *compare(graph, ours, Side("Keras", built_figures(built), {}), tally)]
    found += _by_reading(graph, ours, built, tally)
    if inputs is None:
        return found
    draw_weights(built, seed)
    theirs = run_keras(keras, graph, built, inputs)
    weights = weights_of(keras, graph, built)
    numpy = run_numpy(graph, inputs, weights, seed)
    found += compare(graph, ours, numpy, tally)
    tally["values by NumPy and Keras"] += len(theirs.values)
    values = compare_values(graph, numpy, theirs)
    if values is not None:  # what rounding became on the way here is not held against a layer
        values = one_by_one(graph, {**inputs, **theirs.values}, weights, seed)
    return [*found, values] if values is not None else found


def _by_reading(graph: Graph, ours: Side, built: Built, tally: Counter[str]) -> list[Difference]:
    """What is read from what Keras writes of the model."""
    try:
        again = read_again(built)
    except NotRead as error:
        return [Difference("", NAME, str(error))]
    except Unsaid:
        tally[f"networks that end in a class of their own, by {NAME}"] += 1
        return []
    wires = [Difference(layer, "reads", says) for layer, says in miswired(graph, built, again)]
    return [*compare(graph, ours, read_side(graph, built, again), tally), *wires]


def _applications(graph: Graph, built: Built) -> Iterator[Difference]:
    wanted = len({n.name for n in graph.layers if n.name not in built.parts})
    if built.calls != wanted:
        yield Difference("", "layers applied", f"{wanted} by archcalc, {built.calls} in Keras")


def compare(graph: Graph, one: Side, other: Side, tally: Counter[str]) -> list[Difference]:
    """Where two ways have other figures for a layer, or one of them lacks it. The tally counts what was compared."""
    kinds = {n.name: n.kind for n in graph.layers}
    found = []
    for name, figures in one.figures.items():
        layer = f"{name} ({kinds.get(name, '?')})"
        theirs = other.figures.get(name)
        if theirs is None:
            found.append(Difference(layer, "layer", f"known to {one.name}, missing in {other.name}"))
            continue
        for figure in (f for f in figures if f in theirs):
            what = figure.replace("_params", " parameters").replace("_", " ")
            tally[f"{what} by {other.name}"] += 1
            if figures[figure] != theirs[figure]:
                found.append(Difference(layer, what, f"{_said(figures[figure])} by {one.name}, {_said(theirs[figure])} by {other.name}"))
    return found


def _said(figure: Any) -> str:
    return say_shape(figure) if isinstance(figure, tuple) else f"{figure:,}"


def compare_values(graph: Graph, one: Side, other: Side) -> Difference | None:
    """The first layer whose values differ by more than rounding; those after it differ as well."""
    for node in graph.layers:
        if node.name in one.values and node.name in other.values:
            if (problem := _problem(one.values[node.name], other.values[node.name])) is not None:
                return Difference(f"{node.name} ({node.kind})", "values", f"{problem} (by {one.name}, by {other.name})")
    return None


def one_by_one(graph: Graph, values: dict[str, Array], weights: dict[str, list[Array]], seed: int) -> Difference | None:
    """The first layer that makes other values than Keras did of the very same: `values` are the inputs, and Keras's.

    Where NumPy itself gives others once inputs and weights are changed as little as float32 rounds, a layer may differ as much.
    What reads values whose squares float32 cannot hold is left out.
    """
    for node in graph.layers:
        given = {n.name: values[n.name] for n in node.inputs}
        if node.kind == PART or any(not (np.abs(x) < HUGE).all() for x in given.values()):
            continue
        own = {node.name: weights[(node.shares or node).name]}
        alone = by_itself(graph, node)
        runs = [run_numpy(alone, *shaken(i, given, own), seed, dtype=t, count=False).values for i, t in enumerate(("float32", *SHAKEN))]
        for name, array in runs[0].items():
            if name in values and (problem := _problem(array, values[name], [run[name] for run in runs[1:]])) is not None:
                return Difference(f"{name} ({node.kind})", "values", f"{problem} (by NumPy, by Keras)")
    return None


def _problem(a: Array, b: Array, again: Sequence[Array] = ()) -> str | None:
    """How two arrays differ; None if they do not."""
    if a.shape != b.shape:
        return f"of {say_shape(a.shape)} and {say_shape(b.shape)}"
    a, b = a.astype("float64"), b.astype("float64")
    largest = float(np.abs(b[np.isfinite(b)]).max(initial=1))
    with np.errstate(all="ignore"):
        moved = np.max([np.abs(a - other) for other in again], axis=0) if again else np.zeros(a.shape)
        close = np.abs(a - b) <= RELATIVE * (np.abs(b) + largest) + MOVED * moved
    close |= ~np.isfinite(a) & ~np.isfinite(b) | ~np.isfinite(moved)
    if close.all():
        return None
    place = tuple(int(i) for i in np.argwhere(~close)[0])
    return f"in {int((~close).sum())} of {close.size} places, first at {place}: {a[place]:.6g} and {b[place]:.6g}"
