# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class PaddedConv2DTranspose(keras.layers.Conv2DTranspose):
    """A transposed convolution that loses `pads` at its ends, (before, after) for each spatial axis, as PyTorch's."""

    def __init__(self, *sizes, pads, **options):
        super().__init__(*sizes, **options)
        self.pads = tuple(tuple(sides) for sides in pads)

    def all_pads(self):
        none = ((0, 0),)
        return none * 2 + self.pads if self.data_format == "channels_first" else none + self.pads + none

    def call(self, inputs):
        outputs = super().call(inputs)
        return outputs[tuple(slice(before, -after or None) for before, after in self.all_pads())]

    def compute_output_shape(self, input_shape):
        axes = zip(super().compute_output_shape(input_shape), self.all_pads())
        return tuple(length and length - sum(sides) for length, sides in axes)

    def get_config(self):
        return {**super().get_config(), "pads": self.pads}
