"""Random programs of the whole language and the whole catalogue: the same network in another form is no difference."""

from __future__ import annotations

import json
import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import archcalc
from archcalc.testing.chance import Chance
from archcalc.testing.drawn_networks import draw_network, kinds_by_name

sys.path.append(str(Path(__file__).resolve().parents[1] / "random_networks"))  # how programs are drawn

import agreement
from drawing import examples, programs
from hypothesis import given, note
from hypothesis import strategies as st
from restyled import restyle

ROOT = Path(__file__).resolve().parents[2]


@examples(50)
@given(programs())
def test_a_program_and_the_same_with_one_layer_a_line_do_not_differ(program: Any) -> None:
    """Blocks, loops, branches and networks used as layers against what they mean, written out; names are the same there."""
    note(program.text)
    note(program.flat)
    one, two = agreement.analyze(program, program.text), archcalc.analyze(text=program.flat)
    for found in (one.diff(two), two.diff(one)):
        told = str(found)
        trained = {"train"} if one.graph.recipe else set()  # the flat form has no recipe
        assert {cause.change for cause in found.causes} <= trained, told
        assert not found.changed, told


@examples(25)
@given(programs(), programs(), st.data())
def test_any_two_programs_can_be_compared(one: Any, two: Any, data: st.DataObject) -> None:
    note(one.text)
    note(two.text)
    before, after = agreement.analyze(one, one.text), agreement.analyze(two, restyle(two.text, agreement_chance(data)))
    consistent(before, after)


def agreement_chance(data: st.DataObject) -> Any:
    from chance import Chance as Drawn

    return Drawn.of(data.draw)


def consistent(before: archcalc.Analysis, after: archcalc.Analysis) -> None:
    """Every layer is there once, whatever differs has a cause, and totals that differ do so for a reason."""
    found = before.diff(after)
    for side, analysis in ((0, before), (1, after)):
        places = [one.places[side] for one in found.every if one.places[side] is not None]
        assert sorted(places) == list(range(len(analysis.graph.inputs) + len(analysis.graph.layers)))
    for one in found.changed:
        assert one.cause is not None or one.follows
        assert one.cause in (None, *found.causes) and set(one.follows) <= set(found.causes)
    if any(total.before != total.after for total in found.totals.values()):
        assert not found.same
    assert found.to_json() == before.diff(after).to_json()
    assert "\x1b" not in str(found) and found.to_markdown()


KINDS = kinds_by_name()


@pytest.mark.parametrize("seed", range(80))
def test_networks_of_every_kind(seed: int) -> None:
    """The same twice, with other labels, and against another one."""
    text, other = (draw_network(Chance.seeded(seed, i), KINDS, 8) for i in (0, 1))
    before, after = archcalc.analyze(text=text, network="N"), archcalc.analyze(text=other, network="N")
    assert before.diff(archcalc.analyze(text=text, network="N")).same
    renamed = archcalc.analyze(text=re.sub(r"\bL(\d+)\b", r"M\1", text), network="N")
    assert renamed.ok
    found = before.diff(renamed)
    assert found.same, f"{found}\n{text}"
    consistent(before, after)
    consistent(after, before)


EXAMPLES = sorted([*ROOT.glob("examples/*.arch"), *ROOT.glob("tests/programs/*.arch")])


@pytest.fixture(scope="module")
def validator() -> Any:
    jsonschema: Any = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads((files("archcalc") / "diff.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("at", range(len(EXAMPLES)))
def test_the_examples_one_against_the_next(validator: Any, at: int) -> None:
    """Each equals itself; against another, the document is what the schema says."""
    try:
        one, two = (archcalc.analyze(str(path)) for path in (EXAMPLES[at], EXAMPLES[at - 1]))
    except archcalc.ArchError:
        return  # several networks
    if None in (one.totals.params, two.totals.params):
        return
    assert one.diff(one).same
    consistent(one, two)
    validator.validate(json.loads(one.diff(two).to_json()))
    validator.validate(json.loads(one.diff(one).to_json()))
