"""Vocabularies that are given by their length, categories that come as floats, and spectrograms."""

from __future__ import annotations

from typing import Any

from archcalc.codegen.calls import Construction, declared, layer_of, options_of
from archcalc.codegen.literals import call, literal
from archcalc.codegen.parts import Part
from archcalc.graph import Node


def _integer_lookup(node: Node) -> Construction:
    layer: Any = layer_of(node)
    options = options_of(node, without=("vocabulary",))
    if layer.vocabulary is not None:
        options["vocabulary"] = f"list(range({layer.vocabulary}))"
        if layer.mode == "tf_idf":
            options["idf_weights"] = f"[1.0] * {layer.vocabulary}"
    return Construction(call("keras.layers.IntegerLookup", **options))


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
    "integer_lookup": _integer_lookup,
    "hashed_crossing": _hashed_crossing,
    "stft_spectrogram": _stft_spectrogram,
    "mel_spectrogram": _mel_spectrogram,
}
