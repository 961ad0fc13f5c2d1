# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class PaddedAveragePooling(keras.layers.Layer):
    """Average pooling where the padding's zeros count: `pads` holds (before, after) for each axis.

    The last windows may hang over the padded input, by `overhang` for each axis; what lies there does not count.
    """

    def __init__(self, pool_size, strides, pads, overhang=None, **options):
        super().__init__(**options)
        self.pool_size = tuple(pool_size)
        self.strides = tuple(strides)
        self.pads = tuple(map(tuple, pads))
        self.overhang = tuple(overhang) if overhang else None

    def average(self, inputs):
        return keras.ops.average_pool(inputs, self.pool_size, self.strides, "valid")

    def call(self, inputs):
        padded = keras.ops.pad(inputs, ((0, 0), *self.pads, (0, 0)))
        if self.overhang is None:
            return self.average(padded)
        more = ((0, 0), *((0, after) for after in self.overhang), (0, 0))
        counted = keras.ops.pad(keras.ops.ones((1, *padded.shape[1:-1], 1), padded.dtype), more)
        return self.average(keras.ops.pad(padded, more)) / self.average(counted)

    def get_config(self):
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "pads": self.pads,
            "overhang": self.overhang,
        }
