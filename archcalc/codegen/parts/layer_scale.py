# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class LayerScale(keras.layers.Layer):
    """One trained factor for each channel, which starts as `initial`. Touvron et al. (2021)."""

    def __init__(self, initial=1e-6, axis=-1, **options):
        super().__init__(**options)
        self.initial = initial
        self.axis = axis

    def build(self, input_shape):
        start = keras.initializers.Constant(self.initial)
        self.gamma = self.add_weight(name="gamma", shape=(input_shape[self.axis],), initializer=start)

    def call(self, inputs):
        sizes = [1] * len(inputs.shape)
        sizes[self.axis] = -1
        return inputs * keras.ops.reshape(self.gamma, sizes)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "initial": self.initial, "axis": self.axis}
