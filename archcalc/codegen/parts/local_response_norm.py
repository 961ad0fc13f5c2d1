# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class LocalResponseNormalization(keras.layers.Layer):
    """Each value over (k + alpha * s)**beta, where s sums the squares of the `size` channels around it.

    Krizhevsky, Sutskever & Hinton (2012), section 3.3.
    """

    def __init__(self, size=5, alpha=1e-4, beta=0.75, k=2, axis=-1, **options):
        super().__init__(**options)
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
        self.axis = axis

    def call(self, inputs):
        channels = inputs.shape[self.axis]
        squares = keras.ops.moveaxis(keras.ops.square(inputs), self.axis, -1)
        beyond = [(0, 0)] * (len(inputs.shape) - 1) + [(self.size // 2, self.size // 2)]
        padded = keras.ops.pad(squares, beyond)
        total = sum(padded[..., i : i + channels] for i in range(self.size))
        return inputs / keras.ops.power(self.k + self.alpha * keras.ops.moveaxis(total, -1, self.axis), self.beta)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "size": self.size,
            "alpha": self.alpha,
            "beta": self.beta,
            "k": self.k,
            "axis": self.axis,
        }
