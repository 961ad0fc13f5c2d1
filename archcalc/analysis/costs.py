"""What a layer costs: generic folds over its declaration. No layer is named here.

Connections are the edges of the unrolled network, as LeCun et al. count them (1989, 1998): for each output unit, each
input value that it reads, and one for its bias. MACs leave the biases out. Only kinds that compute have any.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from archcalc.figures import FIGURES
from archcalc.graph import Node
from archcalc.sizes import Shape, Size, prod
from archcalc.spec import Layer, Weight


class Row(NamedTuple):
    """One layer's figures, by the names of FIGURES.

    All but the node are None where its shape is unknown; some, where its line leaves them open.
    """

    node: Node
    params: Size | None = None
    trainable_params: Size | None = None
    non_trainable_params: Size | None = None
    connections: Size | None = None
    units: Size | None = None
    macs: Size | None = None
    flops: Size | None = None
    activation_bytes: Size | None = None
    weight_bytes: Size | None = None

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def kind(self) -> str:
        return self.node.kind

    @property
    def output_shape(self) -> Shape | None:
        return self.node.shape


class Totals(NamedTuple):
    """The sums of the rows; None where a row is unknown, since a sum that leaves something out would lie."""

    params: Size | None
    trainable_params: Size | None
    non_trainable_params: Size | None
    connections: Size | None
    units: Size | None
    macs: Size | None
    flops: Size | None
    activation_bytes: Size | None
    weight_bytes: Size | None


UNKNOWN = Totals(*(None,) * len(FIGURES))


def costs(node: Node, value_bytes: int, batch: int = 1, weight_bytes: int = 0) -> Row:
    """The figures of one layer, whose inputs and output have known shapes or not. A batch takes memory; counts are a sample's.

    A weight takes as many bytes as a value, unless they are given.
    """
    layer, out = node.layer, node.seen
    if layer is None or out is None:
        return Row(node)
    inputs = node.input_shapes
    weights = layer.stored(out, *inputs)
    owned = () if node.shares is not None else weights
    trainable = non_trainable = 0
    for weight in owned:
        if weight.trainable:
            trainable += weight.size
        else:
            non_trainable += weight.size
    values = prod(out)
    edges, macs, biases = edge_sums(layer, weights, out)
    for product in layer.products(out, *inputs):
        macs += product.macs
        edges += product.macs * product.reads
    connections = edges + (layer.edges(out, *inputs) if layer.computes else 0)
    flops = 2 * macs + biases + extra_operations(layer, out, inputs)
    params = trainable + non_trainable
    units = values if layer.computes else 0
    row = Row(
        node, params, trainable, non_trainable, connections, units, macs, flops, values * value_bytes * batch,
        params * (weight_bytes or value_bytes),
    )  # fmt: skip
    if layer.untold:
        left: dict[str, Any] = dict.fromkeys(node.untold)
        return row._replace(**left)
    return row


def edge_sums(layer: Layer, weights: tuple[Weight, ...], out: Shape) -> tuple[Size, Size, Size]:
    """The edges that carry a weight or a bias, the multiply-accumulates, and the additions of a bias."""
    edges = macs = biases = 0
    if layer.computes:
        positions = prod(out[:-1])
        for weight in weights:
            uses = weight.size * weight.reads * (positions if weight.positions is None else weight.positions)
            edges += uses
            if weight.bias:
                biases += uses
            elif layer.multiplies:
                macs += uses
    return edges, macs, biases


def extra_operations(layer: Layer, out: Shape, inputs: tuple[Shape, ...]) -> Size:
    """Operations besides MACs and biases."""
    return sum(operation.count(out) for operation in layer.operations(out, *inputs))


def total(rows: list[Row]) -> Totals:
    """The sum of each figure over the rows."""
    sums: list[Any] = []
    for figure in FIGURES:
        values = [getattr(row, figure) for row in rows]
        sums.append(None if None in values else sum(values))
    return Totals(*sums)
