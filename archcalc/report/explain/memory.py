"""What memory is made of: what is alive at once, and step by step; and the terms of training."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis import Analysis
from archcalc.analysis.memory import MOST_LARGEST, Buffer, Liveness, optimizer_of
from archcalc.graph import BYTES, Node, say_shape
from archcalc.recipes import SLOTS
from archcalc.report.explain.blocks import Blocks, Prose, Table
from archcalc.report.text import number
from archcalc.sizes import Size, free_sizes

BAR = 40  # characters of the longest

ASSUMED = (
    "each output has memory of its own until its last reader has run; no layer writes over what it reads",
    "inputs are there from the start, outputs stay to the end; flatten and the like take none, they look at what is there",
    "left out: weights, what a layer needs while it computes, gaps between buffers, the framework itself",
)
TRAINING = (
    "all outputs are kept for the way back, and each trained value has one gradient",
    "left out: the inputs, gradients of outputs, masks of dropout, what a layer needs while it computes, gaps, the framework itself",
)


def _unknown(analysis: Analysis) -> Blocks:
    """Why there is no figure: a mistake; else, that free sizes decide."""
    free = analysis.graph.free
    if not free or not analysis.ok:
        return [Prose(("?   (unknown: a layer that it needs has a mistake)",))]
    return [Prose((f"?   (unknown: what takes memory of its own depends on {', '.join(free)})",))]


def _largest(analysis: Analysis, found: Liveness) -> str:
    """The formula of the most; where it would have too many terms, how it comes to be a number."""
    if found.peak is not None:
        return number(found.peak)
    given = " ".join(f"-p {name}=64" for name in analysis.graph.free)
    return f"more than {MOST_LARGEST} layers may have it, and with numbers it is one ({given})"


def peak(analysis: Analysis) -> Blocks:
    """What is alive where the most is, then the bytes at each step."""
    found = analysis.totals.liveness
    if found is None:
        return _unknown(analysis)
    bars = ((name, number(live), _bar(live, found.peak)) for name, live in found.during.items())
    steps: Blocks = [Table(("text", "number", "bar"), tuple(bars), "step by step:")] if found.live else []
    if found.at is None and found.live:  # with free sizes
        return [Prose(ASSUMED), *steps, Prose((f"where the most is alive depends on the sizes: {_largest(analysis, found)}",))]
    return [Prose(ASSUMED), *steps, _alive(found, found.at, analysis.batch)]


def at_peak(analysis: Analysis) -> Iterator[tuple[str, str, Size]]:
    """What is alive where the most is: its name, why, and its bytes. Nothing where something is unknown, or it depends on sizes."""
    found = analysis.totals.liveness
    if found is not None and (found.at is not None or not found.live):
        for buffer in found.alive(found.at):
            yield buffer.node.name, needed_for(found, buffer), buffer.bytes


def live(analysis: Analysis, node: Node) -> Blocks:
    """What is alive while a layer runs."""
    found = analysis.totals.liveness
    if found is None:
        return _unknown(analysis)
    if node.name not in found.during:
        return [Prose(("an input is no step: what is alive is asked of a layer",))]
    return [Prose(ASSUMED), _alive(found, found.step_of(node), analysis.batch)]


def _alive(found: Liveness, step: int | None, batch: int) -> Table:
    """What is alive in a step, why, and the sum."""
    buffers = found.alive(step)
    rows = tuple((b.node.name, say_shape(b.node.shape), number(b.bytes), needed_for(found, b)) for b in buffers)
    at = "at the start" if step is None else f"while {found.graph.layers[step].name} runs"
    samples = "" if batch == 1 else f", for a batch of {number(batch)}"
    total = ("total", "", number(sum(b.bytes for b in buffers)), "")
    return Table(("text", "text", "number", "text"), rows, f"{at}{samples}:", ("of", "shape", "bytes", "needed"), total)


def needed_for(found: Liveness, buffer: Buffer) -> str:
    """Why a buffer is kept: its last reader, or that it is an output."""
    if buffer.stays:
        return "as an output"
    reader = found.graph.layers[buffer.last] if found.graph.layers else buffer.node
    return f"until {reader.name} has run" if buffer.node is not reader else "by no layer"


def _bar(size: Size, most: Size | None) -> str:
    """How much of the most it is; nothing where that depends on free sizes."""
    if most is None or free_sizes((size, most)):
        return ""
    return "#" * int(-(-BAR * size // max(most, 1)))


def training(analysis: Analysis) -> Blocks:
    """The terms of what training takes."""
    rows = tuple((name, says, number(size)) for name, says, size in terms(analysis))
    if not rows:
        return _unknown(analysis)
    recipe = analysis.graph.recipe
    notes = [] if recipe and recipe.optimizer else ["no recipe says which optimizer, so Adam"]
    if recipe and recipe.batch and recipe.batch != analysis.batch:
        notes.append(f"the recipe's batch has {number(recipe.batch)} samples: --batch {recipe.batch}")
    total = ("total", "", number(analysis.totals.training_bytes))
    return [Prose((*TRAINING, *notes)), Table(("text", "text", "number"), rows, "", ("for", "", "bytes"), total)]


def terms(analysis: Analysis) -> Iterator[tuple[str, str, Size]]:
    """Each term of training's memory: of what, how it comes about, and its bytes. None at all where one is unknown."""
    found, optimizer, totals = analysis.totals.training, optimizer_of(analysis.graph), analysis.totals
    if found is None or optimizer is None:
        return
    each, slots = BYTES[analysis.graph.dtype], SLOTS[optimizer]
    kept = f"(1 gradient + {slots} of {optimizer})" if slots else f"1 gradient (and none of {optimizer})"
    samples = "" if analysis.batch == 1 else f" * {number(analysis.batch)} samples"
    yield "weights", f"{number(totals.params)} params * {each} bytes", found.weights
    yield "training them", f"{number(totals.trainable_params)} trainable * {kept} * {each} bytes", found.steps
    yield "outputs", f"{number(found.outputs // (each * analysis.batch))} values * {each} bytes{samples}", found.outputs
