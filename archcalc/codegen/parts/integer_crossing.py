# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class IntegerCrossing(keras.layers.HashedCrossing):
    """A crossing of whole numbers that may come as floats, as a network's inputs do."""

    def call(self, inputs):
        return super().call([keras.ops.cast(x, "int64") for x in inputs])
