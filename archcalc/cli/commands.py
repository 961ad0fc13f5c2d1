"""The commands that need nothing but the analysis: analyze, check, draw, explain, layers, report."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from archcalc.analysis import Analysis
from archcalc.cli.common import (
    Stop,
    analyses,
    as_called,
    can_show,
    complain,
    exit_code,
    one_analysis,
    open_file,
    show,
    spare,
    stopping,
    style_for,
    write,
)
from archcalc.cli.table import Values
from archcalc.diagnostics import in_order
from archcalc.figures import CONVENTIONS, FIGURES
from archcalc.languages import LANGUAGES, speaking
from archcalc.report.text import Style, clean


@stopping
def analyze(values: Values) -> int:
    """`archcalc analyze FILE`."""
    shown = _shown(values)
    analysis = one_analysis(values)
    write(values, _formatted(analysis, values, shown))
    show(analysis.diagnostics, values)
    return exit_code(analysis.diagnostics)


def _shown(values: Values) -> dict[str, Any]:
    """What --depth and --columns ask for; a format that has no use for them says so."""
    name, shown = values["format"], {option: values[option] for option in ("depth", "columns") if values[option] is not None}
    for option in shown:
        if name == "html" or (name, option) == ("json", "columns"):
            complain(f"--{option} is not for --format {name}, which has {'every layer' if option == 'depth' else 'every figure'}")
            raise Stop(2)
    if values["explain"] and name != "table":
        complain(f"--explain is for the table; --format {name} is without it (json and html have every derivation)")
        raise Stop(2)
    if values["lang"] != LANGUAGES[0] and name != "html":
        complain("--lang is for --format html; the other formats are English")
        raise Stop(2)
    if "columns" in shown:
        from archcalc.report.columns import chosen

        shown["columns"], problem = chosen(shown["columns"])
        if problem:
            complain(problem)
            raise Stop(2)
    if values["count"] != CONVENTIONS[0]:
        shown |= _counted_by(values["count"], name, shown.get("columns"))
    return shown


def _counted_by(tool: str, name: str, columns: tuple[str, ...] | None) -> dict[str, Any]:
    """What --count changes of what a format shows."""
    from archcalc.report.columns import SHOWN, as_counted_by

    if name == "html":
        complain("--count is not for --format html, which has archcalc's own")
        raise Stop(2)
    if name == "json":
        return {"count": tool}
    return {"columns": as_counted_by(tool, columns or (FIGURES if name == "csv" else SHOWN))}


def _formatted(analysis: Analysis, values: Values, shown: dict[str, Any]) -> str | Iterable[str]:
    name = values["format"]
    if name == "table":
        from archcalc.report.terminal import table

        style = Style(False) if values["output"] else style_for(sys.stdout, values["color"])
        return table(analysis, style, values["explain"], "─" if values["output"] or can_show("─") else "-", **shown)
    if name == "html":
        return _html(analysis, values["lang"])
    from archcalc.report import formats

    if name == "json":
        return formats.json_pieces(analysis, **shown)
    text: str = getattr(formats, f"as_{name}")(analysis, **shown)
    return text


def _html(analysis: Analysis, language: str, results: tuple[Any, ...] = ()) -> str:
    from archcalc.report.page import as_html

    with speaking(language):
        return as_html(analysis, results)


@stopping
def check(values: Values) -> int:
    """`archcalc check FILE...`: every network of every file."""
    documents, worst = [], 0
    for path in values["FILE"]:
        try:
            loaded = open_file(path, values)
        except Stop as stop:  # the other files can be checked all the same
            worst = max(worst, stop.code)
            continue
        found = analyses(loaded, None, values)
        findings = in_order([d for a in found for d in a.diagnostics])
        worst = max(worst, exit_code(findings))
        if values["format"] == "json":
            from archcalc.report.model import diagnostic, expectation

            outcomes = [{"network": a.network, **expectation(o)} for a in found for o in a.expectations]
            documents.append({"file": loaded.source.name, "expectations": outcomes, "diagnostics": [diagnostic(d) for d in findings]})
            continue
        show(findings, values)
        if not exit_code(findings):
            held = sum(len(a.expectations) for a in found)
            sys.stdout.write(f"{clean(loaded.source.name)}: ok, {held} expectation{'s' * (held != 1)} held\n")
    if values["format"] == "json":
        from archcalc.report.formats import dump

        sys.stdout.write(dump({"schema": "archcalc/check/1", "files": documents}) + "\n")
    return worst


@stopping
def explain(values: Values) -> int:
    """`archcalc explain FILE TARGET`, or `archcalc explain CODE`."""
    form = values["format"]
    if values["TARGET"] is None:
        with speaking(values["lang"]):
            return _explain_code(values["FILE"], form)
    from archcalc.report.explain import explanation

    analysis = one_analysis(values)
    with speaking(values["lang"]):
        text, problem = explanation(analysis, values["TARGET"], form)
    if problem:
        complain(problem)
        return 2
    write(values, text)
    errors = [d for d in analysis.diagnostics if d.severity == "error"]
    show(errors, values)
    return exit_code(errors)


def _explain_code(code: str, form: str) -> int:
    from archcalc.report.explain.codes import of_code

    text = of_code(code.upper(), form)
    if text is None:
        complain(f"there is no code {code}; to explain a figure: archcalc explain FILE TARGET, such as C3.params")
        return 2
    write({}, text)
    return 0


@stopping
def layers(values: Values) -> int:
    """`archcalc layers [KIND]`."""
    from archcalc.report.catalogue import catalogue, describe

    name = values["KIND"]
    if name is None:
        sys.stdout.write(catalogue())
        return 0
    text = describe(name)
    if text is None:
        from archcalc.names import suggestion
        from archcalc.registry import every_name

        hint = "; ".join(suggestion(name, every_name()))
        complain(f"there is no layer kind called {name}" + (f"; {hint}" if hint else ""))
        raise Stop(2)
    sys.stdout.write(text)
    return 0


@stopping
def report(values: Values) -> int:
    """`archcalc report FILE -o report.html`."""
    results = _results(values)
    analysis = one_analysis(values)
    as_called(values, "HTML", "html", "a browser prints it to PDF")
    write(values, _html(analysis, values["lang"], tuple(results)))
    show(analysis.diagnostics, values)
    return exit_code(analysis.diagnostics)


def _results(values: Values) -> list[Any]:
    """What verify found, in the files of --verify. One that is no result ends the command with 2."""
    if not values["verify"]:
        return []
    from archcalc.report.proof.checked import MOST_BYTES, ProofError
    from archcalc.report.proof.reading import read_proof

    found = []
    for path in values["verify"]:
        spare(values, path)
        try:
            with open(path, "rb") as file:
                found.append(read_proof(file.read(MOST_BYTES + 1), path))
        except OSError as error:
            complain(f"{path} cannot be read: {error.strerror or error}")
            raise Stop(2) from None
        except ProofError as error:
            complain(str(error))
            raise Stop(2) from None
    return found


@stopping
def draw(values: Values) -> int:
    """`archcalc draw FILE -o net.svg`."""
    from archcalc.report.drawing import STYLES
    from archcalc.report.drawing.sheet import drawn

    style = values["style"]
    options = {name: values[name] for name in ("depth",) if values[name] is not None}
    for name in options.keys() - set(STYLES[style][1]):
        complain(f"--{name} is not for --style {style}")
        raise Stop(2)
    analysis = one_analysis(values)
    as_called(values, "SVG", "svg", "browsers, Inkscape and rsvg-convert make PNG and PDF of it")
    with speaking(values["lang"]):
        write(values, drawn(analysis, style, **options))
    errors = [d for d in analysis.diagnostics if d.severity == "error"]
    show(errors, values)
    return exit_code(errors)
