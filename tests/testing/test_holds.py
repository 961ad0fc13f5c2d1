"""`holds`: what it accepts, and what it says of a prediction that does not hold."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import ROOT

import archcalc
from archcalc import testing
from archcalc.layers.dense import Dense
from archcalc.testing import Differs, holds
from archcalc.testing.chance import Chance
from archcalc.testing.comparing import compare
from archcalc.testing.drawn_networks import draw_network, kinds_by_name
from archcalc.testing.sides import Side
from archcalc.verify import MissingBackendError

LENET = ROOT / "examples" / "lenet5.arch"
TINY = "network Tiny(units = 4) {\n input 6x6x2\n C: conv 3, 3x3, relu\n flatten\n D: dense units\n}\n"


def test_a_file_a_text_and_an_analysis_hold() -> None:
    assert holds(LENET).totals.params == 60_840
    assert holds(str(LENET.read_text(encoding="utf-8"))).network == "LeNet5"
    assert holds(archcalc.analyze(str(LENET), params={"classes": 3})).totals.trainable_params == 60_000


def test_parameters_sizes_and_names_are_those_of_analyze() -> None:
    assert holds(TINY, params={"units": 7}, inputs="9x9x2").layers["D"].output_shape == (7,)
    two = f"{TINY}network Other {{\n input 3\n dense 2\n}}\n"
    assert holds(two, name="Other").network == "Other"
    with pytest.raises(archcalc.ArchError, match="name a network: Tiny, Other"):
        holds(two)
    with pytest.raises(TypeError, match="give them to `analyze`"):
        holds(archcalc.analyze(text=TINY), params={"units": 7})


@pytest.mark.parametrize("by", ["torch", (), ("numpy", "torch")])
def test_another_way_is_refused(by: Any) -> None:
    with pytest.raises(ValueError, match="'numpy' or 'keras', or both"):
        holds(TINY, by=by)


def test_a_program_with_a_mistake_does_not_hold() -> None:
    with pytest.raises(Differs) as info:
        holds("network N {\n input 4x4x1\n conv 3, 9x9\n}\n")
    said = str(info.value)
    assert said.startswith("N has a mistake:\n  line 3: E301")
    assert "conv 3, 9x9" in said


def test_a_prediction_that_does_not_hold_is_named_with_both_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Dense.weights
    monkeypatch.setattr(Dense, "weights", lambda self, out, *inputs: plain(self, out, *inputs)[:1])
    with pytest.raises(Differs) as info:
        holds(TINY)
    said = str(info.value)
    assert said.splitlines()[0] == "Tiny is not as predicted, in 2 places:"
    assert "D (dense): trainable parameters 192 by archcalc, 196 by NumPy" in said
    assert "D (dense): connections 192 by archcalc, 196 by NumPy" in said
    assert said.endswith(TINY.rstrip())
    assert [d.what for d in info.value.differences] == ["trainable parameters", "connections"]


def test_a_layer_that_one_way_lacks_is_a_difference() -> None:
    graph = archcalc.analyze(text=TINY).graph
    found = compare(graph, Side("archcalc", {"C": {"macs": 1}}, {}), Side("NumPy", {}, {}), Counter())
    assert [str(d) for d in found] == ["C (conv): layer known to archcalc, missing in NumPy"]


def test_keras_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(MissingBackendError, match="pip install keras tensorflow"):
        holds(TINY, by="keras")


@settings(max_examples=20)
@given(units=st.integers(1, 40), size=st.integers(3, 12))
def test_a_network_holds_whatever_its_parameters(units: int, size: int) -> None:
    analysis = holds(TINY, params={"units": units}, inputs=f"{size}x{size}x2")
    assert analysis.layers["D"].params == units * (3 * (size - 2) ** 2 + 1)


@pytest.mark.parametrize("number", range(100))
def test_random_networks_hold_in_numpy(number: int) -> None:
    holds(draw_network(Chance.seeded(21, number), kinds_by_name()), name="N", seed=number)


def test_the_package_says_what_it_has() -> None:
    assert all(getattr(testing, name) for name in testing.__all__)
    with pytest.raises(AttributeError, match="no attribute 'hold'"):
        testing.hold  # noqa: B018


def test_a_path_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(archcalc.ArchError, match="cannot be read: No such file"):
        holds(tmp_path / "none.arch")
