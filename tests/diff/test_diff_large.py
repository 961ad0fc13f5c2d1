"""Large networks: bounded time and memory, whatever they have in common."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from running import archcalc

KINDS = ("conv 4, 3x3, same", "relu", "bn", "dropout 0.5", "maxpool 3x3, /1, same", "conv 8, 3x3, same", "conv 4, 1x1")
MANY, FEWER = 20_000, 10_000


def lines(seed: int, count: int = MANY, label: str = "") -> list[str]:
    chance = random.Random(seed)
    return [(f"{label}{i}: " if label else "") + chance.choice(KINDS) for i in range(count)]


def compare(here: Path, one: list[str], two: list[str]) -> tuple[int, str]:
    """What `diff` finds, in a process with limits on time and memory."""
    for name, body in (("a", one), ("b", two)):
        (here / f"{name}.arch").write_text("network N {\n input 8x8x4\n " + "\n ".join(body) + "\n}\n")
    ran = archcalc("diff", "a.arch", "b.arch", cwd=here)
    assert not ran.err
    return ran.code, ran.out


def test_nothing_in_common(tmp_path: Path) -> None:
    code, out = compare(tmp_path, ["relu"] * FEWER, ["flatten", *["dense 3"] * (FEWER - 1)])
    assert code == 1 and "2 edits" in out and "--all lists them" in out


def test_unrelated_ones_of_the_same_kinds(tmp_path: Path) -> None:
    assert compare(tmp_path, lines(1), lines(2))[0] == 1


def test_ten_thousand_renamed(tmp_path: Path) -> None:
    code, out = compare(tmp_path, lines(1, 10_000, "l"), lines(1, 10_000, "m"))
    assert code == 0 and "Renamed: l0 -> m0, l1 -> m1, " in out and "and 9,994 more" in out


def test_one_more_layer_in_the_middle_of_equal_ones(tmp_path: Path) -> None:
    code, out = compare(tmp_path, ["relu"] * FEWER, [*["relu"] * 4_000, "gelu", *["relu"] * 6_000])
    assert code == 1 and "1 edit\n" in out and "gelu_1: new" in out


def test_many_edits_in_a_large_network(tmp_path: Path) -> None:
    body = lines(3, 6_000)
    more = list(body)
    for at in range(5_900, 0, -97):
        more.insert(at, "gelu")
    code, out = compare(tmp_path, body, more)
    assert code == 1 and "61 edits\n" in out


def test_every_layer_edited_in_a_large_network(tmp_path: Path) -> None:
    body = lines(3, 6_000)
    code, out = compare(tmp_path, body, [line.replace("conv 4", "conv 6").replace("conv 8", "conv 12") for line in body])
    edited = sum("conv" in line for line in body)
    before = next(i for i, line in enumerate(body) if "conv" in line)  # layers that nothing flows into that was edited
    assert code == 1 and f" {edited:,} edits; {6_000 - edited - before:,} layers changed with them" in out


@pytest.mark.parametrize("text", ["add { " + "branch { dense 4 } " * 9_000 + "}", "concat { " + "branch { dense 4 } " * 9_000 + "}"])
def test_a_wide_merge(tmp_path: Path, text: str) -> None:
    one = f"network N {{ input 4; {text} }}"
    (tmp_path / "a.arch").write_text(one)
    (tmp_path / "b.arch").write_text(
        one.replace("dense 4", "dense 4, relu", 1).replace("branch { dense 4 } }", "branch { dense 4 } branch { } }")
    )
    ran = archcalc("diff", "a.arch", "b.arch", cwd=tmp_path)
    assert ran.code == 1 and "activation" in ran.out and len(ran.out) < 100_000


def test_lists_that_double(tmp_path: Path) -> None:
    """A parameter's value of 2**40 entries, all of them the same ones."""
    head = "let a0 = [1]\n" + "".join(f"let a{i} = [a{i - 1}, a{i - 1}]\n" for i in range(1, 40))
    for name, last in (("a", "a39"), ("b", "a38")):
        (tmp_path / f"{name}.arch").write_text(head + f"network N(p = {last}) {{ input 4; dense 2 }}\n")
    ran = archcalc("diff", "a.arch", "b.arch", cwd=tmp_path)
    assert ran.code in (0, 1)


def test_blocks_in_blocks(tmp_path: Path) -> None:
    head = "block b0 { relu }\n" + "".join(f"block b{i} {{ b{i - 1} }}\n" for i in range(1, 1_000))
    (tmp_path / "a.arch").write_text(head + "network N { input 4; b999 }\n")
    (tmp_path / "b.arch").write_text(head.replace("relu", "tanh") + "network N { input 4; b999 }\n")
    assert archcalc("diff", "a.arch", "b.arch", cwd=tmp_path).code == 1
