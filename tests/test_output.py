"""Where results go: files whole or not at all, pipes that close, disks that are full; and text that cannot steer what reads it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import PROGRAMS, SECONDS, analyze_text, archcalc, environment

LENET = str(PROGRAMS / "lenet5.arch")
HOSTILE = ["</script><script>alert(1)</script>", "); import os", "=cmd|'/c'!A1", "+1", "-1", "@SUM(A1)", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a|b`c*d_e[f]",
           "\\input{x}%$&#^~", "<img src=x onerror=alert(1)>", "\u202eevil", "{{7*7}}", "\x9b31m", "\t=1+1"]  # fmt: skip


def program(label: str) -> str:
    return f'network N {{\n input 4\n "{label}": dense 3\n "{label}": dense 2\n}}\n'


@pytest.mark.parametrize("label", HOSTILE)
@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown", "latex"])
def test_a_name_cannot_steer_what_reads_it(label: str, form: str) -> None:
    ran = analyze_text(program(label), "--format", form)
    assert ran.code == 1  # one label twice, so that it is in a diagnostic too
    for text in (ran.out, ran.err):
        if form != "json":
            assert not any(ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160 or c == "\u202e" for c in text), repr(text)
    if form == "csv":
        for row in csv.reader(io.StringIO(ran.out)):
            assert not row[0].lstrip("'").startswith(("=", "+", "@", "\t")) or row[0].startswith("'")
            assert len(row) == 12
    if form == "json":
        assert "\x1b" not in ran.out and label in {layer["name"] for layer in json.loads(ran.out)["layers"]}
    if form == "markdown":
        assert "<" not in ran.out.replace("\\<", "") and len({line.replace("\\|", "").count("|") for line in ran.out.splitlines()}) == 1
    if form == "latex":
        assert "\\input" not in ran.out and ran.out.count("\\\\") == 4
        assert all(c not in ran.out.replace("\\" + c, "") for c in "%#")


def test_the_output_file_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    ran = archcalc("analyze", LENET, "--format", "json", "-o", str(target))
    assert ran.code == 0 and not ran.out
    assert json.loads(target.read_text())["network"] == "LeNet5"
    assert os.listdir(tmp_path) == ["out.json"]
    assert archcalc("analyze", LENET, "--color", "always", "-o", str(target)).code == 0
    assert "\x1b" not in target.read_text()


def test_a_link_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "real.txt", tmp_path / "link.txt"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    assert archcalc("analyze", LENET, "-o", str(link)).code == 0
    assert link.is_symlink() and "LeNet5" in target.read_text() and target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("where", ["missing/out.txt", "file.txt/out.txt", ".", "/proc/nope/out.txt", "/dev/full"])
def test_where_nothing_can_be_written_the_command_says_so(where: str, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("old")
    ran = archcalc("analyze", LENET, "-o", where if where.startswith("/") else str(tmp_path / where))
    assert ran.code == 2 and len(ran.err.splitlines()) == 1 and "cannot be written" in ran.err
    assert (tmp_path / "file.txt").read_text() == "old" and os.listdir(tmp_path) == ["file.txt"]


def test_an_old_file_stays_whole_where_the_new_one_does_not_fit(tmp_path: Path) -> None:
    """The size of files is limited, as on a full disk."""
    target = tmp_path / "out.json"
    target.write_text("old")
    code = "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))"
    code += "; sys.dont_write_bytecode = True; from archcalc.cli import main; raise SystemExit(main(sys.argv[1:]))"
    words = [sys.executable, "-c", code, "analyze", LENET, "--format", "json", "-o", str(target)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(), timeout=SECONDS, check=False)
    assert done.returncode == 2 and "cannot be written" in done.stderr and "Traceback" not in done.stderr
    assert target.read_text() == "old" and os.listdir(tmp_path) == ["out.json"]


def test_a_file_that_must_not_be_written_is_not_replaced(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anything")
    target = tmp_path / "out.txt"
    target.write_text("old")
    target.chmod(0o444)
    assert archcalc("analyze", LENET, "-o", str(target)).code == 2
    assert target.read_text() == "old" and os.listdir(tmp_path) == ["out.txt"]


def test_a_full_disk_behind_standard_output_exits_with_2() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "archcalc", "analyze", LENET],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            timeout=SECONDS,
            check=False,
        )
    assert done.returncode == 2 and "cannot" in done.stderr and "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


def test_a_reader_that_stops_reading_is_no_traceback() -> None:
    text = "network N { input 4\n" + "relu\n" * 5_000 + "}\n"
    first = subprocess.Popen(
        [sys.executable, "-m", "archcalc", "analyze", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert first.stdin and first.stdout and first.stderr
    first.stdin.write(text.encode())
    first.stdin.close()
    assert first.stdout.readline().startswith(b"N")
    first.stdout.close()
    errors = first.stderr.read().decode()
    first.stderr.close()
    assert first.wait(SECONDS) in (0, 1, 141) and "Traceback" not in errors and "Exception ignored" not in errors


@pytest.mark.parametrize("stream", [1, 2])
def test_closed_standard_streams_are_no_traceback(stream: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "archcalc", "analyze", LENET], capture_output=True, text=True, env=environment(), timeout=SECONDS, check=False,
        preexec_fn=lambda: os.close(stream),
    )  # fmt: skip
    assert done.returncode in (0, 1, 2) and "Traceback" not in done.stderr + done.stdout


def test_an_interrupt_exits_with_130() -> None:
    text = "def f(n) = 1 if n == 0 else f(n - 1) + f(n - 1)\nnetwork N { input 4; " + "dense f(30); " * 50 + "}\n"
    running = subprocess.Popen(
        [sys.executable, "-m", "archcalc", "analyze", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert running.stdin
    running.stdin.write(text.encode())
    running.stdin.close()
    running.stdin = None
    time.sleep(0.7)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=SECONDS)
    assert running.returncode == 130 and b"Traceback" not in errors


USING = 'use "blocks.arch"\nnetwork N {\n input 8x8x1\n b 2\n}\n'
BLOCKS = "block b(c) { conv c, 3x3 }\n"


@pytest.mark.parametrize("command", ["analyze", "report", "draw", "codegen", "diff"])
def test_nothing_is_written_over_a_file_that_is_used(tmp_path: Path, command: str) -> None:
    main, blocks, link = tmp_path / "main.arch", tmp_path / "blocks.arch", tmp_path / "out.txt"
    main.write_text(USING)
    blocks.write_text(BLOCKS)
    link.symlink_to(blocks)
    other = [LENET] if command == "diff" else []
    for out in (link, main):
        ran = archcalc(command, *other, str(main), "-o", str(out))
        assert ran.err == f"archcalc: {out} is what is read: it would be lost\n"
        assert ran.code == 2
        assert (main.read_text(), blocks.read_text()) == (USING, BLOCKS)


@pytest.mark.parametrize(("command", "name", "better"), [
    ("draw", "net.png", "net.svg"), ("draw", "net.PDF", "net.svg"), ("draw", "net.html", "net.svg"), ("report", "net.v2.pdf", "net.v2.html"),
    ("report", "net.svg", "net.html"), ("report", "net.arch", "net.html"),
])  # fmt: skip
def test_a_picture_or_page_is_not_called_what_it_is_not(tmp_path: Path, command: str, name: str, better: str) -> None:
    ran = archcalc(command, LENET, "-o", str(tmp_path / name))
    assert ran.code == 2 and f"write `-o {tmp_path / better}`" in ran.err
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize(
    ("command", "name"), [("draw", "net.svg"), ("draw", "net"), ("draw", "net.v2"), ("report", "net.htm"), ("report", "n.HTML")]
)
def test_other_names_are_taken_as_they_are(tmp_path: Path, command: str, name: str) -> None:
    assert archcalc(command, LENET, "-o", str(tmp_path / name)).code == 0
    assert os.listdir(tmp_path) == [name]
