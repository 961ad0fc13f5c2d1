# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class FreshLSTMCell(keras.layers.LSTMCell):
    """A cell whose dropout draws anew at each call: Keras's own keeps its first draw, unless a layer runs it."""

    def call(self, inputs, states, training=False):
        self.reset_dropout_mask()
        self.reset_recurrent_dropout_mask()
        return super().call(inputs, states, training=training)
