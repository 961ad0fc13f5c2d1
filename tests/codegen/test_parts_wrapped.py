"""Every wrapper around every kind that it does not refuse, in real Keras: as predicted, trained, saved and loaded again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from codegen.together import Line, error_of, graph_of, proven, turned
from contract.every import CLASSES

from archcalc.codegen import CodegenError, generate, training
from archcalc.spec import Wrapper

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own, with NumPy 2
    pytest.mark.filterwarnings("ignore:The model does not have any trainable weights"),
    pytest.mark.filterwarnings("ignore:Gradients do not exist for variables"),
]

TABLE = "table T {\nXX.\nX.X\n.XX\n}"
# Where generated code has a class of its own, besides the examples.
OWN: list[Line] = [
    ("conv 3, 3, maps=T, /2", ((9, 8, 3),)),
    ("conv 4, 3, bias=untied, pad=1", ((9, 8, 3),)),
    ("conv 4, 3, causal, bias=untied, dilation=2, tanh", ((9, 3),)),
    ("conv 4, 3, pad=1", ((9, 3),)),
    ("depthwise 2, pad=1", ((5, 6, 4, 3),)),
    ("separable 4, 3, pad=1, multiplier=2", ((9, 8, 3),)),
    ("conv_transpose 4, 3, /2, pad=((1, 0),)", ((9, 3),)),
    ("maxpool 3, /2, pad=1", ((5, 6, 4, 3),)),
    ("maxpool 3x3, pad=1", ((9, 8, 3),)),
    ("avgpool 3, /2, pad=((0, 1),)", ((9, 3),)),
    ("avgpool 3, /2, pad=1, ceil", ((9, 8, 3),)),
    ("avgpool 2, /3, ceil", ((9, 8, 3),)),
    ("subsample 2, pad=1, tanh", ((9, 3),)),
    ("adaptive_avgpool 3x1", ((7, 5, 3),)),
    ("adaptive_maxpool 4x4", ((1, 9, 2),)),
    ("rbf 10", ((84,),)),
    ("lrn 3", ((4, 5, 6),)),
    ("layer_scale", ((5, 4),)),
    ("spatial_dropout 0.1", ((5, 4),)),
    ("crop 1", ((5, 4),)),
    ("upsample 2", ((5, 4),)),
    ("random_crop 4, 5", ((8, 9, 3),)),
    ("mel_spectrogram 64, 32, bins=8", ((511,),)),
    ("discretization [0, 1], one_hot", ((5,),)),
    ("integer_lookup 7, oov=2, one_hot", ((5,),)),
]
WRAPPERS = [cls for cls in CLASSES if issubclass(cls, Wrapper)]
FAMILIES = sorted({cls.family for cls in CLASSES})


def around(wrapper: type[Wrapper], family: str) -> list[Line]:
    """Each line of a family inside of the wrapper, where that is not refused."""
    lines = [(e.line, e.inputs) for cls in CLASSES if cls.family == family for e in cls.examples]
    kinds = {cls.kind for cls in CLASSES if cls.family == family}
    lines += [(line, shapes) for line, shapes in OWN if line.split()[0] in kinds]
    steps = (2,) if wrapper.kind == "time_distributed" else ()
    wrapped = [(f"{wrapper.kind} {{ {line} }}", ((*steps, *shapes[0]),)) for line, shapes in lines if shapes]
    return [(line, shapes) for line, shapes in wrapped if not error_of(line, shapes, head=TABLE)]


def refused(line: Line, first: bool) -> str:
    """What codegen says of a line for which it has no code; "" otherwise."""
    try:
        generate(graph_of([line], first, TABLE), "x")
    except CodegenError as error:
        return str(error)
    return ""


CASES = [pytest.param(w, f, id=f"{w.kind}-{f}") for w in WRAPPERS for f in FAMILIES if around(w, f)]
REASONS = ("with one value alone", "is a layer of your own", "joins the two along the last axis")


@pytest.mark.parametrize("first", [False, True], ids=["channels_last", "channels_first"])
@pytest.mark.parametrize(("wrapper", "family"), CASES)
def test_every_wrapper_around_every_kind(
    keras: Any, wrapper: type[Wrapper], family: str, first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SAMPLES", 2)
    lines = around(wrapper, family)
    if first:  # those that it makes a difference to, and whose sizes suit the axis that has the channels then
        lines = [line for line in lines if turned(*line, TABLE) != line[1] and not error_of(*line, True, TABLE)]
    said = {line[0]: why for line in lines if (why := refused(line, first))}
    assert all(any(reason in why for reason in REASONS) for why in said.values()), said
    left = [line for line in lines if line[0] not in said]
    if left:
        proven(keras, graph_of(left, first, TABLE), tmp_path / "model.keras", in_graph=not first)
