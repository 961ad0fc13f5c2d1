"""What the documents say is what happens: their programs run, their tables are those that are printed."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import archcalc
from archcalc.cli.table import COMMANDS
from archcalc.codegen import generate
from archcalc.diagnostics import CODES
from archcalc.pipeline import load

ROOT = Path(__file__).resolve().parents[2]


def programs(name: str, language: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [body for word, body in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.S | re.M) if word == language]


LANGUAGE = programs("docs/language.md", "arch")


@pytest.mark.parametrize("program", LANGUAGE, ids=lambda p: next(line for line in p.splitlines() if line.strip())[:30])
def test_every_program_of_the_language_page_is_right(program: str, tmp_path: Path) -> None:
    """Those that begin with the name of a file lie beside it, for it to use."""
    for other in LANGUAGE:
        if name := re.match(r"# (\w+\.arch)\n", other):
            (tmp_path / name[1]).write_text(other, encoding="utf-8")
    path = tmp_path / "program.arch"
    path.write_text(program, encoding="utf-8")
    networks = load(str(path), program.encode(), str(path)).definitions.networks.values()
    for network in (n.name for n in networks if all(p.default is not None for p in n.parameters)):
        analysis = archcalc.analyze(str(path), network=network)
        assert [d for d in analysis.diagnostics if d.severity == "error"] == []
        assert all(outcome.holds for outcome in analysis.expectations)


def shown(command: str) -> tuple[list[str], str]:
    """A command of the README with what the README says that it prints."""
    block = next(b for b in programs("README.md", "") if b.startswith(f"$ {command}"))
    first, _, output = block.partition("\n")
    return shlex.split(first.removeprefix("$ ")), output


@pytest.mark.parametrize("command", ["archcalc analyze examples/lenet5.arch", "archcalc explain examples/lenet5.arch C3.params"])
def test_the_readme_shows_what_is_printed(command: str) -> None:
    words, expected = shown(command)
    run = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert (run.returncode, run.stdout) == (0, expected)


def test_the_readmes_network_warns_of_the_row_that_it_says_is_lost() -> None:
    program = next(b for b in programs("README.md", "") if b.startswith("network MnistCNN"))
    analysis = archcalc.analyze(text=program)
    assert [d.code for d in analysis.diagnostics] == ["W101"]
    assert analysis.ok


def test_the_readmes_generated_code_is_what_is_generated() -> None:
    (snippet,) = programs("README.md", "python")
    source = generate(archcalc.analyze(str(ROOT / "examples" / "resnet50.arch")).graph, "examples/resnet50.arch")
    assert snippet in source
    assert f"becomes {len(source.splitlines()) + 1} lines" in (ROOT / "README.md").read_text(encoding="utf-8").replace("\n", " ")


def test_links_in_the_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name} points to {link}"


def test_the_counting_pages_table_of_lenet_is_what_comes_out() -> None:
    page = (ROOT / "docs" / "counting.md").read_text(encoding="utf-8")
    analysis = archcalc.analyze(str(ROOT / "examples" / "lenet5.arch"))
    rows = re.findall(r"^\| (C1|S2|C3|S4|C5|F6) \| (\S+) \| ([\d,]+) \| ([\d,]+) \|$", page, re.M)
    assert len(rows) == 6
    for name, shape, params, connections in rows:
        row = analysis.layers[name]
        assert "x".join(map(str, row.output_shape or ())) == shape
        assert (f"{row.params:,}", f"{row.connections:,}") == (params, connections)


def test_the_page_on_adding_a_layer_adds_one() -> None:
    """Its class, run as it stands, gives a kind that parses, binds, and counts; it is taken out again afterwards."""
    from archcalc import layers  # noqa: F401
    from archcalc.layers import normalization
    from archcalc.registry import ALIASES, KINDS

    source = next(b for b in programs("docs/add-a-layer.md", "python"))
    if "grn" in KINDS:
        pytest.fail("the page adds a kind that is there already: let it add another")
    kinds, aliases = dict(KINDS), dict(ALIASES)
    try:
        exec(compile("from __future__ import annotations\n" + source, "add-a-layer.md", "exec"), vars(normalization))
        analysis = archcalc.analyze(text="network N { input 14x14x96; grn; flatten }")
        assert analysis.diagnostics == []
        assert analysis.layers["grn_1"].params == 192
        assert analysis.derivation("grn_1", "params").text == "(1 + 1)*96 = 192"
        wrong = archcalc.analyze(text="network N { input 14x14x96; grn size=3 }")
        assert [d.code for d in wrong.diagnostics] == ["E110"]
    finally:
        KINDS.clear()
        KINDS.update(kinds)
        ALIASES.clear()
        ALIASES.update(aliases)


def test_the_python_on_the_commands_page_gives_what_its_comments_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    compared = 0
    for line in programs("docs/commands.md", "python")[0].splitlines():
        code, _, comment = line.partition("  #")
        if comment and comment.strip()[0] in "(0123456789":
            assert str(eval(code, names)) == comment.strip()
            compared += 1
        else:
            exec(code, names)
    assert compared == 4


def test_the_json_on_the_commands_page_is_a_part_of_what_is_printed() -> None:
    page = json.loads(programs("docs/commands.md", "json")[0])
    printed = json.loads(archcalc.analyze(str(ROOT / "examples" / "lenet5.arch")).to_json())
    for key in ("schema", "network", "outputs", "parameters"):
        assert page[key] == printed[key]
    assert page["inputs"] == printed["inputs"]
    assert page["expectations"][0] in printed["expectations"]
    c1 = page["layers"][0]
    for key in set(c1) - {"args", "formulas", "file"}:
        assert c1[key] == printed["layers"][0][key]
    assert c1["args"].items() <= printed["layers"][0]["args"].items()
    assert c1["formulas"].items() <= printed["layers"][0]["formulas"].items()
    assert page["totals"].items() <= printed["totals"].items()


def test_every_command_and_option_has_its_place_on_the_commands_page() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"`archcalc {command.name}" in page
        for option in command.options:
            assert any(name in page for name in option.names), f"{command.name} {option.names}"


def test_codes_that_the_documents_name_exist() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        for code in re.findall(r"\b[EW]\d{3}\b", page.read_text(encoding="utf-8")):
            assert code in CODES, f"{page.name} names {code}"


def test_the_counting_pages_tables_of_other_tools_are_the_conventions() -> None:
    from archcalc.conventions import NAMES, convention

    page = (ROOT / "docs" / "counting.md").read_text(encoding="utf-8")
    for name in NAMES[1:]:
        tool = convention(name)
        table = "".join(f"| {what} | {how} |\n" for what, how in tool.table)
        assert (
            f"### `--count {name}`: {tool.tool}\n\nIt calls them {tool.figure}. Source: {tool.source}.\n\n| what | counts |\n| --- | --- |\n{table}"
            in page
        )


def test_the_counting_pages_numbers_of_other_tools_are_those_of_the_record() -> None:
    page = (ROOT / "docs" / "counting.md").read_text(encoding="utf-8")
    parts = json.loads((ROOT / "docs" / "evidence" / "other-tools.json").read_text(encoding="utf-8"))["parts"]
    for path, found in parts["torch"]["networks"].items():
        totals = archcalc.analyze(str(ROOT / path)).totals
        tensorflow = parts["tensorflow"]["networks"][path]["tensorflow"]
        row = (totals.macs, totals.flops, tensorflow, found["torch"], found["fvcore"], found["torchinfo"])
        assert f"| {Path(path).stem} | {' | '.join(f'{n:,}' for n in row)} |\n" in page
    for way, found in parts["torch"]["attention"].items():
        assert f"| {way} | {found['torch']:,} | {found['fvcore']:,} | {found['torchinfo']:,} |\n" in page
