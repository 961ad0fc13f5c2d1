"""What is seldom written, and refused or counted as it should be. Oracles: Keras's own refusals, and counts by hand."""

from __future__ import annotations

import pytest

import archcalc
from archcalc.engine.feeding import indices_into


def analyzed(line: str, size: str) -> archcalc.Analysis:
    return archcalc.analyze(text=f"network N {{\n input {size}\n {line}\n}}\n")


@pytest.mark.parametrize(
    ("line", "size", "code", "says"),
    [
        ('einsum_dense "ab,bc->ac", ((1, 2), 3)', "4", "E121", "`output_shape` of einsum_dense is ((1, 2), 3)"),
        ("random_rotation 0.2, fill_mode=mirrored", "8x8x3", "E122", "does not know the word `mirrored`"),
        ("random_rotation 0.2, fill_mode=3", "8x8x3", "E121", "`fill_mode` of random_rotation is 3"),
        ("maxpool 3, /2, same, ceil", "9x9x2", "E311", "`same` rounds up already"),
        ("resize 10x10x3", "8x8x3", "E303", "`size` has 3 entries"),
        ("resize 10x10, width=4", "8x8x3", "E311", "rows and columns are one number each"),
        ("time_distributed { lstm 4, states }", "2x5x3", "E134", "it puts out more than one value"),
        ("stacked_rnn { repeat 1001 { lstm_cell 1 } }", "5x3", "E134", "1001 cells"),
        ('custom "mixer", trainable=1', "10x64", "E311", "of 0 parameters, 1 cannot be trained"),
        ('custom "mixer", params=3, trainable=4', "10x64", "E311", "of 3 parameters, 4 cannot be trained"),
        ('custom "mixer", macs=3, flops=5', "10x64", "E311", "two operations each"),
        ("spectral_norm { dense 3, lora_rank=2 }", "4", "E134", "no kernel in Keras with these arguments"),
        ("spectral_norm { embedding 5, 3, lora_rank=2 }", "4", "E134", "no kernel in Keras with these arguments"),
        ('spectral_norm { einsum_dense "ab,bc->ac", 3, lora_rank=2 }', "4", "E134", "no kernel in Keras with these arguments"),
        ('einsum_dense "abc,cd->abd", (none, 3)', "4", "E302", "needs 2 axes, as its equation has; what flows in is 4"),
        ('einsum_dense "ab,bc->ac", 3', "4x5", "E302", "needs 1 axis, as its equation has; what flows in is 4x5"),
        ("rbf 10, bitmaps", "83", "E311", "7x12 = 84"),
        ("rbf 9, bitmaps", "84", "E311", "7x12 = 84"),
    ],
)
def test_it_is_refused(line: str, size: str, code: str, says: str) -> None:
    finding = next(d for d in analyzed(line, size).diagnostics if d.severity == "error")
    assert finding.code == code and says in finding.message, finding


@pytest.mark.parametrize(
    ("line", "size", "params", "trainable"),
    [
        ('custom "RoPE"', "10x64", 0, 0),
        ('custom "mixer", params=100', "10x64", 100, 100),
        ('custom "mixer", params=100, trainable=0', "10x64", 100, 0),
        ('custom "mixer", params=100, trainable=100', "10x64", 100, 100),
        ("rbf 10, bitmaps", "84", 840, 0),
        ("stacked_rnn { repeat 1000 { rnn_cell 1 } }", "5x1", 3000, 3000),
    ],
)
def test_parameters_by_hand(line: str, size: str, params: int, trainable: int) -> None:
    analysis = analyzed(line, size)
    assert analysis.ok, analysis.diagnostics
    assert (analysis.totals.params, analysis.totals.trainable_params) == (params, trainable)


def test_a_chain_of_comparisons_is_decided_link_by_link() -> None:
    text = "network N {{\n input 4\n a: dense 3\n expect {}\n}}\n"
    for condition, holds in (
        ("1 < a.params < 20", True),
        ("1 < a.params < 15", False),
        ("20 < a.params < 30", False),
        ("1 < 2 < 3 < 4", True),
    ):
        (outcome,) = archcalc.analyze(text=text.format(condition)).expectations
        assert outcome.holds is holds, condition
    (outcome,) = archcalc.analyze(text=text.format("1 < a.params < 15")).expectations
    assert (outcome.left, outcome.right) == (15, 15)  # the link that does not hold


def test_what_looks_up_reads_indices_and_what_computes_does_not() -> None:
    """An embedding of 5 entries reads whole numbers below 5; backwards it multiplies vectors, of fractions."""
    for line, size, entries in (
        ("embedding 5, 3", "7", 5),
        ("reversible_embedding 5, 3", "7", 5),
        ("reversible_embedding 5, 3, reverse", "7x3", None),
    ):
        analysis = analyzed(line, size)
        assert analysis.ok, analysis.diagnostics
        assert indices_into(analysis.graph, analysis.graph.inputs[0]) == entries


@pytest.mark.parametrize(
    ("kind", "inputs"), [("hashed_crossing 5", 2), ("dot axes=1", 2), ("sub", 2), ("attention", 3), ("lstm 3", 3), ("dense 3", 1)]
)
def test_one_input_too_many_is_refused(kind: str, inputs: int) -> None:
    """As many as Keras's layers take: `HashedCrossing`, `Dot` and `Subtract` two, attention three, an LSTM its two states."""
    names = [f"i{n}" for n in range(inputs + 1)]
    size = {"hashed_crossing 5": "1", "attention": "4x3", "lstm 3": "3"}.get(kind, "3")
    lines = [f"{name}: input {'5x3' if name == 'i0' and kind == 'lstm 3' else size}" for name in names]
    for count, refused in ((inputs, False), (inputs + 1, True)):
        text = "network N {\n " + "\n ".join([*lines[:count], f"{kind} from {', '.join(names[:count])}"]) + "\n}\n"
        codes = [d.code for d in archcalc.analyze(text=text).diagnostics if d.severity == "error"]
        assert codes == (["E118"] if refused else []), text
