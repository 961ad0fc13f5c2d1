# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class ChannelsFirst(keras.layers.Wrapper):
    """A layer that has the channels last, for data that have them first: the axes are exchanged before and after it."""

    def build(self, input_shape):
        batch, channels, *space = input_shape
        super().build((batch, *space, channels))

    def call(self, inputs):
        axes = range(len(inputs.shape))
        last = keras.ops.transpose(inputs, (0, *axes[2:], 1))
        return keras.ops.transpose(self.layer(last), (0, axes[-1], *axes[1:-1]))

    def compute_output_shape(self, input_shape):
        batch, channels, *space = input_shape
        batch, *space, channels = self.layer.compute_output_shape((batch, *space, channels))
        return (batch, channels, *space)
