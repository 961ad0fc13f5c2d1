"""Random networks, written with all that the language has and, beside it, flat: one layer a line. Both mean the same.

With ARCHCALC_EXAMPLES set, each test tries so many.
"""

from __future__ import annotations

from pathlib import Path

import agreement
from agreement import analyze, errors, same
from chance import Chance
from drawing import examples, programs
from drawn_programs import Program
from hypothesis import given, note
from hypothesis import strategies as st
from restyled import restyle
from written import Line, quote

import archcalc


@examples(180)
@given(programs())
def test_a_program_is_what_it_is_with_one_layer_a_line(program: Program) -> None:
    """Names, shapes, every figure, what each layer reads and shares, the totals: all agree."""
    note(program.text)
    structured = analyze(program, program.text)
    assert not errors(structured)
    note(program.flat)
    flat = archcalc.analyze(text=program.flat)
    assert not errors(flat)
    same(structured, flat)
    agreement.consistent(structured, program)
    if len(flat.rows) < 10:
        agreement.documents(structured, flat)


@examples(80)
@given(programs(), st.data())
def test_figures_can_be_expected_by_name(program: Program, data: st.DataObject) -> None:
    """`expect` finds each figure of the flat program in the structured one."""
    chance = Chance.of(data.draw)
    flat = archcalc.analyze(text=program.flat)
    lines = [f"expect total.{figure} == {getattr(flat.totals, figure)}" for figure in chance.several(agreement.FIGURES, 1, 3)]
    borne = {name for name, label in program.expansion.frame.labels.items() if len(label.bearers) > 1}  # the name is the latest's
    for row in chance.several([row for row in flat.rows if row.name not in borne], 0, 4):
        figure = chance.one(agreement.FIGURES)
        lines.append(
            f"expect {quote(row.name, True)}.{figure} == {getattr(row, figure)} and {quote(row.name, True)}.c == {last(row, flat)}"
        )
    program.network.body += [Line(line) for line in lines]
    note(program.text)
    analysis = analyze(program, program.text)
    assert not errors(analysis)
    assert len(analysis.expectations) >= len(lines)
    assert all(outcome.holds for outcome in analysis.expectations)


def last(row: object, analysis: archcalc.Analysis) -> int:
    shape = row.output_shape
    return shape[0 if analysis.graph.layout == "channels_first" else -1]


@examples(100)
@given(programs(), st.data())
def test_how_it_is_laid_out_changes_nothing(program: Program, data: st.DataObject) -> None:
    """Blank lines, comments, `;`, Windows line ends, commas that trail, brackets over several lines."""
    text = restyle(program.text, Chance.of(data.draw))
    note(text)
    restyled = analyze(program, text)
    assert not errors(restyled)
    same(analyze(program, program.text), restyled)


@examples(50)
@given(program=programs())
def test_definitions_may_stand_in_another_file(tmp_path: Path, program: Program) -> None:
    """`use` brings in all that the network needs."""
    others = program.writer([top for top in program.tops if top is not program.network])
    (tmp_path / "others.arch").write_text("# definitions\n" + others.text, encoding="utf-8")
    (tmp_path / "main.arch").write_text('use "others.arch"\n' + program.writer([program.network]).text, encoding="utf-8")
    note(program.text)
    apart = archcalc.analyze(str(tmp_path / "main.arch"), network="N", params=program.given)
    assert not errors(apart)
    same(analyze(program, program.text), apart)
