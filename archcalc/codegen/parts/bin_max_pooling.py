# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class BinMaxPooling(keras.layers.Layer):
    """Adaptive max pooling, bin by bin: Keras's own fails on an axis of length 1, before or after."""

    def __init__(self, output_size, data_format="channels_last", **options):
        super().__init__(**options)
        self.output_size = tuple(output_size)
        self.data_format = data_format

    def call(self, inputs):
        for axis, bins in enumerate(self.output_size, start=2 if self.data_format == "channels_first" else 1):
            length = inputs.shape[axis]
            places = [list(range(i * length // bins, -(-(i + 1) * length // bins))) for i in range(bins)]
            found = [keras.ops.max(keras.ops.take(inputs, p, axis), axis, keepdims=True) for p in places]
            inputs = keras.ops.concatenate(found, axis)
        return inputs

    def get_config(self):
        return {**super().get_config(), "output_size": self.output_size, "data_format": self.data_format}
