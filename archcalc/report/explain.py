"""One figure explained: what it means, its formula, the numbers put in, the result."""

from __future__ import annotations

from archcalc.analysis import Analysis
from archcalc.figures import FIGURES, SHAPE, SHORT, means
from archcalc.graph import Node, say_shape
from archcalc.names import nearest
from archcalc.report.symbols import legend
from archcalc.report.text import clean, number


def explanation(analysis: Analysis, target: str) -> tuple[str, str | None]:
    """The text for a target such as `C3.params`, `flatten_1.shape`, `total.macs`; or what is wrong with the target."""
    name, dot, figure = target.rpartition(".")
    figure = {"shape": SHAPE, **SHORT}.get(figure, figure)
    if not dot or figure not in (SHAPE, *FIGURES):
        near = nearest(figure, [SHAPE, *FIGURES, "shape"]) if dot else []
        known = f"write LAYER.FIGURE, where FIGURE is one of shape, {', '.join(FIGURES)}"
        return "", f"{target} names no figure; {f'did you mean {name}.{near[0]}?' if near else known}"
    if name == "total":
        return _total(analysis, figure) if figure != SHAPE else ("", "total has no shape")
    nodes = {n.name: n for n in (*analysis.graph.inputs, *analysis.graph.layers)}
    if name not in nodes:
        near = nearest(name, [*nodes, "total"])
        hint = f"; did you mean {near[0]}?" if near else f"; there is {', '.join(list(nodes)[:12])}"
        return "", f"there is no layer called {name}{hint}"
    return _layer(analysis, nodes[name], figure), None


def _layer(analysis: Analysis, node: Node, figure: str) -> str:
    lines = [f"{node.name}.{figure}: {means(figure)}", ""]
    if node.span is not None:
        lines.append(f"  {node.span.source.name}:{node.span.line}   {' '.join(node.span.text.split())}")
    lines += [f"  reads {source.name}: {say_shape(source.shape)}" for source in node.inputs]
    derivation = analysis.derivation(node.name, figure) if node.name in analysis.layers else None
    value = say_shape(node.shape) if figure == SHAPE else number(getattr(node.row, figure))
    if derivation is None:
        return clean_lines([*lines, "", f"  {value}{_why_none(node, figure, value)}"])
    lines += ["", f"  {derivation.symbols}", *(f"      {name}: {says}" for name, says in legend([derivation.symbols], [node]))]
    if derivation.text != derivation.symbols:
        lines.append(f"  = {derivation.text}")
    if not derivation.text.endswith(derivation.result):
        lines.append(f"  {value}")
    return clean_lines(lines)


def _why_none(node: Node, figure: str, value: str) -> str:
    if value != "0" or node.layer is None:
        return "   (unknown: the layer, or one before it, has a mistake)" if value in ("?", "unknown") else ""
    if figure in ("units", "connections", "macs") and not node.layer.computes:
        return f"   ({node.kind} passes its input on; only layers that compute have {figure})"
    return ""


def _total(analysis: Analysis, figure: str) -> tuple[str, None]:
    lines = [f"total.{figure}: {means(figure)}, over all layers", ""]
    counted = [(r.name, getattr(r, figure)) for r in analysis.rows if getattr(r, figure) != 0]
    columns = max([len(name) for name, _ in counted] + [5])
    lines += [f"  {name:<{columns}}  {number(value):>16}" for name, value in counted]
    lines += [f"  {'-' * (columns + 18)}", f"  {'total':<{columns}}  {number(getattr(analysis.totals, figure)):>16}"]
    return clean_lines(lines), None


def clean_lines(lines: list[str]) -> str:
    """The lines as one text that cannot steer a terminal."""
    return "\n".join(clean(line) for line in lines) + "\n"
