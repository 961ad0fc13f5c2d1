# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class EmbeddingSpectralNormalization(keras.layers.SpectralNormalization):
    """Spectral normalisation of a table of vectors: Keras 3.15 casts these to the integers that they are looked up by."""

    def call(self, inputs, training=False):
        outputs = super().call(keras.ops.cast(inputs, "float32"), training=training)
        return keras.ops.cast(outputs, self.compute_dtype)
