# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class BinPooling(keras.layers.Layer):
    """Adaptive pooling, bin by bin, by "max" or "mean": Keras's own fails on an axis of length 1, before or after."""

    def __init__(self, output_size, mode="max", data_format="channels_last", **options):
        super().__init__(**options)
        self.output_size = tuple(output_size)
        self.mode = mode
        self.data_format = data_format

    def call(self, inputs):
        pool = keras.ops.max if self.mode == "max" else keras.ops.mean
        for axis, bins in enumerate(self.output_size, start=2 if self.data_format == "channels_first" else 1):
            length = inputs.shape[axis]
            places = [list(range(i * length // bins, -(-(i + 1) * length // bins))) for i in range(bins)]
            found = [pool(keras.ops.take(inputs, p, axis), axis, keepdims=True) for p in places]
            inputs = keras.ops.concatenate(found, axis)
        return inputs

    def compute_output_shape(self, input_shape):
        if self.data_format == "channels_first":
            return (*input_shape[:2], *self.output_size)
        return (input_shape[0], *self.output_size, input_shape[-1])

    def get_config(self):
        own = {"output_size": self.output_size, "mode": self.mode, "data_format": self.data_format}
        return {**super().get_config(), **own}
