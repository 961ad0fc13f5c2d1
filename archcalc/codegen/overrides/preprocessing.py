"""Vocabularies and boundaries, categories that come as floats, and spectrograms."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, declared, layer_of, options_of
from archcalc.codegen.errors import CodegenError
from archcalc.codegen.literals import call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _integer_lookup(node: Node) -> Construction:
    layer: Any = layer_of(node)
    if layer.vocabulary is None:
        raise _unadapted(node, "a vocabulary", "how many whole numbers it has, such as `integer_lookup 1000`")
    options = options_of(node, without=("vocabulary",))
    options["vocabulary"] = f"list(range({layer.vocabulary}))"
    if layer.mode == "tf_idf":
        options["idf_weights"] = f"[1.0] * {layer.vocabulary}"
    return Construction(call("keras.layers.IntegerLookup", **options))


def _discretization(node: Node) -> None:
    """The declaration says it all, but for what cannot run."""
    layer: Any = layer_of(node)
    if layer.boundaries is None:
        raise _unadapted(node, "boundaries", "the boundaries themselves, such as `discretization [0, 0.5, 1]` for 4 bins")


def _unadapted(node: Node, what: str, instead: str) -> CodegenError:
    name = getattr(layer_of(node), "keras", "")
    why = f"Keras's {name} without {what} computes nothing before its `adapt` has seen data"
    return CodegenError(f"{node.name or node.kind}: {why}; write {instead}")


def _hashed_crossing(node: Node) -> Construction:
    return Construction(declared(node)._replace(head="IntegerCrossing("), (Part("integer_crossing"),))


def _stft_spectrogram(node: Node) -> Construction | None:
    if getattr(layer_of(node), "scaling", "") != "unscaled":
        return None
    return Construction(call("keras.layers.STFTSpectrogram", **options_of(node, without=("scaling",)), scaling=literal(None)))


def _mel_spectrogram(node: Node) -> Construction | None:
    """Keras 3.15 declares one frame too many for some lengths, and so builds the layers after it for another shape."""
    layer: Any = layer_of(node)
    ((n,),) = node.input_shapes
    if node.shape is None or (n + layer.sequence_stride + 1) // layer.sequence_stride == node.shape[1]:
        return None
    return Construction(declared(node)._replace(head="FramedMelSpectrogram("), (Part("mel_spectrogram"),))


OVERRIDES = {
    "discretization": _discretization,
    "integer_lookup": _integer_lookup,
    "hashed_crossing": _hashed_crossing,
    "stft_spectrogram": _stft_spectrogram,
    "mel_spectrogram": _mel_spectrogram,
}
