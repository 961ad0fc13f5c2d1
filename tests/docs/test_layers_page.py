"""The page of all kinds is what its script writes, and leaves no class of Keras out."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest
from running import ROOT

from archcalc.layers.refused import REFUSED
from archcalc.registry import find_kind


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("keras_layers", ROOT / "scripts" / "keras_layers.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = script()
VERSION, NAMES = SCRIPT.recorded()


def test_the_page_is_what_the_script_writes(update: bool) -> None:
    expected = SCRIPT.page(VERSION, NAMES)
    if update:
        SCRIPT.PAGE.write_text(expected, encoding="utf-8")
    assert SCRIPT.PAGE.read_text(encoding="utf-8") == expected, "`python scripts/keras_layers.py --write` refreshes it"


@pytest.mark.parametrize("name", NAMES)
def test_every_class_of_keras_is_a_kind_or_refused_with_a_reason(name: str) -> None:
    assert (find_kind(name) is None) == (name in REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_a_reason_is_part_of_a_sentence(name: str) -> None:
    """It follows a colon, in a message and in the page's table."""
    reason = REFUSED[name]
    assert reason[0].islower() and not reason.endswith(".") and 20 < len(reason) < 200


def test_the_recorded_list_is_complete() -> None:
    """A class that another version of Keras lacks stays in it; one that it has anew must be given a place."""
    pytest.importorskip("keras", reason="Keras is not installed")
    version, names = SCRIPT.installed()
    assert set(names) - set(NAMES) == set(), "`python scripts/keras_layers.py --record` takes them in; then give each a kind or a reason"
    assert version != VERSION or names == NAMES


def test_the_script_prints_a_row_for_each_class(capsys: pytest.CaptureFixture[str]) -> None:
    assert SCRIPT.main([]) == 0
    printed = capsys.readouterr().out
    assert printed == SCRIPT.table(VERSION, NAMES)
    assert all(f"| `{name}` | " in printed for name in NAMES)
