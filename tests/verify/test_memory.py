"""How much memory training takes, and what is left out where there is too little."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from codegen.generated import rows
from codegen.networks import Builder

from archcalc.verify import memory
from archcalc.verify.errors import VerifyError

GRAPH = Builder((784,)).then("dense", units=100, activation="relu").then("bn").then("dense", units=10, activation="softmax").graph
TRAINED, STORED, OUTPUTS = 78_500 + 200 + 1_010, 200, 100 + 100 + 10


def test_weights_gradients_slots_and_outputs_are_counted() -> None:
    assert memory.building_bytes(rows(GRAPH)) == 4 * (TRAINED + STORED)
    assert memory.training_bytes(rows(GRAPH), "adam", 32) == 4 * (TRAINED + STORED + TRAINED * (1 + 2) + OUTPUTS * 32)
    assert memory.training_bytes(rows(GRAPH), "sgd", 1) == 4 * (TRAINED + STORED + TRAINED + OUTPUTS)


def test_what_cannot_even_be_built_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 300_000)
    with pytest.raises(VerifyError, match=r"building would need about 0\.3 MiB, this machine has 0\.3 MiB free"):
        memory.check_building(rows(GRAPH))
    monkeypatch.setattr(memory, "free_memory", lambda: 400_000)
    memory.check_building(rows(GRAPH))
    monkeypatch.setattr(memory, "free_memory", lambda: None)
    memory.check_building(rows(GRAPH))


def test_why_training_is_left_out_is_said_in_numbers() -> None:
    assert memory.why_untrained(61 * 2**30, int(23.4 * 2**30)) == "training would need about 61.0 GiB, this machine has 23.4 GiB free"
    assert memory.why_untrained(10, 10) == memory.why_untrained(10**20, None) == ""


@pytest.mark.parametrize(("text", "limit"), [("123456\n", 123_456), ("max\n", None), (None, None)])
def test_a_container_s_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: Any, limit: int | None) -> None:
    if text is not None:
        (tmp_path / "memory.max").write_text(text)
    monkeypatch.setattr(memory, "_LIMITS", (str(tmp_path / "memory.max"),))
    free = memory.free_memory()
    assert free == limit if limit else free is None or free > 10**6
