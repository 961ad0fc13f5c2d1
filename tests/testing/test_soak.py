"""The soak: what it counts and writes, processes that die, and programs made smaller."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from running import Ran, environment

import archcalc
from archcalc.testing import soak as soaking
from archcalc.testing.__main__ import main
from archcalc.testing.shrinking import shrink
from archcalc.testing.soak import Soak
from archcalc.verify import VerifyError

COMMAND = [sys.executable, "-m", "archcalc.testing", "soak", "--by", "numpy"]


def soak(*words: str) -> Ran:
    done = subprocess.run([*COMMAND, *words], env=environment(), capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def test_it_writes_what_it_compared(tmp_path: Path) -> None:
    out = tmp_path / "soak.json"
    ran = soak("--n", "12", "--seed", "3", "-o", str(out))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[-1].startswith("12 of 12 networks, 0 differences, ")
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["command"] == f"python -m archcalc.testing soak --by numpy --n 12 --seed 3 -o {out}"
    assert (found["schema"], found["complete"], found["networks"], found["seed"]) == ("archcalc/soak/1", True, 12, 3)
    assert found["ways"] == ["archcalc", "numpy"]
    assert found["layers"] == sum(found["kinds"].values()) > 12
    assert found["comparisons"]["output shape by NumPy"] > 12
    assert found["comparisons"]["connections by NumPy"] > 12
    assert found["differences"] == []
    assert {"python", "archcalc", "numpy", "machine", "seconds"} <= set(found)


def test_the_same_seed_compares_the_same(tmp_path: Path) -> None:
    one, other = (json.loads(soak("--n", "3", "--seed", "5").out) for _ in range(2))
    for document in (one, other):
        del document["seconds"]
    assert one == other


@pytest.mark.parametrize("words", [("--n", "0"), ("--n", "many"), ("--seed", "x"), ("--backend", "mxnet"), ("--by", "torch"), ("extra",)])
def test_a_wrong_command_line_is_a_usage_error(words: tuple[str, ...]) -> None:
    assert soak(*words).code == 2


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    ran = soak("--n", "1", "-o", str(tmp_path / "none" / "soak.json"))
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_keras_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(soaking.importlib.util, "find_spec", lambda name: None)
    assert main(["soak", "--n", "1"]) == 2
    assert "this needs keras: pip install keras tensorflow; `--by numpy` does without" in capsys.readouterr().err


def test_interrupted_it_writes_what_it_has(tmp_path: Path) -> None:
    out = tmp_path / "soak.json"
    with subprocess.Popen([*COMMAND, "--n", "1000000", "-o", str(out)], env=environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "of 1,000,000 networks" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
    assert process.returncode == 130
    assert "interrupted: what was found so far is written" in said
    found = json.loads(out.read_text(encoding="utf-8"))
    assert not found["complete"]
    assert found["networks"] > 0
    assert [p.name for p in tmp_path.iterdir()] == ["soak.json"]


def network(number: int, **more: Any) -> dict[str, Any]:
    said = {"kinds": {"dense": 1}, "compared": {}, "known": [], "without_keras": "", "differences": [], "smaller": ""}
    return {"event": "network", "number": number, "program": f"network {number}", **said, **more}


def dies(at: int) -> Callable[..., None]:
    """In place of the child: it dies while it is at one number, each time that it gets there."""

    def follow(command: list[str], folder: Path, environment: Any, timeout: float, each: Callable[[dict[str, Any]], None]) -> None:
        job = json.loads(command[-1])
        for number in range(job["first"], job["last"]):
            each({"event": "started", "number": number, "program": f"network {number}"})
            if number == at:
                raise VerifyError("the training process was killed by SIGABRT: F tensor.cc")
            each(network(number))

    return follow


def test_a_process_that_dies_is_a_difference_and_the_others_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soaking, "follow", dies(4))
    run, said = Soak(10, ways=("numpy",)), []
    run.run(said.append)
    assert said == ["network 4: the network: process was killed by SIGABRT: F tensor.cc"]
    (difference,) = run.differences
    assert (difference["number"], difference["program"]) == (4, "network 4")
    assert difference["found"] == [{"layer": "", "what": "process", "says": "was killed by SIGABRT: F tensor.cc"}]
    assert run.done == 10
    assert run.kinds == {"dense": 9}


def test_a_process_that_cannot_start_is_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    def follow(*_: Any) -> None:
        raise VerifyError("the training process died with exit status 1: no module")

    monkeypatch.setattr(soaking, "follow", follow)
    with pytest.raises(VerifyError, match="no module"):
        Soak(3, ways=("numpy",)).run()


def test_what_is_found_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [
        network(0, known=["sparsemax"], compared={"macs by NumPy": 3}),
        network(1, without_keras="no code", differences=[["C (conv)", "values", "1 and 2"]], smaller="network"),
        {"event": "refusal", "number": 1, "program": "p", "differs": True, "archcalc": "E301", "keras": "", "skipped": "", "known": ""},
        {"event": "refusal", "number": 1, "program": "p", "differs": False, "archcalc": "", "keras": "", "skipped": "why", "known": ""},
        {"event": "refusal", "number": 1, "program": "p", "differs": False, "archcalc": "E1", "keras": "", "skipped": "", "known": "so"},
        {"event": "refusal", "number": 1, "program": "p", "differs": False, "archcalc": "E1", "keras": "no", "skipped": "", "known": ""},
        {"event": "refusal", "number": 1, "program": "p", "differs": False, "archcalc": "", "keras": "", "skipped": "", "known": ""},
    ]
    monkeypatch.setattr(soaking, "follow", lambda *given: [given[-1](dict(r)) for r in reports])
    run = Soak(2, ways=("numpy",))
    run.run()
    found = run.result("command")
    assert found["known"]["sparsemax"]["networks"] == 1
    assert found["without_keras"] == {"no code": 1}
    assert found["refusals"] == {"both accept": 1, "both refuse": 1, "known": {"so": 1}, "not_compared": {"why": 1}}
    assert [d["found"][0]["says"] for d in found["differences"]] == ["1 and 2", "E301 by archcalc, accepted by Keras"]
    assert found["differences"][0]["smaller"] == "network"
    assert run.summary().startswith("2 of 2 networks, 2 differences")


BIG = """\
block B1(n) {
 conv n, 3x3, same, relu
}
network N {
 i1: input 8x8x3
 L2: B1 4
 for i in range(2) {
  if i == 0 { relu; tanh } else { sigmoid }
 }
 L3: dense 7, tanh, lora_rank=2
 output from L2, L3
}
"""


def kinds(text: str) -> list[str]:
    """The kinds of a network's layers; none where it has a mistake."""
    analysis = archcalc.analyze(text=text)
    return [row.kind for row in analysis.rows] if analysis.ok else []


def test_a_program_is_made_as_small_as_what_it_shows() -> None:
    assert shrink(BIG, lambda text: "dense" in kinds(text)) == "network N {\n input 1x1x1\n dense 1\n}\n"
    assert kinds(shrink(BIG, lambda text: {"tanh", "sigmoid"} <= set(kinds(text)))) == ["tanh", "sigmoid"]
    assert shrink(BIG, lambda text: False) == BIG
