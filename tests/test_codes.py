"""Every diagnostic's page: its wrong program is told by that code alone, in the words that the page has, and its right one is well.

`pytest tests/test_codes.py --update` writes what is said into the pages; read the difference before you keep it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from running import ROOT

from archcalc.cli import main
from archcalc.codes import CODES
from archcalc.codes.pages import Program, page

FOLDER = ROOT / "archcalc" / "codes"


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """What archcalc says of a program in a folder of its own, and the exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "pyproject.toml").touch()  # so that this is the project's folder

    def tell(programs: Iterable[Program]) -> tuple[int, str]:
        first, *others = programs
        for program in (first, *others):
            (tmp_path / program.name).write_bytes(program.bytes)
        command = "check" if "--strict" in first.options else "analyze"
        code = main([command, first.name, *first.options])
        return code, capsys.readouterr().err

    return tell


@pytest.mark.parametrize("code", CODES)
def test_the_wrong_program_is_told_by_its_code_as_the_page_says(code: str, told, update: bool) -> None:
    found = page(code)
    exit_code, text = told(found.wrong)
    if update:
        before, _, rest = found.text.partition("```text\n")
        (FOLDER / f"{code}.md").write_text(f"{before}```text\n{text}```\n\n{rest.partition('```')[2].lstrip()}", encoding="utf-8")
        found = page(code)
    assert re.findall(r"^(?:error|warning)\[(\w+)\]", text, re.M) == [code]
    assert exit_code == (0 if code.startswith("W") else exit_code or 1)
    assert text == found.said


@pytest.mark.parametrize("code", CODES)
def test_the_right_program_is_well(code: str, told) -> None:
    assert told(page(code).right) == (0, "")


@pytest.mark.parametrize("code", CODES)
def test_the_page_is_whole(code: str) -> None:
    found = page(code)
    assert re.fullmatch("[EW][0-9]{3}", code)
    assert found.text.startswith(f"# {code}: {found.message}\n\n") and found.message == CODES[code]
    assert found.prose.endswith((".", "`"))
    assert len(found.prose) > len("Why it is wrong.")
    assert found.wrong and found.right and found.text.endswith("```\n")
    assert re.sub(r"```.*?```|## (Wrong|Right)|\s", "", found.text.partition("## Wrong")[2], flags=re.S) == ""


def test_every_code_that_the_package_gives_has_a_page_and_every_page_is_given() -> None:
    given: set[str] = set()
    for module in (ROOT / "archcalc").rglob("*.py"):
        given |= set(re.findall(r"""["']([EW]\d{3})["']""", module.read_text(encoding="utf-8")))
    assert given == set(CODES)


@pytest.mark.parametrize("code", ["E999", "", "../E301", "e301.md", "E301\n", "\u0395301"])
def test_there_is_no_page_of_another_name(code: str) -> None:
    with pytest.raises(KeyError):
        page(code)
