# mypy: ignore-errors
# fmt: off
import keras
import numpy as np


@keras.saving.register_keras_serializable(package="archcalc")
class RBF(keras.layers.Layer):
    """Each unit's squared Euclidean distance from its fixed centre of -1 and 1: the smallest is the answer.

    LeCun et al. (1998), section II.B. `centres` has a text for each unit, an X for 1; without it they are drawn from a
    seeded generator.
    """

    def __init__(self, units, centres=None, **options):
        super().__init__(**options)
        self.units = units
        self.centres = centres

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        if self.centres is None:
            values = np.random.default_rng(0).choice([-1.0, 1.0], shape)
        else:
            values = np.array([[1.0 if mark == "X" else -1.0 for mark in text] for text in self.centres]).T
        self.stored = self.add_weight(name="centres", shape=shape, initializer="zeros", trainable=False)
        self.stored.assign(values)

    def call(self, inputs):
        # The square written out, |x|^2 - 2xc + |c|^2: no array of (batch, inputs, units).
        lengths = keras.ops.sum(keras.ops.square(inputs), axis=-1, keepdims=True)
        products = keras.ops.matmul(inputs, self.stored)
        return lengths - 2 * products + keras.ops.sum(keras.ops.square(self.stored), axis=0)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "centres": self.centres}
