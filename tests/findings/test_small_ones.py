"""Programs of a line or two that ended in a traceback, each with what it is to say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import archcalc
from archcalc.checks.config import ConfigError, read_config
from archcalc.figures import CONVENTIONS, FIGURES
from archcalc.files import source_of
from archcalc.report.explain import explanation
from archcalc.report.formats import json_pieces
from archcalc.report.terminal import table
from archcalc.report.text import Style


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("let m = [] * 9999999999999999604\nnetwork N { input 4; dense len(m) + 2 }\n", {"W000"}),
        ("let m = [] * 10**40\nnetwork N { input 4; dense len(m) + 2 }\n", {"W000"}),
        ("let m = [1] * 10**40\nnetwork N { input 4; dense len(m) }\n", {"E211"}),
        ("let m = [[]] * 10**40\nnetwork N { input 4; dense len(m) }\n", {"E211"}),
        ("network N { i: input 1\n i: input 1\n}\n", {"E102", "E125"}),
        ("network N { i: input 1\n}\n", {"E125"}),
    ],
)
def test_it_is_said(program: str, says: set[str]) -> None:
    analysis = archcalc.analyze(text=program)
    assert {d.code for d in analysis.diagnostics} or {"W000"} == says
    assert {d.code for d in analysis.diagnostics} <= says
    assert analysis.to_json() and analysis.to_html()
    assert table(analysis, Style(False), explain=True)
    assert all(explanation(analysis, f"total.{figure}")[0] for figure in (*FIGURES, "peak_activation_bytes"))
    if not analysis.diagnostics:
        assert analysis.layers["dense_1"].params == 10  # 2 units of 4 values and a bias


@pytest.mark.parametrize("tool", CONVENTIONS[1:])
def test_counts_of_other_tools_over_free_sizes_are_formulas_in_json(tool: str) -> None:
    """At H = 8 and W = 9 the formulas give what the network of these sizes has."""
    program = "network N(H, W) {\n input H x W x 3\n conv 4, 3x3, same\n relu\n gap\n dense 2\n}\n"
    free = json.loads("".join(json_pieces(archcalc.analyze(text=program), None, tool)))["counts"]
    fixed = json.loads("".join(json_pieces(archcalc.analyze(text=program, inputs="8x9x3"), None, tool)))["counts"]
    assert isinstance(free["total"], str) and isinstance(fixed["total"], int)
    for found, wanted in [(free["total"], fixed["total"]), *zip(free["layers"].values(), fixed["layers"].values(), strict=True)]:
        assert eval(str(found), {"H": 8, "W": 9}) == wanted


@pytest.mark.parametrize("before", [b"", b"# \xc3\xa9\xc3\xa9 \n", b"# \xf0\x9f\xa6\x8a"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_byte_that_is_no_text_is_named_by_its_own_offset(mark: bytes, before: bytes) -> None:
    """After a byte order mark it was three bytes off, which may be in the middle of a character: that ended in a traceback."""
    data = mark + before + b"\xff network"
    source, (finding,) = source_of("a", data)
    assert finding.code == "E001" and finding.facts["offset"] == data.index(b"\xff") and finding.facts["byte"] == "0xff"
    assert source.text == before.decode()
    assert finding.span is not None and finding.span.start == len(source.text)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_so_is_that_of_a_configuration(mark: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(mark + b"# \xc3\xa9\xff")
    with pytest.raises(ConfigError, match=f"byte 0xff at offset {len(mark) + 4}$"):
        read_config(str(path))
