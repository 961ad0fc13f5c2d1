"""What memory is made of: what is alive at the peak, step by step, and the terms of training, as words and bytes."""

from __future__ import annotations

from typing import NamedTuple

from archcalc.analysis import Analysis
from archcalc.analysis.memory import Buffer, Liveness, optimizer_of
from archcalc.graph import BYTES
from archcalc.recipes import SLOTS
from archcalc.report.text import number

BAR = 40  # characters of the longest

ASSUMED = (
    "each output has memory of its own until its last reader has run; no layer writes over what it reads",
    "inputs are there from the start, outputs stay to the end; flatten and the like take none, they look at what is there",
    "left out: the weights, what a layer needs while it computes, gaps between buffers, the framework itself",
)
LEFT_OUT = (
    "every output is kept for the way back, with one gradient for each trained value; the rest is left out: gradients of outputs,",
    "masks of dropout, what a layer needs while it computes, gaps between buffers, the data, the framework itself",
)


class Term(NamedTuple):
    """A part of a sum of bytes: of what, why it is there or how it comes about, and how many they are."""

    name: str
    says: str
    bytes: int


def at_peak(found: Liveness) -> list[Term]:
    """What is alive where the most is, in the order in which it was made, and what it is still needed for."""
    return [Term(buffer.node.name, needed_for(found, buffer), buffer.bytes) for buffer in found.alive(found.at)]


def needed_for(found: Liveness, buffer: Buffer) -> str:
    """Why a buffer is kept: its last reader, or that it is an output."""
    if buffer.stays:
        return "an output"
    return f"until {found.graph.layers[buffer.last].name}" if buffer.last > buffer.first or buffer.node.kind == "input" else "read by none"


def by_step(found: Liveness) -> list[Term]:
    """The bytes that are alive while each layer runs, with a bar as long as they are many."""
    most = max(found.peak, 1)
    return [Term(name, "#" * -(-BAR * live // most), live) for name, live in found.during.items()]


def of_training(analysis: Analysis) -> list[Term]:
    """The terms of the memory of training; none where one is unknown."""
    terms, optimizer = analysis.totals.training, optimizer_of(analysis.graph)
    if terms is None or optimizer is None:
        return []
    each, slots, totals = BYTES[analysis.graph.dtype], SLOTS[optimizer], analysis.totals
    kept = f"(1 gradient + {slots} of {optimizer})" if slots else f"(1 gradient, none of {optimizer})"
    batch = "" if analysis.batch == 1 else f" * {number(analysis.batch)} samples"
    values = terms.outputs // (each * analysis.batch)
    return [
        Term("weights", f"{number(totals.params)} params * {each} bytes", terms.weights),
        Term("to train them", f"{number(totals.trainable_params)} trainable * {kept} * {each} bytes", terms.steps),
        Term("outputs", f"{number(values)} values * {each} bytes{batch}", terms.outputs),
    ]
