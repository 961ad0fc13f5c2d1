# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class FrozenLSTMCell(keras.layers.LSTMCell):
    """An attention that training leaves as it is: Keras's `trainable=False` does not reach the layers that it makes in `build`."""

    def __init__(self, *arguments, trainable=False, **options):
        super().__init__(*arguments, **options)

    def build(self, query_shape, value_shape, key_shape=None):
        super().build(query_shape, value_shape, key_shape)
        self.trainable = False

    def get_config(self):
        return {**super().get_config(), "trainable": False}
