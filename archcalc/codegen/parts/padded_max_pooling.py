# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class PaddedMaxPooling(keras.layers.Layer):
    """Max pooling where the padding never wins: `pads` holds (before, after) for each axis."""

    def __init__(self, pool_size, strides, pads, **options):
        super().__init__(**options)
        self.pool_size = tuple(pool_size)
        self.strides = tuple(strides)
        self.pads = tuple(map(tuple, pads))

    def call(self, inputs):
        padded = keras.ops.pad(inputs, ((0, 0), *self.pads, (0, 0)), constant_values=float("-inf"))
        return keras.ops.max_pool(padded, self.pool_size, self.strides, "valid")

    def get_config(self):
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "pads": self.pads,
        }
