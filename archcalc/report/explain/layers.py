"""A figure of one layer: its line in the program, what flows in and where that comes from, the formula, the numbers."""

from __future__ import annotations

from archcalc.analysis import Analysis
from archcalc.analysis.derive import BIAS_ADDS, Derivation
from archcalc.figures import CONNECTIONS, SHAPE, WITHOUT, means
from archcalc.graph import Node, say_shape
from archcalc.languages import tr
from archcalc.report.explain.blocks import Blocks, Equation, Heading, Prose, Quoted
from archcalc.report.explain.origins import origins
from archcalc.report.explain.sums import assumed, of_batch
from archcalc.report.explain.ways import OF_LAYER, find
from archcalc.report.explain.weights import arrays, bias_adds
from archcalc.report.symbols import legend
from archcalc.report.text import number


def of_layer(analysis: Analysis, node: Node, figure: str) -> Blocks:
    """What explains a figure of a layer; the working comes last."""
    real_taps = analysis.real_taps and figure == CONNECTIONS
    head = Heading(f"{node.name}.{figure}", tr(means(figure)) + (tr(WITHOUT) if real_taps else "") + of_batch(analysis, figure))
    blocks: Blocks = [head, *_place(node), *assumed(analysis)]
    if figure in OF_LAYER:
        return [*blocks, *find(OF_LAYER[figure])(analysis, node)]
    derivation = analysis.derivation(node.name, figure) if node.name in analysis.layers else None
    if derivation is None:
        value = say_shape(node.shape) if figure == SHAPE else number(getattr(node.row, figure))
        return [*blocks, Prose((value + _why_none(node, figure, value),))]
    blocks += [*origins(analysis, node, figure), *arrays(node, figure)]
    if real_taps:
        from archcalc.report.explain.taps import working  # seldom asked for

        blocks += working(node)
    return [*blocks, equation(f"{node.name}.{figure}", derivation, node)]


def _place(node: Node) -> Blocks:
    """The layer's line, and what it reads."""
    blocks: Blocks = []
    if node.span is not None:
        blocks.append(Quoted(f"{node.span.source.name}:{node.span.line}", " ".join(node.span.text.split())))
    if node.inputs:
        blocks.append(Prose(tuple(tr("reads {name}: {shape}", name=source.name, shape=say_shape(source.shape)) for source in node.inputs)))
    return blocks


def equation(name: str, derivation: Derivation, node: Node) -> Equation:
    """A derivation, line by line."""
    steps = [derivation.text] if derivation.text != derivation.symbols else []
    if not derivation.text.endswith(derivation.result):
        steps.append(derivation.result)
    words = legend([derivation.symbols], [node])
    return Equation(name, derivation.symbols, tuple(steps), tuple((w, bias_adds(node, s) if w == BIAS_ADDS else s) for w, s in words))


def _why_none(node: Node, figure: str, value: str) -> str:
    if figure in node.untold:
        return "   " + tr("(unknown: the layer's line leaves it open; write what it is)")
    if value != "0" or node.layer is None:
        return "   " + tr("(unknown: the layer, or one before it, has a mistake)") if value in ("?", "unknown") else ""
    if figure in ("units", "connections", "macs") and not node.layer.computes:
        return "   " + tr("({kind} passes its input on; only layers that compute have {figure})", kind=node.kind, figure=figure)
    if node.layer.frozen and figure == "trainable_params":
        return "   " + tr("(it is frozen: training leaves its weights as they are)")
    if node.shares is not None and figure.endswith(("params", "weight_bytes")):
        return "   " + tr("(its weights are those of {name}, and counted there)", name=node.shares.name)
    return ""
