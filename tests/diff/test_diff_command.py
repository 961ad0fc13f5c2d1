"""`archcalc diff`: exit codes, forms, sides, and whatever may be put in."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from running import ROOT, SECONDS, archcalc, environment

OLD = """network N(classes = 10) {
    input 28x28x1
    c1: conv 6, 5x5, relu
    p1: maxpool 2x2
    c2: conv 16, 5x5, relu
    flatten
    out: dense classes, softmax
}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "old.arch").write_text(OLD)
    return tmp_path


def diff(here: Path, text: str | None, *words: str, a: str = "old.arch", b: str = "new.arch", **env: str):
    if text is not None:
        (here / "new.arch").write_text(text)
    return archcalc("diff", a, b, *words, cwd=here, **env)


def test_equal_networks_differ_in_nothing(here: Path) -> None:
    for text in (OLD, OLD.replace("    ", "  ").replace("conv 6, 5x5", "conv filters=6, kernel=5") + "# a comment\n"):
        ran = diff(here, text)
        assert (ran.code, ran.err) == (0, "") and "no difference in the network" in ran.out


def test_a_difference_is_exit_code_1(here: Path) -> None:
    ran = diff(here, OLD.replace("5x5, relu\n    p1", "3x3, relu\n    p1"))
    assert (ran.code, ran.err) == (1, "")
    assert " 1. c1: kernel 5x5 -> 3x3  (line 3)" in ran.out
    assert " after c1: 24x24x6 -> 26x26x6" in ran.out
    assert re.search(r"~  flatten_1 \(flatten\) +1024 -> 1296", ran.out)
    assert re.search(r"~  out \(dense\) +10,250 -> 12,970", ran.out)
    assert re.search(r"Parameters +12,822 +15,446 +\+2,624 +\+20.5 %", ran.out)


def test_a_rename_is_a_note_unless_strict(here: Path) -> None:
    text = OLD.replace("c1:", "first:").replace("N(", "Net(")
    ran = diff(here, text)
    assert ran.code == 0 and "Renamed: c1 -> first" in ran.out and "is called Net, and was N" in ran.out
    assert diff(here, text, "--strict").code == 1
    assert diff(here, OLD, "--strict").code == 0


def test_the_forms(here: Path) -> None:
    text = OLD.replace("conv 16", "conv 32")
    data = json.loads(diff(here, text, "--format", "json").out)
    assert data["schema"] == "archcalc/diff/1" and not data["same"]
    (cause,) = data["causes"]
    assert cause["details"] == {"filters": {"before": 16, "after": 32}} and cause["layers"] == [{"before": "c2", "after": "c2"}]
    by_name = {layer["after"]: layer for layer in data["layers"]}
    assert by_name["out"]["cause"] is None and by_name["out"]["follows"] == [1] and by_name["out"]["text"] == "after c2: 8x8x16 -> 8x8x32"
    assert by_name["out"]["figures"]["params"] == {"before": 10250, "after": 20490}
    assert data["totals"]["params"]["difference"] == 12656 and data["unchanged"] == 3
    page = diff(here, text, "--format", "markdown").out
    assert page.startswith("### N (old.arch) → N (new.arch)\n") and "<details><summary>2 layers changed with this</summary>\n\n|" in page
    assert "| ~ | c2 (conv) | 8x8x16 → 8x8x32 | 2,416 → 4,832 |" in page and "1. c2: filters 16 → 32 (line 5)" in page
    assert diff(here, text, "--columns", "macs,trainable,receptive_field").out.count("Trainable") == 2
    assert diff(here, text, "-o", "out.txt").out == "" and (here / "out.txt").read_text() == diff(here, text).out


def test_colours_tell_what_is_new_gone_and_changed(here: Path) -> None:
    text = OLD.replace("    p1: maxpool 2x2\n", "").replace("flatten\n", "flatten\n dropout 0.5\n")
    assert "\x1b" not in diff(here, text).out
    out = diff(here, text, "--color", "always").out
    assert all(code in out for code in ("\x1b[32m +", "\x1b[31m -", "\x1b[33m ~"))
    assert re.sub(r"\x1b\[[0-9;]*m", "", out) == diff(here, text).out


def test_what_is_given_for_one_side(here: Path) -> None:
    ran = diff(here, OLD, "-p", "B:classes=5")
    assert (
        ran.code == 1 and " 1. parameter classes 10 -> 5" in ran.out and "after classes: 10 -> 5" in ran.out and "units 10 -> 5" in ran.out
    )
    assert diff(here, OLD, "-p", "classes=5").code == 0
    assert diff(here, OLD, "-p", "A:classes=5", "-p", "B:classes=5").code == 0
    ran = diff(here, OLD, "--input", "B:32x32x3")
    assert ran.code == 1 and "input: size 28x28x1 -> 32x32x3" in ran.out
    assert diff(here, OLD, "--input", "32x32x3").code == 0
    assert diff(here, OLD, "-p", "B:none=5").code == 2


def test_two_networks_of_one_file(here: Path) -> None:
    (here / "two.arch").write_text(OLD + OLD.replace("N(", "M(").replace("conv 6", "conv 8"))
    ran = diff(here, None, "--network", "N", "--network", "M", a="two.arch", b="two.arch")
    assert ran.code == 1 and "c1: filters 6 -> 8" in ran.out and ran.out.startswith("N (two.arch) -> M (two.arch)")
    assert diff(here, None, "--network", "N", a="two.arch", b="two.arch").code == 0
    assert diff(here, None, a="two.arch", b="two.arch").code == 2
    assert diff(here, None, *["--network", "N"] * 3, a="two.arch", b="two.arch").code == 2


