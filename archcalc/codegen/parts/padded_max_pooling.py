# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class PaddedMaxPooling2D(keras.layers.MaxPooling2D):
    """Max pooling where the padding never wins: `pads` holds (before, after) for each spatial axis."""

    def __init__(self, *sizes, pads, **options):
        super().__init__(*sizes, **options)
        self.pads = tuple(tuple(sides) for sides in pads)

    def all_pads(self):
        none = ((0, 0),)
        return none * 2 + self.pads if self.data_format == "channels_first" else none + self.pads + none

    def call(self, inputs):
        return super().call(keras.ops.pad(inputs, self.all_pads(), constant_values=float("-inf")))

    def compute_output_shape(self, input_shape):
        axes = zip(input_shape, self.all_pads())
        return super().compute_output_shape(tuple(length and length + sum(sides) for length, sides in axes))

    def get_config(self):
        return {**super().get_config(), "pads": self.pads}
