# mypy: ignore-errors
# fmt: off
import keras


@keras.saving.register_keras_serializable(package="archcalc")
class Subsampling(keras.layers.Layer):
    """LeCun's subsampling: a window's sum, times one trained coefficient, plus one bias, for each map.

    LeCun et al. (1998), section II.B. The coefficients start as one over the window's size: as a mean. The input is
    padded with zeros: `pads` holds (before, after) for each spatial axis.
    """

    def __init__(self, pool_size, strides, pads=None, activation=None, data_format="channels_last", **options):
        super().__init__(**options)
        self.pool_size = tuple(pool_size)
        self.strides = tuple(strides)
        self.pads = tuple(map(tuple, pads)) if pads else ((0, 0),) * len(self.pool_size)
        self.activation = keras.activations.get(activation)
        self.data_format = data_format
        self.size = 1
        for length in self.pool_size:
            self.size *= length

    def build(self, input_shape):
        maps = (input_shape[1 if self.data_format == "channels_first" else -1],)
        mean = keras.initializers.Constant(1 / self.size)
        self.coefficient = self.add_weight(name="coefficient", shape=maps, initializer=mean)
        self.bias = self.add_weight(name="bias", shape=maps, initializer="zeros")

    def call(self, inputs):
        first = self.data_format == "channels_first"
        inputs = keras.ops.moveaxis(inputs, 1, -1) if first else inputs
        padded = keras.ops.pad(inputs, ((0, 0), *self.pads, (0, 0)))
        mean = keras.ops.average_pool(padded, self.pool_size, self.strides, "valid", "channels_last")
        outputs = mean * self.size * self.coefficient + self.bias
        return self.activation(keras.ops.moveaxis(outputs, -1, 1) if first else outputs)

    def compute_output_shape(self, input_shape):
        batch, *space = input_shape
        first = self.data_format == "channels_first"
        channels = space.pop(0 if first else -1)
        axes = zip(space, self.pool_size, self.strides, self.pads)
        space = [(n + sum(p) - k) // s + 1 for n, k, s, p in axes]
        return (batch, channels, *space) if first else (batch, *space, channels)

    def get_config(self):
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "pads": self.pads,
            "activation": keras.activations.serialize(self.activation),
            "data_format": self.data_format,
        }
