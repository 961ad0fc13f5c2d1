"""`use`: names of other files, where they may lie, and what may be wrong with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from running import archcalc as command

import archcalc


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project's folder, with a folder of files to use."""
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "lib").mkdir()
    (tmp_path / "nets").mkdir()
    return tmp_path


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def codes(path: str, **options: object) -> list[tuple[str, str | None]]:
    found = archcalc.analyze(path, network="N", **options).diagnostics  # type: ignore[arg-type]
    return [(d.code, os.path.basename(d.span.source.name) if d.span else None) for d in found]


def test_every_sort_of_name_comes_from_the_other_file(project: Path) -> None:
    lib = "let W = 3\ndef half(n) = n // 2\ntable T { X.\n .X }\nblock unit(c) { conv c, W x W }\nnetwork Head(k) { input 4; dense k }\n"
    write(project / "lib" / "all.arch", lib)
    main = 'use "../lib/all.arch"\nnetwork N { input 9x9x2\n conv 2, W, maps=T\n unit half(8)\n gap\n Head W }\n'
    analysis = archcalc.analyze(write(project / "nets" / "main.arch", main))
    assert analysis.diagnostics == []
    assert [row.params for row in analysis.rows] == [2 * 9 + 2, (9 * 2 + 1) * 4, 0, (4 + 1) * 3]
    assert analysis.network == "N"  # the networks of the other file are layers here, and not this file's


def test_a_block_sees_the_names_of_its_own_file(project: Path) -> None:
    write(project / "a.arch", "let W = 3\nblock unit { conv W, W }\n")
    main = 'use "a.arch"\nblock other { unit }\nnetwork N { let V = 1\n input 9x9x V\n other }\n'
    assert archcalc.analyze(write(project / "main.arch", main)).layers["other_1.unit_1.conv_1"].output_shape == (7, 7, 3)
    clash = 'use "a.arch"\nlet W = 5\nnetwork N { input 9x9x1; unit }\n'
    assert codes(write(project / "clash.arch", clash)) == [("E102", "clash.arch")]


def test_a_file_that_two_others_use_is_read_once_and_is_one_thing(project: Path) -> None:
    write(project / "base.arch", "block unit { dense 3 }\n")
    for name in "ab":
        write(project / f"{name}.arch", 'use "base.arch"\n')
    main = 'use "a.arch"\nuse "b.arch"\nuse "base.arch"\nnetwork N { input 4; unit }\n'
    assert codes(write(project / "main.arch", main)) == []


def test_two_files_with_one_name_clash_and_both_places_are_shown(project: Path) -> None:
    for name in "ab":
        write(project / f"{name}.arch", "block unit { dense 3 }\n")
    path = write(project / "main.arch", 'use "a.arch"\nuse "b.arch"\nnetwork N { input 4; unit }\n')
    (finding,) = archcalc.analyze(path).diagnostics
    assert finding.code == "E102"
    assert [os.path.basename(s.source.name) for s in (finding.span, finding.related[0][0])] == ["b.arch", "a.arch"]  # type: ignore[union-attr]


def test_mistakes_of_a_used_file_are_told_in_its_own_lines(project: Path) -> None:
    write(project / "a.arch", "block unit { dense 3 3 }\n\nlet x = 1 // 0\n")
    ran = command("check", write(project / "main.arch", 'use "a.arch"\nnetwork N { input 4; unit }\n'))
    assert ran.code == 1
    assert "a.arch:1:22" in ran.err and "a.arch:3:14" in ran.err
    assert ran.err.count("error[") == 2


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("missing.arch", "E140"), ("lib", "E140"), ("pipe.arch", "E140"), ("", "E140"), (".", "E140"), ("bytes.arch", "E001"), ("empty.arch", "E003"),
        ("../outside.arch", "E141"), ("/etc/hostname", "E141"), ("link.arch", "E141"), ("main.arch", "E142"), ("ring.arch", "E142"), ("lib/../main.arch", "E142"),
    ],
)  # fmt: skip
def test_what_cannot_be_used(project: Path, written: str, code: str) -> None:
    outside = write(project.parent / f"{project.name}-outside.arch", "block b { dense 3 }\n")
    os.mkfifo(project / "pipe.arch")
    (project / "bytes.arch").write_bytes(b"\xff\xfe")
    write(project / "empty.arch", "")
    os.symlink(outside, project / "link.arch")
    write(project / "ring.arch", 'use "main.arch"\n')
    path = write(project / "main.arch", f'use "{written}"\nnetwork N {{ input 4; dense 3 }}\n')
    assert [found for found, _ in codes(path)] == [code]
    os.remove(outside)


def test_names_of_a_file_that_cannot_be_used_are_not_missed_as_well(project: Path) -> None:
    path = write(project / "main.arch", 'use "missing.arch"\nnetwork N { input 4; bottleneck WIDTH; dense twice(3) }\n')
    assert codes(path) == [("E140", "main.arch")]


def test_another_folder_is_allowed_and_searched_when_it_is_given(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    write(other / "unit.arch", 'use "deep.arch"\nblock unit { dense D }\n')
    write(other / "deep.arch", "let D = 3\n")
    path = write(project / "main.arch", 'use "unit.arch"\nnetwork N { input 4; unit }\n')
    assert codes(path) == [("E140", "main.arch")]
    assert codes(path, include=(str(other),)) == []
    assert command("analyze", path, "-I", str(other)).code == 0
    assert command("check", path, "-I", str(project / "nowhere")).code == 2


def test_without_a_project_the_files_own_folder_is_all(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "unit.arch", "block unit { dense 3 }\n")
    path = write(tmp_path / "sub" / "main.arch", 'use "../unit.arch"\nnetwork N { input 4; unit }\n')
    assert [code for code, _ in codes(path)] == ["E141"]
    write(tmp_path / "archcalc.toml", "")
    assert codes(path) == []


def test_long_chains_of_files_end(project: Path) -> None:
    for i in range(300):
        write(project / f"f{i}.arch", f'use "f{i + 1}.arch"\n')
    path = write(project / "main.arch", 'use "f0.arch"\nnetwork N { input 4; dense 3 }\n')
    assert [code for code, _ in codes(path)] == ["E140"]


def test_standard_input_uses_files_of_the_current_folder(project: Path) -> None:
    write(project / "lib" / "unit.arch", "block unit { dense 3 }\n")
    text = b'use "lib/unit.arch"\nnetwork N { input 4; unit }\n'
    assert command("analyze", "-", stdin=text, cwd=project).code == 0
