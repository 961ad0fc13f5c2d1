"""Connections counted edge by edge, from a layer's arguments alone, are archcalc's: on every small configuration that is known."""

from __future__ import annotations

from typing import Any

import pytest
from engine.families import Line, cases, more
from engine.harness import graph_of, network

import archcalc
from archcalc.engine.edges import edges
from archcalc.figures import FIGURES
from archcalc.registry import every_kind

np = pytest.importorskip("numpy", reason="NumPy is not installed")

MODULES = ("convolution", "transposed", "pooling", "adaptive", "dense", "merging")
STEPS = ("recurrent", "conv_recurrent", "attention", "simple_attention", "einsum", "embedding", "spectrogram", "wrappers", "spectral")
MOST = 1_000_000  # edges
FURTHER = [
    (f"{kind} {sizes}", shape)
    for kind in ("conv 4,", "depthwise", "separable 3,", "conv_transpose 3,")
    for sizes, shape in [
        ("3, /2", (7, 4)),
        ("2, pad=1", (7, 4)),
        ("2x3, same, /2", (5, 7, 2)),
        ("3, pad=((1, 2), (0, 1)), nobias", (5, 6, 4)),
        ("2, dilation=2", (5, 6, 4)),
        ("2x1x3, same", (3, 4, 3, 2)),
    ]
]
FURTHER += [
    ("conv 6, 3, bias=untied, groups=2", (6, 5, 4)),
    ("conv 4, 3, causal, /2, bias=untied", (9, 2)),
    ("conv_transpose 2, 2, /3", (5, 2)),
    ("conv_transpose 2, 5, /2, pad=1, output_padding=1", (4, 3, 2)),
    ("maxpool 3, /2, ceil", (8, 9, 2)),
    ("avgpool 2x3, /3, pad=1, ceil", (8, 9, 2)),
    ("subsample 2, pad=1", (5, 6, 3)),
    ("adaptive_avgpool 4x3", (9, 2, 3)),
    ("add", (4, 1), (5,), (3, 1, 5)),
    ("dot (1, 3)", (5, 3, 2), (2, 3, 5)),
    ("dot 1, normalize", (8,), (8,)),
    ("gru 4, noreset_after, backwards", (5, 3), (4,)),
    ("depthwise 3, same, /2, dilation=3", (9, 8, 2)),
    ("separable 2, 2x3, pad=((4, 0), (1, 5)), /3x2, dilation=2, nobias", (5, 4, 2)),
    ("conv 2, 5x3, pad=6, /3", (2, 3, 2)),
    ("maxpool 2x3, /3x1, pad=((3, 1), (0, 4))", (4, 5, 2)),
    ("stft_spectrogram 8, 3, same", (17, 2)),
    ("spectral_norm { conv 3, 3, same, dilation=2 }", (4, 5, 2)),
    ("bidirectional { conv_lstm 2, 3, same, dilation=2 }", (3, 4, 5, 2)),
    ("conv_lstm 3, 2x3, same, /1x2, sequences", (4, 5, 6, 2)),
    ("bidirectional sum { conv_lstm 2, 3, same, sequences }", (3, 7, 2)),
    ("bidirectional ave { stacked_rnn sequences { lstm 4; gru 3, nobias } }", (5, 2)),
    ("time_distributed { bidirectional mul { rnn 3, sequences } }", (2, 5, 3)),
    ("time_distributed { time_distributed { conv 2, 2x3, same, bias=untied } }", (2, 2, 4, 5, 2)),
    ("mha 2, 3, 4, attention_axes=(1, 3), gate, output_shape=(2, 5)", (2, 5, 6, 4), (4, 5, 3, 4)),
    ("gqa 3, 6, 2, gate, nobias", (5, 4), (3, 4), (3, 7)),
    ("attention concat, scale", (2, 5, 4), (1, 3, 6), (2, 3, 4)),
    ("additive_attention noscale", (2, 5, 4), (1, 3, 6), (1, 3, 4)),
    ('einsum_dense "...ab,bc->...ac", (4, 6), bias_axes="a"', (3, 4, 5)),
    ('einsum_dense "abc...,bd->adc...", (6, none), bias_axes="d"', (3, 4, 5)),
]


def row_of(line: Line) -> Any:
    return archcalc.analyze(text=network(line.line, *line.shapes)).layers["L"]


def few(line: Line) -> bool:
    """Whether its edges can be counted here one by one, and it has the channels where rules have them."""
    return not line.first and row_of(line).connections < MOST


@pytest.mark.parametrize("line", [c for c in [*cases(*MODULES, *STEPS), *more(*FURTHER)] if few(c.values[0])])
def test_edges_are_archcalcs_connections(line: Line) -> None:
    row = row_of(line)
    arrays = [np.zeros((2, *x)) for x in line.shapes]
    assert edges(row.node.layer, line.shapes) == edges(row.node.layer, arrays) == row.connections
    real = archcalc.analyze(text=network(line.line, *line.shapes), real_taps=True)
    assert edges(row.node.layer, line.shapes, real=True) == real.layers["L"].connections == real.totals.connections
    assert all(getattr(real.layers["L"], figure) == getattr(row, figure) for figure in FIGURES if figure != "connections")


def test_lenet5_has_340_908_edges(examples: Any) -> None:
    """LeCun et al. (1998), counted on the unrolled network."""
    analysis = archcalc.analyze(str(examples / "lenet5.arch"))
    found = {n.name: edges(n.layer, [i.shape for i in n.inputs]) for n in analysis.graph.layers}
    assert found == {name: row.connections for name, row in analysis.layers.items()}
    assert sum(found.values()) == 340_908


@pytest.mark.parametrize("line", ["relu", "bn", "flatten", "dropout 0.5", "rescale 1/255", "upsample"])
def test_what_passes_values_on_has_none(line: str) -> None:
    (node,) = graph_of(network(line, (4, 4, 2))).layers
    assert edges(node.layer, [(4, 4, 2)]) == 0


def test_other_kinds_and_too_many_are_not_counted() -> None:
    (node,) = graph_of(network('custom "RoPE"', (5, 3))).layers
    assert edges(node.layer, [(5, 3)]) is None
    (node,) = graph_of(network("dense 100", (100,))).layers
    assert edges(node.layer, [(100,)], limit=10_099) is None
    assert edges(node.layer, [(100,)], limit=10_100) == 10_100
    (node,) = graph_of(network("maxpool 2, /1, pad=100", (1, 1))).layers
    assert edges(node.layer, [(1, 1)], limit=399, real=True) is None  # those on padding are looked at, too
    assert edges(node.layer, [(1, 1)], limit=400, real=True) == 2


def test_every_kind_that_computes_is_known() -> None:
    """All but `custom`, whose connections are given; a wrapper's are those of what stands inside."""
    from archcalc.engine.edges import _EDGES
    from archcalc.engine.step_edges import AROUND, EDGES

    known = {*_EDGES, *EDGES, *AROUND}
    assert {cls.kind for cls in every_kind().values() if cls.computes} <= known
