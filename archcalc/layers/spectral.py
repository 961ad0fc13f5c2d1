"""Spectral normalisation: a wrapper around layers that keep one kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archcalc.argtypes import Count
from archcalc.arguments import arg
from archcalc.registry import register
from archcalc.sizes import Shape, Size
from archcalc.spec import Example, Layer, Operation, Weight, Wrapper
from archcalc.values import said
from archcalc.windows import Window

FAMILY = "wrappers"

# Kinds that keep one kernel, or a table of embeddings, each with the length of its last axis in Keras.
KERNELS: dict[str, Callable[[Any, Shape, Shape], Size]] = {
    "conv": lambda layer, out, x: out[-1],
    "conv_transpose": lambda layer, out, x: x[-1],
    "dense": lambda layer, out, x: out[-1],
    # Over three axes it is written as a convolution with a group for each channel.
    "depthwise": lambda layer, out, x: out[-1] // x[-1] if len(x) < 4 else out[-1],
    "einsum_dense": lambda layer, out, x: layer.axes(x).sizes[layer.equation.partition("->")[0][-1]],
    "embedding": lambda layer, out, x: out[-1],
    "reversible_embedding": lambda layer, out, x: out[-1],
}
# Arguments of those kinds that Keras cannot have within it, each with the values that it can.
OFF = {"maps": (None,), "bias": ("shared", "none"), "lora_rank": (None,), "reverse": (False,)}


@register
class SpectralNorm(Wrapper):
    """Spectral normalisation: in training, a layer's kernel over its largest singular value.

    Miyato et al. (2018). The value is found by power iteration, whose vector is stored: as long as the kernel's last axis
    in Keras.
    """

    kind = "spectral_norm"
    keras = "SpectralNormalization"
    power_iterations: Size = arg(Count(), "how often the vector is improved in one step of training", 1)
    examples = (
        Example("spectral_norm { conv 64, 4x4, /2, same }", ((32, 32, 3),), (16, 16, 64)),
        Example("spectral_norm power_iterations=2 { dense 10 }", ((7, 16),), (7, 10)),
    )

    @classmethod
    def refusal(cls, layer: Layer) -> str:
        if layer.kind not in KERNELS:
            return f"{layer.kind} has no kernel, or more than one"
        for name, free in OFF.items():
            if (value := getattr(layer, name, free[0])) not in free:
                return f"Keras cannot normalise its kernel with `{name}={said(value)}`"
        return super().refusal(layer)

    def shape(self, *inputs: Shape) -> Shape:
        return self.inner.shape(*inputs)

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        # The vector serves in training only, so it is at no position.
        vector = Weight("vector_u", (), KERNELS[self.inner.kind](self.inner, out, inputs[0]), trainable=False, positions=0)
        return (*self.inner.weights(out, *inputs), vector)

    def windows(self, *inputs: Shape) -> tuple[Window, ...]:
        return self.inner.windows(*inputs)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return self.inner.operations(out, *inputs)
