"""What the page on verify shows is what is printed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from running import ROOT, archcalc

from archcalc.verify import counter, job, memory

pytest.importorskip("numpy", reason="NumPy is not installed")

PAGE = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.S | re.M)
SHOWN = [body for language, body in BLOCKS if not language and body.startswith("$ archcalc")]


SOURCES = [(ROOT / "archcalc" / "verify" / f"{name}.py").read_text(encoding="utf-8") for name in ("job", "counter", "torch_counter")]


def without_version(text: str) -> str:
    return re.sub(r"NumPy [\d.]+", "NumPy", text)


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.partition("\n")[0])
def test_the_page_shows_what_is_printed(block: str) -> None:
    first, _, expected = block.partition("\n")
    ran = archcalc(*shlex.split(first.removeprefix("$ archcalc ")), cwd=ROOT)
    assert ran.code == 0 and without_version(ran.out) == without_version(expected)


def test_the_page_s_numbers_are_right(tmp_path: Path) -> None:
    (numbers,) = (body for language, body in BLOCKS if language == "json")
    json.loads(numbers)
    (tmp_path / "n.json").write_text(numbers)
    (tmp_path / "n.arch").write_text("network N { input 4x4x1\n C1: conv 1, 2x2 }")
    ran = archcalc("verify", "n.arch", "--engine", "numpy", "--data", "n.json", cwd=tmp_path)
    assert ran.code == 0 and "the values are those given" in ran.out


def test_the_page_has_every_reason_and_limit() -> None:
    reasons = [*job.UNCOUNTED.values(), *re.findall(r'(?:Uncounted\(|return )"([^"]+)"', "".join(SOURCES))]
    assert len(reasons) >= 7
    for reason in reasons:
        assert reason in PAGE, reason
    assert f"up to {counter.MAX_STEPS} steps" in PAGE
    assert memory.why_untrained(61 * 2**30, int(23.4 * 2**30)) in PAGE
    for operation in counter.PRODUCTS:
        assert operation.rstrip("V23") in PAGE or operation == "Conv2DBackpropInput"
