"""docs/zoo.md has every network that ships, with the figures of today."""

from __future__ import annotations

import importlib.util

import pytest
from running import ROOT

from archcalc.zoo import entries


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docs" / "zoo.md").read_text(encoding="utf-8")


def test_the_page_is_as_the_script_writes_it(text: str) -> None:
    spec = importlib.util.spec_from_file_location("zoo_page", ROOT / "scripts" / "zoo_page.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert text == script.page(), "`python scripts/zoo_page.py --write` refreshes it"


def test_it_has_every_network_and_file(text: str) -> None:
    for entry in entries():
        assert f"| `{entry.name}` |" in text and f"../examples/{entry.stem}.arch)" in text


def test_no_drawing_of_a_comment_runs_into_the_prose(text: str) -> None:
    assert not [line[:60] for line in text.splitlines() if line.startswith("**[") and "   " in line]
