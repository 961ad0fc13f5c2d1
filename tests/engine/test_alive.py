"""Peak memory against running the network: what is alive at each step is what must be held there, for every layer."""

from __future__ import annotations

from typing import Any

import pytest
from engine.families import Line, cases
from engine.harness import network
from engine.holding import held
from running import PROGRAMS, ROOT

import archcalc
from archcalc.analysis.memory import is_view
from archcalc.registry import every_kind

# Networks that are large only because their images are.
SMALLER = {
    "densenet121": "64x64x3", "inception_v3": "79x79x3", "resnet50": "64x64x3", "resnet50_v1_5": "64x64x3", "vgg16": "32x32x3",
    "vgg19": "32x32x3", "unet": None, "transformer": None,
}  # fmt: skip
EXAMPLES = [p.stem for p in sorted(ROOT.glob("examples/*.arch")) if SMALLER.get(p.stem, "")]
MODULES = {cls.__module__.rpartition(".")[2] for cls in every_kind().values()} - {"input", "custom"}


def agrees(analysis: Any) -> None:
    """Step by step, archcalc's intervals and what is held when the network runs are the same."""
    found = held(analysis.graph, analysis.batch)
    assert {node.name for node in analysis.graph.layers if is_view(node)} == found.views
    assert analysis.totals.liveness.during == found.live
    assert analysis.totals.peak_activation_bytes == max(found.live.values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples(name: str) -> None:
    agrees(archcalc.analyze(str(ROOT / "examples" / f"{name}.arch"), inputs=SMALLER.get(name)))


def test_the_larger_examples_made_small() -> None:
    transformer = {"params": {"d": 64, "width": 96, "words": 5}}
    agrees(archcalc.analyze(str(ROOT / "examples" / "transformer.arch"), **transformer))  # type: ignore[arg-type]
    agrees(archcalc.analyze(str(PROGRAMS / "tiny_unet.arch"), inputs="32x32x1"))


@pytest.mark.parametrize("line", cases(*MODULES))
def test_every_kind_in_every_configuration(line: Line) -> None:
    """Alone between its inputs and the output, with channels first too: whether it is a view is what NumPy says."""
    agrees(archcalc.analyze(text=network(line.line, *line.shapes, first=line.first), batch=2))


SEVERAL = {
    "a diamond": "input 6; a: dense 4; b: dense 8 from a; c: dense 2 from a; d: relu from a; concat from b, c, d",
    "long skips": "input 6x6x2; a: conv 3, 1; b: conv 2, 1; c: conv 3, 1; d: conv 2, 1; add from b, d; dense 5; flatten",
    "views of views": "input 4x4x2; a: relu; b: flatten; c: dropout 0.5; e: reshape 4x8; f: relu from a; g: flatten from f; h: flatten; add from h, b",
    "a view as output": "input 4x4; a: relu; b: flatten; c: dense 2; output from b, c",
    "an early view as output": "input 4x4; a: relu; b: flatten; c: dense 2 from input; d: dense 3; output from b, d",
    "an input as output": "a: input 4; b: input 5; c: dense 7 from a; d: dense 2; output from d, b",
    "nothing but views": "input 4x4; flatten; dropout 0.1",
    "states": "input 5x3; a: lstm 4, states; b: dense 9 from a.state_h; c: dense 2; d: add from a.state_c, a; e: concat from c, d",
    "states alone": "x: input 5x3; a: lstm 4, states, sequences from x; b: gru 4 from x, a.state_h; c: dense 3; d: concat from c, a.state_c",
    "states of both ways": "input 5x3; a: bidirectional { lstm 4, states }; b: relu from a.backward_state_c; add from b, a.forward_state_h",
    "weights used again": "x: input 8; y: input 8; a: dense 4 from x; b: reuse a from y; c: add from a, b; d: dense 3; e: multiply from c, c",
    "inputs that wait": "x: input 50; y: input 3; a: dense 4 from y; b: dense 4; c: dense 4; d: dense 4 from x; add from c, d",
    "channels first": "layout channels_first; input 3x4x5; a: conv 2, 1; b: flatten; c: dropout 0.2; d: flatten from a; add from c, d",
    "a single channel first": "layout channels_first; input 1x4x5; a: relu; b: flatten; dense 2",
    "one read often": "input 9; a: relu; b: add from a, a, a; c: add from a, b",
    "left out": "input 9; a: dense 100; b: dense 3 from input",
    "half the bytes": "dtype float16; input 9; a: dense 4; dense 2; add from a, a",
    "two bytes, of four": "dtype mixed_float16; input 9; a: dense 4; b: dense 2; c: dense 4; add from a, c",
}  # fmt: skip


@pytest.mark.parametrize("text", SEVERAL.values(), ids=SEVERAL.keys())
@pytest.mark.parametrize("batch", [1, 3])
def test_networks_of_several_layers(text: str, batch: int) -> None:
    lines = text.replace("; ", "\n ")
    agrees(archcalc.analyze(text=f"network N {{\n {lines}\n}}", batch=batch))
