"""What a layer's parameters are: its arrays by name; and what its additions of a bias come from."""

from __future__ import annotations

from archcalc.analysis.derive import BIAS_ADDS, Derivation, Tracer, derive
from archcalc.graph import Node
from archcalc.languages import tr
from archcalc.report.explain.blocks import Blocks, Table

# Figures that are sums over the arrays, and which of them each takes.
TRAINED = {"params": (True, False), "trainable_params": (True,), "non_trainable_params": (False,)}


def arrays(node: Node, figure: str) -> Blocks:
    """A row for each array that a figure counts; nothing where it is one alone, or has groups of maps, which the formula says."""
    if node.shares is not None:
        return []
    tracer = Tracer(node)
    found = [(weight, tracer.weight(weight)) for weight in tracer.weights if weight.trainable in TRAINED.get(figure, ())]
    kinds = (tr("trained") if weight.trainable else tr("stored, not trained") for weight, _ in found)
    rows = tuple((weight.name.replace("_", " "), _worked(size), kind) for (weight, size), kind in zip(found, kinds, strict=True))
    several = len(rows) > 1 and len({weight.name for weight, _ in found}) == len(rows)
    return [Table(("text", "math", "text"), rows, tr("what they are:"))] if several else []


def _worked(size: Derivation) -> str:
    """`filters*5*5 = 6*5*5 = 150`, each side once."""
    return " = ".join(dict.fromkeys((size.symbols, size.numbers, size.result)))


def bias_adds(node: Node, says: str) -> str:
    """What is said of the additions of a bias, with how many there are."""
    found = derive(node, BIAS_ADDS)
    return says if found is None else tr("{meaning}: {working}", meaning=says, working=_worked(found))
