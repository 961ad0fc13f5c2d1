"""The pytest plugin: which files it collects, and what it says of them. Each test runs pytest in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from running import ROOT, Ran, environment

RIGHT = """\
network Right {
    input 8x8x1
    C: conv 4, 3x3
    expect C.params == 40 and total.params == 40
    expect C.macs == 36 * 36
}
"""
WRONG = """\
block unit(c) { conv c, 3x3, same; relu }

network Wrong {
    input 8x8x1
    unit 4
    expect total.params == 41
    expect unit_1.conv_1.shape == (8, 8, 4)
    expect nothing.params == 3
}

network Free(H, W) {
    input H x W x 1
    unit 4
    expect total.params == 40
    expect total.units == 400
}
"""


def pytest_runs(folder: Path, *words: str, plugin: str = "archcalc.testing.plugin") -> Ran:
    """Only with the plugin that is named, whether or not archcalc is installed here and brings its own along."""
    command = [sys.executable, "-m", "pytest", "-p", plugin, "-p", "no:cacheprovider", "--rootdir", str(folder), *words]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "right.arch").write_text(RIGHT, encoding="utf-8")
    return tmp_path


def test_nothing_is_collected_unasked(folder: Path) -> None:
    assert pytest_runs(folder).code == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("words", [("--archcalc",), ("-o", "archcalc_files=*.arch"), ("--archcalc", "right.arch")])
def test_networks_and_expectations_are_tests(folder: Path, words: tuple[str, ...]) -> None:
    ran = pytest_runs(folder, "-v", *words)
    assert ran.code == 0
    for name in ("no mistake", "expect C.params == 40 and total.params == 40 (line 4)", "expect C.macs == 36 * 36 (line 5)"):
        assert f"right.arch::Right::{name} PASSED" in ran.out
    assert "3 passed" in ran.out


def test_the_settings_say_which_files(folder: Path) -> None:
    (folder / "nets").mkdir()
    (folder / "nets" / "more.arch").write_text(RIGHT.replace("Right", "More"), encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\narchcalc_files = nets/*.arch\n", encoding="utf-8")
    ran = pytest_runs(folder, "-v", "--strict-config")
    assert "More" in ran.out
    assert "right.arch" not in ran.out


def test_a_failure_has_its_place_and_both_sides(folder: Path) -> None:
    (folder / "wrong.arch").write_text(WRONG, encoding="utf-8")
    ran = pytest_runs(folder, "--archcalc", "-v", "wrong.arch", "-rs")
    assert ran.code == 1
    assert "wrong.arch::Wrong::no mistake PASSED" in ran.out
    assert "expected `total.params == 41`, but 40 == 41 does not hold" in ran.out
    assert "--> wrong.arch:6:12" in ran.out
    assert "wrong.arch::Wrong::expect unit_1.conv_1.shape == (8, 8, 4) (line 7) PASSED" in ran.out
    assert "there is nothing called `nothing` here" in ran.out
    assert "3 failed, 4 passed" in ran.out
    assert "plugin.py" not in ran.out.partition("short test summary")[0]  # no traceback


def test_expectations_of_free_sizes_hold_for_all_of_them_or_are_undecided(folder: Path) -> None:
    (folder / "wrong.arch").write_text(WRONG, encoding="utf-8")
    ran = pytest_runs(folder, "--archcalc", "-v", "-k", "Free")
    assert ran.code == 1
    assert "wrong.arch::Free::no mistake PASSED" in ran.out
    assert "expect total.params == 40 (line 14) PASSED" in ran.out
    assert "which depends on what is free: `H`, `W`" in ran.out
    assert "1 failed, 2 passed" in ran.out


def test_a_free_size_of_a_network_that_another_uses_has_its_value(folder: Path) -> None:
    text = "network Part(H, W) { input H x W x 1; conv 2, 3x3 }\nnetwork All { input 8x8x1; Part; expect total.params == 20 }\n"
    (folder / "parts.arch").write_text(text, encoding="utf-8")
    ran = pytest_runs(folder, "--archcalc", "-v", "parts.arch")
    assert ran.code == 0
    assert "2 passed" in ran.out
    assert "Part::" not in ran.out


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"block unit(c) { conv c, 3x3; relu }\n", 0, "1 passed"),
        (b"network N {\n input 4x4x1\n conv 3, 3x3 {\n", 1, "a `}` is missing"),
        (b"\xff\xfe\x00", 1, "not UTF-8 text"),
        (b"", 1, "the file is empty"),
        (b"network N {\n input 4x4x1\n konv 3, 3x3\n expect total.params == 3\n}\n", 1, "did you mean `conv`?"),
    ],
    ids=["blocks", "syntax", "bytes", "empty", "kind"],
)
def test_files_without_a_network_that_can_be_read(folder: Path, content: bytes, code: int, said: str) -> None:
    (folder / "other.arch").write_bytes(content)
    ran = pytest_runs(folder, "--archcalc", "other.arch")
    assert ran.code == code
    assert said in ran.out
    assert "INTERNALERROR" not in ran.out


def test_a_folder_that_is_called_like_a_file_is_none(folder: Path) -> None:
    (folder / "more.arch").mkdir()
    assert "3 passed" in pytest_runs(folder, "--archcalc").out


def test_files_that_networks_use_may_lie_in_folders_of_the_settings(folder: Path) -> None:
    (folder / "project").mkdir()
    (folder / "blocks").mkdir()
    (folder / "blocks" / "unit.arch").write_text("block unit(c) { conv c, 3x3 }\n", encoding="utf-8")
    (folder / "project" / "net.arch").write_text('use "unit.arch"\nnetwork N { input 8x8x1; unit 4 }\n', encoding="utf-8")
    (folder / "project" / "pyproject.toml").write_text("", encoding="utf-8")
    assert pytest_runs(folder, "--archcalc", "project/net.arch").code == 1
    (folder / "pytest.ini").write_text("[pytest]\narchcalc_include = blocks\n", encoding="utf-8")
    assert pytest_runs(folder, "--archcalc", "project/net.arch").code == 0


def test_names_select_tests(folder: Path) -> None:
    assert "1 passed, 2 deselected" in pytest_runs(folder, "--archcalc", "-k", "macs").out
    assert "3 passed" in pytest_runs(folder, "--archcalc", "-k", "Right").out


def test_it_runs_in_several_processes(folder: Path) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    (folder / "wrong.arch").write_text(WRONG, encoding="utf-8")
    ran = pytest_runs(folder, "-p", "xdist", "--archcalc", "-n", "2")
    assert "3 failed, 7 passed" in ran.out


def test_loading_it_needs_neither_hypothesis_nor_numpy_nor_the_language() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import archcalc.testing.plugin; new = set(sys.modules) - before; "
        "print(sorted({n.partition('.')[0] for n in new} & {'hypothesis', 'numpy', 'keras', 'lark', 'jinja2'}), "
        "[n for n in new if n.startswith(('archcalc.layers', 'archcalc.syntax', 'archcalc.engine'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[] []"


def test_the_package_names_it_for_pytest() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"archcalc": "archcalc.testing.plugin"}
    assert {word.partition(">")[0] for word in project["optional-dependencies"]["testing"]} == {"pytest", "hypothesis"}
