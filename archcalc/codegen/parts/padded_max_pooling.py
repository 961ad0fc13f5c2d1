# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class PaddedMaxPooling(keras.layers.Layer):
    """Max pooling where the padding never wins: `pads` holds (before, after) for each spatial axis."""

    def __init__(self, pool_size, strides, pads, data_format="channels_last", **options):
        super().__init__(**options)
        self.pool_size = tuple(pool_size)
        self.strides = tuple(strides)
        self.pads = tuple(map(tuple, pads))
        self.data_format = data_format

    def call(self, inputs):
        first = self.data_format == "channels_first"
        inputs = keras.ops.moveaxis(inputs, 1, -1) if first else inputs
        padded = keras.ops.pad(inputs, ((0, 0), *self.pads, (0, 0)), constant_values=float("-inf"))
        outputs = keras.ops.max_pool(padded, self.pool_size, self.strides, "valid", "channels_last")
        return keras.ops.moveaxis(outputs, -1, 1) if first else outputs

    def get_config(self):
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "pads": self.pads,
            "data_format": self.data_format,
        }
