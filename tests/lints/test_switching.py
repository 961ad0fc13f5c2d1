"""Warnings switched on and off: by comments, by configuration, by the command line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import ROOT, archcalc, environment

import archcalc as package
from archcalc.checks import Checks
from archcalc.pipeline import Options, analyze_all, load

ALL = Options(checks=Checks().changed(strict=True, ignore=["W104"]))
LOST = "network N {\n    input 5x5x1\n    maxpool 2x2\n}\n"


def codes(program: str, options: Options = ALL) -> list[str]:
    (analysis,) = analyze_all(load("n.arch", program.encode()), None, options)
    return [d.code for d in analysis.diagnostics]


COMMENTS = {
    "at the end of the line": ("network N {\ninput 5x5x1\nmaxpool 2x2 # archcalc: ignore W101\n}", []),
    "above the line": ("network N {\ninput 5x5x1\n# archcalc: ignore W101\nmaxpool 2x2\n}", []),
    "above, and other lines between": ("network N {\ninput 5x5x1\n# archcalc: ignore W101\n\n# why\nmaxpool 2x2\n}", []),
    "in small letters, and with a reason": ("network N {\ninput 5x5x1\nmaxpool 2x2 #archcalc:ignore w101: it is black\n}", []),
    "for the file, at its end": ("network N {\ninput 5x5x1\nmaxpool 2x2\n}\n# archcalc: ignore-file W101", []),
    "for a statement of two lines, at the first": ("network N {\ninput 5x5x1\nmaxpool pad=0, # archcalc: ignore W101\n  kernel=2\n}", []),
    "for a statement of two lines, at the last": ("network N {\ninput 5x5x1\nmaxpool kernel=2,\n  pad=0 # archcalc: ignore W101\n}", []),
    "for a statement with brackets": ("network N {\ninput 5x5x1\nmaxpool kernel=(\n 2,\n 2\n) # archcalc: ignore W101\n}", []),
    "two codes": ("network N(k = 1) { # archcalc: ignore W103\ninput 5x5x1\nmaxpool 2x2 # archcalc: ignore W101\n}", []),
    "two codes in one comment": ("network N(k = 1) { input 5x5x1; maxpool 2x2 } # archcalc: ignore W101, W103", []),
    "in a block that is expanded many times": ("block b {\nconv 1, 2, /2 # archcalc: ignore W101\n}\nnetwork N { input 27x27x1; b; b }", []),
    "on the line before": ("network N {\ninput 5x5x1 # archcalc: ignore W101\nmaxpool 2x2\n}", ["W116", "W101"]),
    "on the line after": ("network N {\ninput 5x5x1\nmaxpool 2x2\n# archcalc: ignore W101\nflatten\n}", ["W101", "W116"]),
    "another code": ("network N {\ninput 5x5x1\nmaxpool 2x2 # archcalc: ignore W106\n}", ["W101", "W116"]),
    "in a string": ('network N {\ninput 5x5x1\n"# archcalc: ignore W101": maxpool 2x2\n}', ["W101"]),
    "an error": ("network N {\ninput 5x5x1\nflatten # archcalc: ignore E301\n}", ["W115"]),
    "no such code": ("network N {\ninput 5x5x1\nflatten # archcalc: ignore W999\n}", ["W115"]),
    "no code": ("network N {\ninput 5x5x1\nflatten # archcalc: ignore\n}", ["W115"]),
    "no code, but a reason": ("network N {\ninput 5x5x1\nflatten # archcalc: ignore the rest\n}", ["W115"]),
    "a slip": ("network N {\ninput 5x5x1\nflatten # archcalc: ignor W101\n}", ["W115"]),
    "prose": ("# archcalc: a network of my own\nnetwork N {\ninput 5x5x1\nflatten\n}", []),
    "one that is of no use, switched off": ("network N {\ninput 4x4x1\nmaxpool 2x2 # archcalc: ignore W101, W116\n}", []),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMENTS)
def test_comments(name: str) -> None:
    program, expected = COMMENTS[name]
    assert codes(program) == expected


def test_a_slip_and_a_code_that_is_none_are_told_with_what_may_be_meant() -> None:
    for comment, word in (
        ("ignor W101", "`ignore`"),
        ("ignore W1011", "did you mean `W1"),
        ("ignore E301", "errors cannot be switched off"),
    ):
        (analysis,) = analyze_all(load("n.arch", f"network N {{ input 4; dense 3 }} # archcalc: {comment}\n".encode()))
        (finding,) = analysis.diagnostics
        assert word in finding.message + " ".join(finding.fixes)


def test_no_comment_switches_an_error_off() -> None:
    assert codes("# archcalc: ignore-file E101\nnetwork N { input 4; dens 3 }") == ["W115", "E101"]


def test_a_used_file_has_its_own_comments(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "blocks.arch").write_text("block b {\nmaxpool 2 # archcalc: ignore W101\n}\nblock c {\nmaxpool 2\n}\n")
    main = tmp_path / "n.arch"
    main.write_text('# archcalc: ignore-file W101\nuse "blocks.arch"\nnetwork N { input 23x23x1; b; c }\n')
    (finding,) = package.analyze(str(main)).diagnostics
    assert finding.code == "W101"
    assert finding.span is not None
    assert finding.span.source.name.endswith("blocks.arch")


def test_many_comments_take_no_longer_than_they_are() -> None:
    lines = "".join(
        f"maxpool 1, /2, pad={i % 2} # archcalc: ignore W101\n" if i < 15 else "relu # archcalc: ignore W109\n" for i in range(20_000)
    )
    assert "W109" not in codes(f"network N {{\ninput 65537x65537x1\n{lines}}}")
    assert codes("network N { input 4; dense 3, (# archcalc: ignore W101\n" + "# archcalc: ignore W101\n" * 20_000)[0].startswith("E")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "nets" / "old").mkdir(parents=True)
    for place in ("nets/n.arch", "nets/old/n.arch"):
        (tmp_path / place).write_text(LOST)
    return tmp_path


def warned(project: Path, *words: str, stdin: bytes = b"") -> list[str]:
    ran = archcalc("check", *words, "--format", "json", cwd=project, stdin=stdin)
    assert ran.code == 0, ran.err
    return [d["code"] for file in json.loads(ran.out)["files"] for d in file["diagnostics"]]


CONFIGS = {
    "nothing": ("", ["W101"]),
    "ignored": ('ignore = ["W101"]', []),
    "others ignored": ('ignore = ["W106"]', ["W101"]),
    "in files of a pattern": ('[per-file-ignores]\n"nets/*.arch" = ["W101"]', []),
    "in files of a name": ('[per-file-ignores]\n"n.arch" = ["W101"]', []),
    "in other files": ('[per-file-ignores]\n"other/*" = ["W101"]', ["W101"]),
}


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("shared", [False, True])
def test_configuration(project: Path, name: str, shared: bool) -> None:
    text, expected = CONFIGS[name]
    if shared:
        text = "[tool.archcalc]\n" + text.replace("[per-file-ignores]", "[tool.archcalc.per-file-ignores]")
    (project / ("pyproject.toml" if shared else "archcalc.toml")).write_text(text)
    assert warned(project, "nets/n.arch") == expected
    assert warned(project / "nets", "n.arch") == expected
    assert warned(project, str(project / "nets" / "n.arch")) == expected
    ran = archcalc("analyze", "nets/n.arch", cwd=project)
    assert ("W101" in ran.err) == bool(expected)


def test_the_command_line_comes_after_the_configuration(project: Path) -> None:
    (project / "archcalc.toml").write_text('ignore = ["W101"]\nselect = ["W107"]\n')
    even = b"network N { input 5x5x1; maxpool 2x2, same }\n"
    assert warned(project, "nets/n.arch") == []
    assert warned(project, "nets/n.arch", "--select", "W101") == ["W101"]
    assert warned(project, "nets/n.arch", "--strict") == ["W101"]
    assert warned(project, "nets/n.arch", "--strict", "--ignore", "w101, W107") == []
    assert warned(project, "nets/n.arch", "--no-config") == ["W101"]
    assert warned(project, "-", stdin=even) == ["W107"]
    assert warned(project, "-", "--ignore=W107", stdin=even) == []
    other = project / "other.toml"
    other.write_text("")
    assert warned(project, "nets/n.arch", "--config", "other.toml") == ["W101"]
    assert [d.code for d in package.analyze(str(project / "nets" / "n.arch")).diagnostics] == ["W101"]
    assert package.analyze(str(project / "nets" / "n.arch"), config=str(project / "archcalc.toml")).diagnostics == []


def test_the_nearest_project_is_the_files_own(project: Path) -> None:
    (project / "archcalc.toml").write_text('ignore = ["W101"]\n')
    (project / "nets" / "old" / "pyproject.toml").write_text("[project]\nname = 'old'\n")
    assert warned(project, "nets/n.arch", "nets/old/n.arch") == ["W101"]
    (project / "nets" / "old" / "archcalc.toml").write_text("strict = true\n")
    assert warned(project, "nets/old/n.arch") == ["W101"]
    (project / "nets" / "pyproject.toml").write_text("[tool.archcalc]\nignore = ['W103']\n")
    (project / "nets" / "archcalc.toml").write_text("ignore = ['W101']\n")  # its own file comes first
    assert warned(project, "nets/n.arch") == []


def test_thresholds(project: Path) -> None:
    big = b"network N { input 28x28x1; conv 8, 3; flatten; dense 64 }\n"
    assert warned(project, "-", "--select", "W113", stdin=big) == []
    (project / "archcalc.toml").write_text("select = ['W113']\nW113 = {params = 100_000}\n")
    assert warned(project, "-", stdin=big) == ["W113"]
    (project / "archcalc.toml").write_text("select = ['W113']\n[W113]\nparams = 100_000\nshare = 0.9999\n")
    assert warned(project, "-", stdin=big) == []


MISTAKES = {
    "broken": ("strict = true\nignore = ]", "archcalc.toml:2:10: this is no TOML"),
    "unfinished": ("ignore = [", "archcalc.toml: this is no TOML"),
    "an unknown key": ('strict = true\nignroe = ["W101"]', "archcalc.toml:2: there is no setting `ignroe`; did you mean `ignore`?"),
    "another key": ("colour = 3", "archcalc.toml:1: there is no setting `colour`; it has strict"),
    "an unknown code": ('ignore = ["W101",\n"W1O1"]', "archcalc.toml:2: `ignore`: there is no warning called W1O1; did you mean `W1"),
    "an error": ('ignore = ["E301"]', "archcalc.toml:1: `ignore`: E301 is an error, and errors cannot be switched off"),
    "a text in place of a list": ('select = "W101"', "archcalc.toml:1: `select` is a list of codes"),
    "a list of numbers": ("ignore = [101]", "archcalc.toml:1: `ignore` is a list of codes"),
    "a word in place of a truth": ('strict = "yes"', "archcalc.toml:1: `strict` is true or false"),
    "a list in place of a table": ("per-file-ignores = []", "archcalc.toml:1: `per-file-ignores` is a table"),
    "a pattern with an unknown code": ('[per-file-ignores]\n"a.arch" = ["W999"]', "archcalc.toml:2: `a.arch`: there is no warning"),
    "an unknown threshold": ("[W113]\nshar = 0.5", "archcalc.toml:2: W113 has no setting `shar`; did you mean `share`?"),
    "a threshold that is none": ("[W113]\nshare = nan", "archcalc.toml:2: `share` of W113 is a number from 0"),
    "a share of more than all": ("[W113]\nparams = 5\nshare = 7", "archcalc.toml:3: `share` of W113 is a number from 0 to 1: a part of the whole"),
    "a number of thousands of digits": (f"strict = {'9' * 5000}", "archcalc.toml: this is no TOML"),
    "deep": ("ignore = " + "[" * 20_000, "archcalc.toml"),
    "no text": ("\udcff", "archcalc.toml: this is not UTF-8 text: byte 0xff at offset 0"),
    "too long": ("#" * 1_000_001, "archcalc.toml has 1000001 bytes; a configuration has at most 1000000"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_of_a_configuration_end_with_2_and_say_where(project: Path, name: str) -> None:
    text, said = MISTAKES[name]
    (project / "archcalc.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    for words in (("check", "nets/n.arch"), ("analyze", "nets/n.arch"), ("report", "nets/n.arch", "-o", "r.html")):
        ran = archcalc(*words, cwd=project)
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err
        assert len(ran.err.splitlines()) == 1
    assert archcalc("check", "nets/n.arch", "--no-config", cwd=project).code == 0
    with pytest.raises(package.ArchError, match=r"archcalc\.toml"):
        package.analyze(str(project / "nets" / "n.arch"), config=str(project / "archcalc.toml"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ignore", "W999"), "--ignore W999: there is no warning called W999"), (("--ignore", ""), "there is no warning called"),
        (("--select", "E301"), "--select E301: E301 is an error"), (("--config", "none.toml"), "none.toml: there is no such file"),
        (("--config", "nets"), "nets: it is a folder"), (("--config", "a", "--no-config"), "one of the two"),
    ],
)  # fmt: skip
def test_mistakes_of_the_command_line(project: Path, words: tuple[str, ...], said: str) -> None:
    ran = archcalc("check", "nets/n.arch", *words, cwd=project)
    assert ran.code == 2
    assert said in ran.err


def test_a_configuration_that_is_no_file_is_not_waited_for(project: Path) -> None:
    import os

    os.mkfifo(project / "archcalc.toml")
    assert archcalc("check", "nets/n.arch", cwd=project).code == 0
    ran = archcalc("check", "nets/n.arch", "--config", "archcalc.toml", cwd=project)
    assert ran.code == 2
    assert "no regular file" in ran.err


PROBE = """
import sys
from archcalc.cli import main
code = main(sys.argv[1:])
print(sorted(m for m in sys.modules if m in {"tomllib", "fnmatch", "click", "archcalc.checks.comments"}))
"""


@pytest.mark.parametrize(
    ("config", "loaded"),
    [("", ["tomllib"]), (None, []), ("[project]\nname = 'n'\n", [])],
)
def test_toml_is_read_only_where_there_is_some(project: Path, config: str | None, loaded: list[str]) -> None:
    (project / "nets" / "n.arch").write_text("network N { input 4; dense 3 }\n")
    if config is not None:
        (project / ("pyproject.toml" if config else "archcalc.toml")).write_text(config)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "check", "nets/n.arch"], cwd=project, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == str(loaded), done.stderr


def test_the_page_of_warnings_is_what_happens(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "warnings.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```arch\n(.*?)```", page, re.S)
    (config,) = re.findall(r"```toml\n(.*?)```", page, re.S)
    assert codes(program) == []
    assert codes(program.replace("archcalc:", "")) == ["W103", "W101", "W109"]
    (tmp_path / "archcalc.toml").write_text(config)
    (tmp_path / "n.arch").write_text(LOST)
    assert warned(tmp_path, "n.arch") == []


@pytest.mark.parametrize(
    "text",
    ["[tool.archcalc]\nstrict = true", "[ tool . 'archcalc' ]\nstrict = true", "tool.archcalc.strict = true", "[tool]\narchcalc = {strict = true}",
     "tool = {archcalc = {strict = true}}"],
)  # fmt: skip
def test_every_way_to_write_the_table_is_read(tmp_path: Path, text: str) -> None:
    from archcalc.checks.config import configured

    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert configured(str(tmp_path / "net.arch")).on > Checks().on
