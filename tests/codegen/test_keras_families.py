"""All examples of a family's kinds side by side, in both layouts: as predicted, trained, run, saved and loaded again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from codegen.together import error_of, graph_of, proven, turned
from contract.every import CLASSES

from archcalc.codegen import training

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras's own, with NumPy 2
    pytest.mark.filterwarnings("ignore:The model does not have any trainable weights"),
    pytest.mark.filterwarnings("ignore:Gradients do not exist for variables"),
]

NO_CODE = {"input", "custom"}  # no layer; a layer that archcalc does not know
FAMILIES = sorted({cls.family for cls in CLASSES if cls.kind not in NO_CODE})


@pytest.mark.parametrize("first", [False, True], ids=["channels_last", "channels_first"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_trains_runs_and_loads_again(
    keras: Any, family: str, first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SAMPLES", 2)
    lines = [(e.line, e.inputs) for cls in CLASSES if cls.family == family and cls.kind not in NO_CODE for e in cls.examples]
    if first:  # those that it makes a difference to, and whose sizes suit the axis that has the channels then
        lines = [line for line in lines if turned(*line) != line[1] and not error_of(*line, first=True)]
    if lines:
        proven(keras, graph_of(lines, first), tmp_path / "model.keras")
