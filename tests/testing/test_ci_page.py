"""The page on CI: its files are written as it says, and its commands run; what they print is what it shows."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from running import ROOT, environment

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
FILES = {name: body for _, name, body in re.findall(r"^```(\w+)\n# (\S+\.\w+)\n(.*?)^```$", PAGE, re.S | re.M)}
COMMANDS = [block.partition("\n") for block in re.findall(r"^```console\n\$ (.*?)^```$", PAGE, re.S | re.M)]
RUNS = re.findall(r"- run: (.*)", PAGE)
PROGRAMS = {"archcalc": [sys.executable, "-m", "archcalc"], "python": [sys.executable]}
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "archcalc.testing.plugin"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the page's files."""
    folder = tmp_path_factory.mktemp("project")
    for name, body in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}\n{body}", encoding="utf-8")
    return folder


def run(project: Path, command: str) -> subprocess.CompletedProcess[str]:
    """A command of the page, as a shell would run it, with archcalc from here."""
    words = [str(p) for word in shlex.split(command) for p in (sorted(project.glob(word)) if "*" in word else [word])]
    started = [*(PYTEST if words[0] == "pytest" else PROGRAMS[words[0]]), *words[1:]]
    return subprocess.run(
        started, cwd=project, env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"), capture_output=True, text=True, timeout=300, check=False
    )


def test_the_page_has_its_files_and_commands() -> None:
    assert set(FILES) == {
        "networks/blocks.arch", "networks/classifier.arch", ".github/workflows/networks.yml", ".pre-commit-config.yaml", "pyproject.toml", "archcalc.toml",
        "tests/test_networks.py", "tests/test_stage.py", "tests/test_my_tool.py",
    }  # fmt: skip
    assert len(COMMANDS) == 4


@pytest.mark.parametrize("block", COMMANDS, ids=lambda block: block[0])
def test_a_command_prints_what_the_page_shows(project: Path, block: tuple[str, str, str]) -> None:
    command, _, shown = block
    done = run(project, command)
    printed = re.sub(r" +\[ *\d+%\]", "", done.stdout + done.stderr)
    printed = re.sub(r"\d+ s$", "1 s", printed, flags=re.M)
    for line in shown.splitlines():
        assert line in printed, printed
    assert done.returncode == (1 if "error" in shown else 0)


def test_what_ci_runs_succeeds_with_all_of_the_pages_tests(project: Path) -> None:
    install, check, test = RUNS
    assert install == 'pip install "${ARCHCALC}[testing]"'
    assert run(project, check).returncode == 0
    done = run(project, test)
    assert done.returncode == 0, done.stdout
    assert "8 passed" in done.stdout


def test_the_hook_checks_each_file_that_it_is_given(project: Path) -> None:
    hook = FILES[".pre-commit-config.yaml"]
    entry = re.search(r"entry: (.*)", hook)
    assert entry is not None
    assert run(project, f"{entry[1]} networks/classifier.arch").returncode == 0
    pattern = re.search(r"files: (.*)", hook)
    assert pattern is not None
    assert re.search(pattern[1], "networks/classifier.arch")


def test_a_file_of_blocks_is_what_the_page_says(project: Path) -> None:
    (project / "networks" / "only.txt").write_text("block unit(c) { conv c, 3x3 }\n", encoding="utf-8")
    done = run(project, "archcalc check networks/only.txt")
    assert done.returncode == 1
    assert "E108" in done.stderr