def test_standard_input_and_pipes(here: Path) -> None:
    new = OLD.replace("conv 16", "conv 32")
    assert archcalc("diff", "-", "old.arch", stdin=new.encode(), cwd=here).code == 1
    assert archcalc("diff", "old.arch", "-", stdin=OLD.encode(), cwd=here).code == 0
    ran = archcalc("diff", "-", "-", stdin=OLD.encode(), cwd=here)
    assert ran.code == 2 and "can be read once" in ran.err
    (here / "new.arch").write_text(new)
    line = f"{sys.executable} -m archcalc diff <(cat old.arch) new.arch"
    done = subprocess.run(["bash", "-c", line], cwd=here, env=environment(), capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 1 and b"filters 16 -> 32" in done.stdout, done


def test_mistakes(here: Path) -> None:
    ran = diff(here, OLD.replace("conv 16", "cnov 16"))
    assert ran.code == 1 and "E101" in ran.err and "second network has a mistake" in ran.err and not ran.out
    ran = diff(here, OLD.replace("flatten", "flatten\n expect total.params == 1"))
    assert ran.code == 1 and "E401" in ran.err and "no difference" in ran.out  # the network is known all the same
    assert diff(here, OLD, b="nope.arch").code == 2
    assert diff(here, OLD, "--columns", "nope").code == 2
    assert diff(here, OLD, "--columns", "macs", "--format", "json").code == 2
    ran = diff(here, OLD, "-o", "old.arch")
    assert ran.code == 2 and "would be lost" in ran.err and (here / "old.arch").read_text() == OLD
    assert archcalc("diff", "old.arch", cwd=here).code == 2


HOSTILE = "<script>alert(1)</script>|`*_@someone [x](javascript:y) https://e.example \u202e[31m"


def test_names_stay_text(here: Path) -> None:
    text = OLD.replace("c1:", f'"{HOSTILE}":').replace("conv 6", "conv 8")
    ran = diff(here, text)
    assert ran.code == 1 and "\x1b" not in ran.out and "\u202e" not in ran.out
    page = diff(here, text, "--format", "markdown").out
    assert (
        "\\<script\\>" in page
        and not re.search(r"(?<!\\)<(?!/?details|/?summary|!--)", page)
        and "@someone" not in page
        and "https://" not in page
    )
    assert "\u202e" not in page and "\\[x\\](" in page
    tables = [line for line in page.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in tables} <= {8, 6}  # no name opens a cell of its own
    assert json.loads(diff(here, text, "--format", "json").out)["renamed"][0]["after"] == HOSTILE


def test_control_characters_of_a_name_do_not_reach_a_terminal(here: Path) -> None:
    ran = archcalc("diff", "-", "old.arch", stdin=OLD.replace("c1:", '"a\x1b[31mb":').encode(), cwd=here)
    assert "\x1b" not in ran.out + ran.err


def test_tables_of_one_name_with_other_entries(here: Path) -> None:
    table = "table T {\n X.\n .X\n XX\n}\n"
    net = "network N { input 8x8x3; conv 2, 3x3, maps=T; flatten; dense 2 }\n"
    (here / "old.arch").write_text(table + net)
    ran = diff(here, table.replace(" X.\n", " XX\n", 1) + net)
    assert ran.code == 1 and "maps T as it was -> T with other entries" in ran.out
    assert diff(here, table.replace("T", "U") + net.replace("T", "U")).code == 0


def test_layout_dtype_and_training(here: Path) -> None:
    ran = diff(here, OLD.replace("input", "dtype float16\n    input"))
    assert ran.code == 1 and "dtype float32 -> float16" in ran.out
    assert "changed in activation memory" in ran.out
    trained = OLD.rstrip("}\n") + "\n train { optimizer sgd, 0.1; data random }\n}\n"
    ran = diff(here, trained)
    assert ran.code == 1 and "optimizer none -> sgd" in ran.out
    assert "Training memory" in ran.out


def test_free_sizes_are_compared_as_formulas(here: Path) -> None:
    free = "network N(H) { input H x H x 1; conv 6, 5x5; maxpool 2x2; flatten }\n"
    (here / "old.arch").write_text(free)
    assert diff(here, free).code == 0
    ran = diff(here, free.replace("conv 6", "conv 8"))
    assert ran.code == 1 and "filters 6 -> 8" in ran.out
    data = json.loads(diff(here, free.replace("conv 6", "conv 8"), "--format", "json").out)
    assert data["totals"]["macs"]["difference"] is None and isinstance(data["totals"]["macs"]["after"], str)


def test_git_show_as_one_side(here: Path) -> None:
    """What a hook or a pull request does: the committed file against the one that is there."""

    def run(*words: str) -> None:
        subprocess.run(words, cwd=here, check=True, capture_output=True, env={**os.environ, "HOME": str(here)})

    run("git", "init", "-q")
    run("git", "add", "old.arch")
    run("git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x")
    (here / "old.arch").write_text(OLD.replace("conv 16", "conv 32"))
    line = f"{sys.executable} -m archcalc diff --format markdown <(git show HEAD:old.arch) old.arch"
    done = subprocess.run(["bash", "-c", line], cwd=here, env=environment(), capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 1 and "filters 16 → 32" in done.stdout.decode()


def test_the_package_has_the_schema() -> None:
    assert (ROOT / "archcalc" / "diff.schema.json").exists()
