# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class PaddedAveragePooling2D(keras.layers.AveragePooling2D):
    """Average pooling where the padding's zeros count: `pads` holds (before, after) for each spatial axis.

    The last windows may hang over the padded input, by `overhang` for each axis; what lies there does not count.
    """

    def __init__(self, *sizes, pads, overhang=None, **options):
        super().__init__(*sizes, **options)
        self.pads = tuple(tuple(sides) for sides in pads)
        self.beyond = tuple((0, after) for after in overhang or [0 for _ in pads])

    def all_axes(self, pads):
        none = ((0, 0),)
        return none * 2 + pads if self.data_format == "channels_first" else none + pads + none

    def call(self, inputs):
        padded = keras.ops.pad(inputs, self.all_axes(self.pads))
        if not any(after for _, after in self.beyond):
            return super().call(padded)
        beyond = self.all_axes(self.beyond)
        share = super().call(keras.ops.pad(keras.ops.ones_like(padded[:1]), beyond))
        return super().call(keras.ops.pad(padded, beyond)) / share

    def compute_output_shape(self, input_shape):
        for pads in (self.all_axes(self.pads), self.all_axes(self.beyond)):
            input_shape = tuple(length and length + sum(sides) for length, sides in zip(input_shape, pads))
        return super().compute_output_shape(input_shape)

    def get_config(self):
        return {**super().get_config(), "pads": self.pads, "overhang": [after for _, after in self.beyond]}
