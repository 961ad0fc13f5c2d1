"""Random networks with mistakes in them: each is found, said at its place, and never an exception."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from agreement import analyze, errors
from chance import Chance
from corrupted import corrupted, scramble
from drawing import examples, programs
from drawn_programs import Program
from hypothesis import given, note
from hypothesis import strategies as st
from known_mistakes import made, mistakes
from sound import analyzed, placed, shown

try:
    import jsonschema
except ImportError:
    jsonschema = None

# What follows from these is theirs too: data flow from elsewhere.
WITH_CONSEQUENCES = ("E105",)
# With these, every figure is known all the same.
ALL_KNOWN = ("E102", "E131", "E137", "E207", "E308", "E401")


@pytest.fixture(scope="module")
def valid() -> Callable[[Any], None] | None:
    """Checks a JSON document against the schema, where that can be done."""
    schema = json.loads((files("archcalc") / "analysis.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema).validate if jsonschema else None


@examples(180)
@given(programs(), st.data())
def test_a_known_mistake_is_said_on_its_line_and_nothing_else(program: Program, data: st.DataObject) -> None:
    chance = Chance.of(data.draw)
    found = mistakes(program)
    codes = sorted({mistake.code for mistake in found})
    for code in chance.shuffled(codes)[:3]:
        mistake = chance.one([m for m in found if m.code == code])
        with made(mistake):
            writer = program.writer()
        line = writer.where[id(mistake.place)]
        note(f"{code} on line {line}\n{writer.text}")
        analysis = analyze(program, writer.text)
        note("\n".join(errors(analysis)))
        said = {(d.code, d.span and d.span.line) for d in analysis.diagnostics if d.severity == "error"}
        assert (code, line) in said
        assert said == {(code, line)} or code in WITH_CONSEQUENCES
        assert (analysis.totals.params is None) is (code not in ALL_KNOWN) or code in WITH_CONSEQUENCES
        placed(analysis)


@examples(150)
@given(programs(), st.data())
def test_whatever_is_wrong_in_the_text_is_said_at_a_place_in_it(valid: Any, program: Program, data: st.DataObject) -> None:
    text = corrupted(program.text, Chance.of(data.draw))
    note(text)
    check(text, program, valid)


@examples(100)
@given(programs(), st.data())
def test_whatever_statements_are_out_of_place_is_said_at_a_place(valid: Any, program: Program, data: st.DataObject) -> None:
    scramble(program, Chance.of(data.draw))
    note(program.text)
    check(program.text, program, valid)


def check(text: str, program: Program, valid: Any) -> None:
    analysis = analyzed(text, program.given)
    if analysis is not None:
        placed(analysis)
        shown(analysis, valid if len(text) % 4 == 0 else None)
