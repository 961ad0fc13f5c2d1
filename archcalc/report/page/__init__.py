"""The report as one HTML file: styles and a script inside, nothing fetched. Every number opens to its derivation.

A section is a module of this room and a template in templates/sections/, both by the name that stands in SECTIONS. Its
`section` works out what it shows, as plain data, or None where it has nothing to show; the template only lays it out, and
escapes every text.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import archcalc
from archcalc.analysis import Analysis
from archcalc.languages import language, tr, trn
from archcalc.report.page.head import chips, facts, given
from archcalc.report.page.place import Page, page_of
from archcalc.report.page.proof import proven
from archcalc.report.proof.holding import held
from archcalc.report.proof.reading import Proof
from archcalc.report.text import clean
from archcalc.resources import resource

# In the order of the page.
SECTIONS = (
    "totals",
    "diagnostics",
    "network",
    "maps",
    "layers",
    "connections",
    "windows",
    "plots",
    "expectations",
    "proof",
    "source",
)


def as_html(analysis: Analysis, results: tuple[Proof, ...] = ()) -> str:
    """The whole report, with results of verify, which are held to the analysis."""
    page = page_of(analysis, tuple(held(result, analysis) for result in results))
    return str(template("report.html").render(head(page), sections=shown(page), **script()))


def head(page: Page) -> dict[str, Any]:
    """What stands above the sections."""
    return {
        "version": archcalc.__version__,
        "language": language(),
        "network": clean(page.analysis.graph.name),
        "given": given(page.analysis),
        "facts": facts(page.analysis),
        "chips": [*chips(page.analysis), *map(proven, enumerate(page.proofs))],
    }


def shown(page: Page) -> dict[str, Any]:
    """The sections that have something to show, each with its data."""
    found = {name: importlib.import_module(f"{__name__}.{name}").section(page) for name in SECTIONS}
    return {name: data for name, data in found.items() if data is not None}


@cache
def script() -> dict[str, Any]:
    """The page's one script, and the hash by which the page allows it and no other."""
    from base64 import b64encode
    from hashlib import sha256

    from markupsafe import Markup

    text = _read("report.js")
    return {"script": Markup(text), "script_hash": f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"}  # noqa: S704  it is archcalc's own


@cache
def template(name: str) -> Any:
    """A template, whose texts are spoken in the language of the moment."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    env = Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(tr, trn, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    return env.get_template(name)


def _read(name: str) -> str:
    from pathlib import Path

    return Path(resource("templates", *name.split("/"))).read_text(encoding="utf-8")
