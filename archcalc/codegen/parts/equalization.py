# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class GraphEqualization(keras.layers.Equalization):
    """Histogram equalisation inside a network: its output is a tensor of its own, which in Keras 3.15 it is not."""

    def compute_output_spec(self, inputs, **options):
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)
