"""What memory is made of: what is alive at once, and step by step; and the terms of training."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.analysis import Analysis
from archcalc.analysis.memory import MOST_LARGEST, Buffer, Liveness, optimizer_of
from archcalc.graph import BYTES, Node, say_shape
from archcalc.languages import mark, tr
from archcalc.recipes import SLOTS
from archcalc.report.explain.blocks import Blocks, Prose, Table
from archcalc.report.text import number
from archcalc.sizes import Size, free_sizes

BAR = 40  # characters of the longest

ASSUMED = (
    mark("each output has memory of its own until its last reader has run; no layer writes over what it reads"),
    mark("inputs are there from the start, outputs stay to the end; flatten and the like take none, they look at what is there"),
    mark("left out: weights, what a layer needs while it computes, gaps between buffers, the framework itself"),
)
TRAINING = (
    mark("all outputs are kept for the way back, and each trained value has one gradient"),
    mark("left out: the inputs, gradients of outputs, masks of dropout, what a layer needs while it computes, gaps, the framework itself"),
)


def _all(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(tr, texts))


def _unknown(analysis: Analysis) -> Blocks:
    """Why there is no figure: a mistake; else, that free sizes decide."""
    if analysis.left_open:
        return [Prose((tr("?   (unknown: the line of {name} leaves it open)", name=analysis.left_open),))]
    free = analysis.graph.free
    if not free or not analysis.ok:
        return [Prose((tr("?   (unknown: a layer that it needs has a mistake)"),))]
    return [Prose((tr("?   (unknown: what takes memory of its own depends on {sizes})", sizes=", ".join(free)),))]


def _largest(analysis: Analysis, found: Liveness) -> str:
    """The formula of the most; where it would have too many terms, how it comes to be a number."""
    if found.peak is not None:
        return number(found.peak)
    given = " ".join(f"-p {name}=64" for name in analysis.graph.free)
    return tr("more than {most} layers may have it, and with numbers it is one ({given})", most=MOST_LARGEST, given=given)


def peak(analysis: Analysis) -> Blocks:
    """What is alive where the most is, then the bytes at each step."""
    found = analysis.totals.liveness
    if found is None:
        return _unknown(analysis)
    bars = ((name, number(live), _bar(live, found.peak)) for name, live in found.during.items())
    steps: Blocks = [Table(("text", "number", "bar"), tuple(bars), tr("step by step:"))] if found.live else []
    if found.at is None and found.live:  # with free sizes
        return [
            Prose(_all(ASSUMED)),
            *steps,
            Prose((tr("where the most is alive depends on the sizes: {largest}", largest=_largest(analysis, found)),)),
        ]
    return [Prose(_all(ASSUMED)), *steps, _alive(found, found.at, analysis.batch)]


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
        return [Prose((tr("an input is no step: what is alive is asked of a layer"),))]
    return [Prose(_all(ASSUMED)), _alive(found, found.step_of(node), analysis.batch)]


def _alive(found: Liveness, step: int | None, batch: int) -> Table:
    """What is alive in a step, why, and the sum."""
    buffers = found.alive(step)
    rows = tuple((b.node.name, say_shape(b.node.shape), number(b.bytes), needed_for(found, b)) for b in buffers)
    at = tr("at the start") if step is None else tr("while {name} runs", name=found.graph.layers[step].name)
    samples = "" if batch == 1 else tr(", for a batch of {n}", n=number(batch))
    total = (tr("total"), "", number(sum(b.bytes for b in buffers)), "")
    head = (tr("of"), tr("shape"), tr("bytes"), tr("needed"))
    return Table(("text", "text", "number", "text"), rows, tr("{when}:", when=at + samples), head, total)


def needed_for(found: Liveness, buffer: Buffer) -> str:
    """Why a buffer is kept: its last reader, or that it is an output."""
    if buffer.stays:
        return tr("as an output")
    reader = found.graph.layers[buffer.last] if found.graph.layers else buffer.node
    return tr("until {name} has run", name=reader.name) if buffer.node is not reader else tr("by no layer")


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
    notes = [] if recipe and recipe.optimizer else [tr("no recipe says which optimizer, so Adam")]
    if recipe and recipe.batch and recipe.batch != analysis.batch:
        notes.append(tr("the recipe's batch has {n} samples: --batch {batch}", n=number(recipe.batch), batch=recipe.batch))
    total = (tr("total"), "", number(analysis.totals.training_bytes))
    return [Prose((*_all(TRAINING), *notes)), Table(("text", "text", "number"), rows, "", (tr("for"), "", tr("bytes")), total)]


def terms(analysis: Analysis) -> Iterator[tuple[str, str, Size]]:
    """Each term of training's memory: of what, how it comes about, and its bytes. None at all where one is unknown."""
    found, optimizer, totals = analysis.totals.training, optimizer_of(analysis.graph), analysis.totals
    if found is None or optimizer is None:
        return
    (put_out_each, each, _), slots = BYTES[analysis.graph.dtype], SLOTS[optimizer]
    kept = mark("{n} trainable * (1 gradient + {slots} of {optimizer}) * {each} bytes")
    kept = kept if slots else mark("{n} trainable * 1 gradient (and none of {optimizer}) * {each} bytes")
    one = analysis.batch == 1
    put_out = mark("{n} values * {each} bytes") if one else mark("{n} values * {each} bytes * {samples} samples")
    values = number(found.outputs // (put_out_each * analysis.batch))
    yield tr("weights"), tr("{n} params * {each} bytes", n=number(totals.params), each=each), found.weights
    stored = {"n": number(totals.trainable_params), "slots": slots, "optimizer": optimizer, "each": each}
    yield tr("training them"), tr(kept, **stored), found.steps
    yield tr("outputs"), tr(put_out, n=values, each=put_out_each, samples=number(analysis.batch)), found.outputs
