"""A difference as plain data: what its JSON has. The keys are promises; diff.schema.json has them."""

from __future__ import annotations

from typing import Any

from archcalc.analysis import Analysis
from archcalc.diff.cause import MOST_FOLLOWED, Cause
from archcalc.diff.changes import Changed
from archcalc.diff.difference import Difference, Total
from archcalc.diff.words import headline, since
from archcalc.graph import Node
from archcalc.report.model import diagnostic, plain, shape

SCHEMA = "archcalc/diff/1"


def document(found: Difference) -> dict[str, Any]:
    """The whole difference."""
    return {
        "schema": SCHEMA,
        "same": found.same,
        "before": _network(found.before),
        "after": _network(found.after),
        "causes": [_cause(cause) for cause in found.causes],
        "layers": [_layer(one) for one in found.changed],
        "totals": {name: _total(total) for name, total in found.totals.items()},
        "renamed": [{"before": a.name, "after": b.name} for a, b in found.renamed],
        "renumbered": [{"before": a.name, "after": b.name} for a, b in found.renumbered],
        "reordered": found.reordered,
        "unchanged": found.pairs - sum(None not in (one.before, one.after) for one in found.changed),
    }


def _network(analysis: Analysis) -> dict[str, Any]:
    graph = analysis.graph
    return {
        "network": graph.name,
        "source": graph.source,
        "inputs": [{"name": node.name, "shape": shape(node.shape)} for node in graph.inputs],
        "outputs": [node.name for node in graph.outputs],
        "layers": len(analysis.rows),
        "batch": analysis.batch,
        "errors": [diagnostic(d) for d in analysis.diagnostics if d.severity == "error"],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.id,
        "change": cause.change,
        "name": cause.name,
        "text": headline(cause),
        "details": {detail.what: _pair(detail.before, detail.after) for detail in cause.details},
        "layers": [_names(one) for one in cause.layers],
    }


def _layer(one: Changed) -> dict[str, Any]:
    """A layer that differs. What does not differ about it is not there."""
    found: dict[str, Any] = {
        **_names(one),
        "kind": _pair(*(None if node is None else node.kind for node in (one.before, one.after))),
        "place": _pair(*(_place(node) for node in (one.before, one.after))),
        "cause": None if one.cause is None else one.cause.id,
        "follows": [cause.id for cause in one.follows[:MOST_FOLLOWED]],
        "more": len(one.follows) > MOST_FOLLOWED,
        "text": since(one.follows) if one.follows else "",
        "edited": {detail.what: _pair(detail.before, detail.after) for detail in one.own},
        "args": {detail.what: _pair(detail.before, detail.after) for detail in one.led},
        "figures": {name: _pair(*values) for name, values in one.figures.items()},
    }
    if None in (one.before, one.after):
        shapes = [None if node is None else shape(node.shape) for node in (one.before, one.after)]
        found["output_shape"] = _pair(*shapes)
        found["inputs"] = _pair(*(None if node is None else [n.name for n in node.inputs] for node in (one.before, one.after)))
    for detail in (one.shape, one.field):
        if detail is not None:
            found[detail.what] = _pair(detail.before, detail.after)
    return found


def _names(one: Changed) -> dict[str, Any]:
    return _pair(*(None if node is None else node.name for node in (one.before, one.after)))


def _place(node: Node | None) -> dict[str, Any] | None:
    return None if node is None or node.span is None else {"file": node.span.source.name, "line": node.span.line}


def _pair(before: Any, after: Any) -> dict[str, Any]:
    return {"before": before, "after": after}


def _total(total: Total) -> dict[str, Any]:
    return {**_pair(plain(total.before), plain(total.after)), "difference": total.difference, "percent": total.percent}


def as_json(found: Difference) -> str:
    """The difference as JSON; the same networks give the same bytes."""
    from archcalc.report.formats import dump

    return dump(document(found)) + "\n"
