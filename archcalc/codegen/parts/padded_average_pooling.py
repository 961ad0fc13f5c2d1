# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class PaddedAveragePooling(keras.layers.Layer):
    """Average pooling where the padding's zeros count: `pads` holds (before, after) for each spatial axis.

    The last windows may hang over the padded input, by `overhang` for each axis; what lies there does not count.
    """

    def __init__(self, pool_size, strides, pads, overhang=None, data_format="channels_last", **options):
        super().__init__(**options)
        self.pool_size = tuple(pool_size)
        self.strides = tuple(strides)
        self.pads = tuple(map(tuple, pads))
        self.overhang = tuple(overhang) if overhang else None
        self.data_format = data_format

    def average(self, values):
        return keras.ops.average_pool(values, self.pool_size, self.strides, "valid", "channels_last")

    def call(self, inputs):
        first = self.data_format == "channels_first"
        inputs = keras.ops.moveaxis(inputs, 1, -1) if first else inputs
        padded = keras.ops.pad(inputs, ((0, 0), *self.pads, (0, 0)))
        if self.overhang is None:
            outputs = self.average(padded)
        else:
            more = ((0, 0), *((0, after) for after in self.overhang), (0, 0))
            counted = keras.ops.pad(keras.ops.ones((1, *padded.shape[1:-1], 1), padded.dtype), more)
            outputs = self.average(keras.ops.pad(padded, more)) / self.average(counted)
        return keras.ops.moveaxis(outputs, -1, 1) if first else outputs

    def get_config(self):
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "pads": self.pads,
            "overhang": self.overhang,
            "data_format": self.data_format,
        }
