"""Spectral normalisation: a wrapper around layers that keep one kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcalc.argtypes import Count
from archcalc.arguments import arg
from archcalc.languages import phrase
from archcalc.registry import register
from archcalc.sizes import Refusal, Shape, Size
from archcalc.spec import Example, Operation, Weight, Wrapper
from archcalc.windows import Window

if TYPE_CHECKING:
    from archcalc.reading import Reads
    from archcalc.taps import Tapped

FAMILY = "wrappers"


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

    def shape(self, *inputs: Shape) -> Shape:
        out = self.inner.shape(*inputs)
        if self.inner.kernel_end(out, *inputs) is None:
            why = phrase("it has no kernel in Keras with these arguments, or more than one")
            raise Refusal("E134", wrapper=f"`{self.kind}`", layer=f"`{self.inner.kind}`", why=why)
        return out

    def weights(self, out: Shape, *inputs: Shape) -> tuple[Weight, ...]:
        # The vector serves in training only, so it is at no position.
        vector = Weight("vector_u", (), self.inner.kernel_end(out, *inputs), trainable=False, positions=0)
        return (*self.inner.stored(out, *inputs), vector)

    def windows(self, *inputs: Shape) -> tuple[Window, ...]:
        return self.inner.windows(*inputs)

    def tapped(self, out: Shape, *inputs: Shape) -> tuple[Tapped, ...]:
        return self.inner.tapped(out, *inputs)

    def fields(self, out: Shape, *inputs: Shape) -> tuple[Reads, ...]:
        return self.inner.fields(out, *inputs)

    def operations(self, out: Shape, *inputs: Shape) -> tuple[Operation, ...]:
        return self.inner.operations(out, *inputs)
