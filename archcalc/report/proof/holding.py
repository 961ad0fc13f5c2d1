"""A result held to the analysis of today: whether it is of this network as it is now, and whether what was found is what is predicted.

What a result says of itself does not count: every figure is compared here once more.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.analysis import Analysis
from archcalc.graph import say_shape
from archcalc.languages import mark, tr
from archcalc.report.proof.reading import Found, Layer, Proof
from archcalc.report.text import clean, number

FIGURES = {
    "shape": mark("output shape"),
    "trainable": mark("trainable parameters"),
    "fixed": mark("non-trainable parameters"),
    "macs": mark("MACs"),
}
NAME = 200  # characters of a name


class Held(NamedTuple):
    """A result, whether it is of another network, how the network has changed since, and which layers are not as predicted."""

    proof: Proof
    another: bool
    changes: tuple[str, ...]
    differing: dict[str, tuple[str, ...]]  # by layers: the stages that are not as predicted

    @property
    def current(self) -> bool:
        """Whether it is of this network as it is now."""
        return not self.another and not self.changes

    @property
    def confirmed(self) -> bool:
        """Whether it proves that this network is as predicted."""
        return self.current and not self.differing and self.proof.ok and not self.proof.problems


def held(proof: Proof, analysis: Analysis) -> Held:
    """A result beside the network as it is now."""
    another = proof.network != analysis.network
    changes = () if another else tuple(_changes(proof, analysis))
    differing = {layer.name: stages for layer in proof.layers if (stages := _differing(layer))}
    return Held(proof, another, changes, differing)


def predicted(row: Any) -> Found | None:
    """A layer as it is predicted now; None where a figure is unknown, or a formula."""
    figures = (*(row.output_shape or (None,)), row.trainable_params, row.non_trainable_params, row.macs)
    if row.output_shape is not None and len(row.output_shape) == 0:
        figures = figures[1:]
    if not all(isinstance(n, int) for n in figures):
        return None
    return Found(tuple(row.output_shape), row.trainable_params, row.non_trainable_params, row.macs, (None, None), "")


def _changes(proof: Proof, analysis: Analysis) -> list[str]:
    """How the network differs from the one that was verified, layer by layer."""
    then = {layer.name: layer for layer in proof.layers}
    changes = [tr("{name} is new", name=_name(name)) for name in analysis.layers if name not in then]
    changes += [tr("{name} is gone", name=_name(name)) for name in then if name not in analysis.layers]
    if not changes and list(then) != list(analysis.layers):
        changes.append(tr("the layers stand in another order"))
    for name, layer in then.items():
        if name in analysis.layers:
            changes += _changed(layer, analysis.layers[name])
    return changes


def _changed(layer: Layer, row: Any) -> list[str]:
    name, now = _name(layer.name), predicted(row)
    if layer.kind != row.kind:
        return [tr("{name} was {then}, and is {now}", name=name, then=_name(layer.kind), now=row.kind)]
    if now is None:
        return [tr("{name} has figures that are not known now", name=name)]
    return [
        tr(
            "{name}: {figure} {then} then, {now} now",
            name=name,
            figure=tr(says),
            then=said(key, getattr(layer.predicted, key)),
            now=said(key, getattr(now, key)),
        )
        for key, says in FIGURES.items()
        if getattr(layer.predicted, key) != getattr(now, key) and not (key == "macs" and layer.predicted.macs is None)
    ]


def _differing(layer: Layer) -> tuple[str, ...]:
    return tuple(stage for stage, found in layer.stages.items() if found is None or unlike(layer.predicted, found))


def unlike(wanted: Found, found: Found) -> bool:
    """Whether a figure is another, or the layer is another one; MACs where they were counted."""
    if wanted[:3] != found[:3] or (None not in (wanted.macs, found.macs) and wanted.macs != found.macs):
        return True
    return wanted.what not in ((None, None), found.what)


def said(figure: str, value: Any) -> str:
    """A figure as text: 28x28x6, or a number."""
    return say_shape(["?" if n is None else n for n in value]) if figure == "shape" else number(value)


def _name(text: str) -> str:
    return clean(text[:NAME])
