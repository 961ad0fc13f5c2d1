"""Wrappers whose inner layer does not see all that flows in, and spectral normalisation of embeddings."""

from __future__ import annotations

from archcalc.codegen.calls import Construction, bare, layer_of, options_of
from archcalc.codegen.construct import construction
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import call
from archcalc.codegen.overrides.recurrent import states_of
from archcalc.codegen.parts import Part
from archcalc.graph import Node
from archcalc.layers.spectral import SpectralNorm
from archcalc.layers.wrappers import Bidirectional


def _bidirectional(node: Node) -> Construction:
    layer = layer_of(node)
    assert isinstance(layer, Bidirectional)
    if layer.merge == "concat" and node.turned:
        why = "Keras joins the two along the last axis, which does not hold the channels here"
        raise CodegenError(f"{node.name or layer.kind}: {why}; another `merge`, or channels last, would do")
    inner = construction(bare(layer.inner, node.input_shapes[0], first=node.first), "")
    return inner._replace(expression=call("keras.layers.Bidirectional", inner.expression, **options_of(node)))


def _both(node: Node, names: list[str]) -> str:
    """The names of the states of both directions."""
    layer = layer_of(node)
    assert isinstance(layer, Bidirectional)
    half = len(names) // 2
    return f"{states_of(layer.inner, names[:half])}, {states_of(layer.inner, names[half:])}"


def _called(node: Node, read: list[str]) -> str:
    return f"{read[0]}, initial_state=[{_both(node, read[1:])}]" if len(read) > 1 else read[0]


def _result(node: Node, names: list[str]) -> str:
    return f"{names[0]}, {_both(node, names[1:])}" if len(names) > 1 else names[0]


def _spectral_norm(node: Node) -> Construction | None:
    """Keras's own, but for embeddings, whose vectors it makes integers of."""
    layer = layer_of(node)
    assert isinstance(layer, SpectralNorm)
    if layer.indices() is None:
        return None
    inner = construction(bare(layer.inner, node.input_shapes[0]), "")
    made = call("EmbeddingSpectralNormalization", inner.expression, **options_of(node))
    return Construction(made, (*inner.parts, Part("embedding_spectral_norm")))


OVERRIDES = {"bidirectional": _bidirectional, "spectral_norm": _spectral_norm}
CALLS = {"bidirectional": _called}
RESULTS = {"bidirectional": _result}
