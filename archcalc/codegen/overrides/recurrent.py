"""Recurrent layers: states flow in by a keyword; the cells of a stack are classes of their own, and so are some that stand alone."""

from __future__ import annotations

from archcalc.codegen.calls import Construction, bare, declared, layer_of, options_of
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import Group, call
from archcalc.codegen.parts import Part
from archcalc.graph import Node
from archcalc.layers.recurrent import Cell, Sequence
from archcalc.layers.wrappers import StackedRnn
from archcalc.spec import Layer


def _recurrent(node: Node) -> None:
    """The declaration says it all, but for what cannot be built."""
    layer = layer_of(node)
    if isinstance(layer, Sequence) and layer.stateful:
        what = "keeps its states from batch to batch, which needs batches of one fixed size"
        raise CodegenError(f"{node.name or layer.kind}: `stateful` {what}; generated code takes batches of any size")


def _conv_lstm(node: Node) -> Construction | None:
    """Keras freezes the layer, but not the cell that it is made of."""
    _recurrent(node)
    if not layer_of(node).frozen:
        return None
    made, rank = declared(node), layer_of(node).rank_of(*node.input_shapes)
    return Construction(made._replace(head=f"FrozenConvLSTM{rank}D("), (Part("frozen_conv_lstm", rank),))


def _cell(node: Node) -> Construction | None:
    layer = layer_of(node)
    assert isinstance(layer, Cell)
    if not layer.dropout and not layer.recurrent_dropout:
        return None
    name = str(layer.keras)
    return Construction(declared(node)._replace(head=f"Fresh{name}("), (Part("fresh_cell", cell=name),))


def _stacked(node: Node) -> Construction:
    _recurrent(node)
    layer = layer_of(node)
    assert isinstance(layer, StackedRnn)
    read = (node.input_shapes[0][-1], *(cell.units for cell in layer.cells))
    cells = [declared(bare(as_cell(c), (n,), *c.carried().values())) for c, n in zip(layer.cells, read, strict=False)]
    # Of a stack of one LSTM, Keras loses a state where the loop is unrolled.
    return Construction(call("keras.layers.RNN", cells[0] if len(cells) == 1 else Group("[", cells, "]"), **options_of(node)))


def as_cell(layer: Cell) -> Cell:
    """The cell that a recurrent layer runs."""
    cls = next(c for c in type(layer).__mro__ if issubclass(c, Cell) and not issubclass(c, Sequence))
    return cls(**layer.given())


def states_of(layer: Layer, names: list[str]) -> str:
    """The names of a layer's states as Keras groups them: flat, but for those of a stack's cells."""
    if not isinstance(layer, StackedRnn) or len(layer.cells) == 1:
        return ", ".join(names)
    groups = []
    for cell in layer.cells:
        own, names = names[: len(cell.carries)], names[len(cell.carries) :]
        groups.append(own[0] if len(own) == 1 else f"[{', '.join(own)}]")
    return ", ".join(groups)


def _called(node: Node, read: list[str]) -> str:
    return f"{read[0]}, initial_state=[{states_of(layer_of(node), read[1:])}]" if len(read) > 1 else read[0]


def _stack_result(node: Node, names: list[str]) -> str:
    return f"{names[0]}, {states_of(layer_of(node), names[1:])}" if len(names) > 1 else names[0]


def _output_and_states(node: Node, names: list[str]) -> str:
    return f"{names[0]}, [{', '.join(names[1:])}]"


_LAYERS = ("rnn", "lstm", "gru", "conv_lstm")
_CELLS = ("rnn_cell", "lstm_cell", "gru_cell")
OVERRIDES = {**dict.fromkeys(_LAYERS, _recurrent), **dict.fromkeys(_CELLS, _cell), "stacked_rnn": _stacked, "conv_lstm": _conv_lstm}
CALLS = {**dict.fromkeys((*_LAYERS, "stacked_rnn"), _called), **dict.fromkeys(_CELLS, _output_and_states)}
RESULTS = {"stacked_rnn": _stack_result, **dict.fromkeys(_CELLS, _output_and_states)}
