# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class PaddedConv2D(keras.layers.Conv2D):
    """A convolution of an input padded with zeros: `pads` holds (before, after) for each axis."""

    def __init__(self, filters, kernel_size, pads, **options):
        super().__init__(filters, kernel_size, **options)
        self.pads = tuple(tuple(sides) for sides in pads)

    def call(self, inputs):
        return super().call(keras.ops.pad(inputs, ((0, 0), *self.pads, (0, 0))))

    def compute_output_shape(self, input_shape):
        batch, *space, channels = input_shape
        space = [length + before + after for length, (before, after) in zip(space, self.pads)]
        return super().compute_output_shape((batch, *space, channels))

    def get_config(self):
        return {**super().get_config(), "pads": self.pads}
