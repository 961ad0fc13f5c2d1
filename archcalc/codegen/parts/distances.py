# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class DistanceCrossentropy(keras.losses.Loss):
    """Cross-entropy of integer labels where minus the squared distance from each class's centre is its logit.

    It is the mean over the distance's `inputs` that counts: with their sum, the softmax would be all or nothing from the start.
    """

    def __init__(self, inputs=1, **options):
        super().__init__(**options)
        self.inputs = inputs

    def call(self, y_true, y_pred):
        return keras.ops.sparse_categorical_crossentropy(y_true, -y_pred / self.inputs, from_logits=True)

    def get_config(self):
        return {**super().get_config(), "inputs": self.inputs}


@keras.saving.register_keras_serializable(package="archcalc")
def nearest_accuracy(y_true, y_pred):
    """How often the nearest centre is the label's."""
    nearest = keras.ops.reshape(keras.ops.argmin(y_pred, axis=-1), (-1,))
    labels = keras.ops.cast(keras.ops.reshape(y_true, (-1,)), nearest.dtype)
    return keras.ops.cast(keras.ops.equal(nearest, labels), "float32")
