# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class FrozenConvLSTM2D(keras.layers.ConvLSTM2D):
    """A layer that training leaves as it is: Keras's `trainable=False` does not reach the cell that it makes."""

    def __init__(self, *arguments, trainable=False, **options):
        super().__init__(*arguments, **options)
        self.trainable = False
