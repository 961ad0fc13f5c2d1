# mypy: ignore-errors
# fmt: off
import keras
import numpy as np


@keras.saving.register_keras_serializable(package="archcalc")
class LeCunConv(keras.layers.Layer):
    """A convolution as LeCun et al. wrote them in 1989 and 1998.

    `table` has a row of text for each input map; an X in column j says that output map j reads it. Only these
    connections have weights. `bias` is "shared" (one for each map), "untied" (one for each output unit) or "none".
    The input is padded with zeros: `pads` holds (before, after) for each spatial axis.
    """

    def __init__(
        self,
        filters,
        kernel_size,
        strides=None,
        pads=None,
        dilation_rate=None,
        groups=1,
        activation=None,
        bias="shared",
        table=None,
        data_format="channels_last",
        **options,
    ):
        super().__init__(**options)
        self.filters = filters
        self.kernel_size = tuple(kernel_size)
        rank = len(self.kernel_size)
        self.strides = tuple(strides) if strides else (1,) * rank
        self.pads = tuple(map(tuple, pads)) if pads else ((0, 0),) * rank
        self.dilation_rate = tuple(dilation_rate) if dilation_rate else (1,) * rank
        self.groups = groups
        self.activation = keras.activations.get(activation)
        self.bias = bias
        self.table = table
        self.data_format = data_format

    def build(self, input_shape):
        channels = input_shape[1 if self.data_format == "channels_first" else -1]
        taps = int(np.prod(self.kernel_size))
        if self.table is None:
            connections = channels // self.groups * self.filters
            shape = (*self.kernel_size, channels // self.groups, self.filters)
        else:
            # Each entry of the dense kernel is one of the connections' weights, or the zero that is put behind them.
            connects = np.array([[mark == "X" for mark in row] for row in self.table])
            connections = int(connects.sum())
            self.entries = np.where(connects, np.cumsum(connects).reshape(connects.shape) - 1, connections).ravel()
            shape = (*self.kernel_size, connections)
        # Glorot & Bengio (2010), with the mean number of connections of a map.
        limit = np.sqrt(6 / (taps * connections * (1 / self.filters + 1 / channels)))
        self.kernel = self.add_weight(
            name="kernel", shape=shape, initializer=keras.initializers.RandomUniform(-limit, limit)
        )
        if self.bias != "none":
            space = self.output_space(input_shape) if self.bias == "untied" else ()
            self.offset = self.add_weight(name="bias", shape=(*space, self.filters), initializer="zeros")

    def output_space(self, input_shape):
        space = input_shape[2:] if self.data_format == "channels_first" else input_shape[1:-1]
        axes = zip(space, self.kernel_size, self.strides, self.pads, self.dilation_rate)
        return tuple((n + sum(p) - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes)

    def compute_output_shape(self, input_shape):
        batch, space = input_shape[0], self.output_space(input_shape)
        first = self.data_format == "channels_first"
        return (batch, self.filters, *space) if first else (batch, *space, self.filters)

    def dense_kernel(self, channels):
        """The kernel with zeros where there is no connection: (*kernel_size, channels // groups, filters)."""
        if self.table is None:
            return self.kernel
        kernel = keras.ops.pad(self.kernel, ((0, 0),) * len(self.kernel_size) + ((0, 1),))
        return keras.ops.reshape(
            keras.ops.take(kernel, self.entries, axis=-1), (*self.kernel_size, channels, self.filters)
        )

    def call(self, inputs):
        first = self.data_format == "channels_first"
        inputs = keras.ops.moveaxis(inputs, 1, -1) if first else inputs
        padded = keras.ops.pad(inputs, ((0, 0), *self.pads, (0, 0)))
        kernel = self.dense_kernel(inputs.shape[-1])
        outputs = keras.ops.conv(padded, kernel, self.strides, "valid", "channels_last", self.dilation_rate)
        if self.bias != "none":
            outputs = outputs + self.offset
        return self.activation(keras.ops.moveaxis(outputs, -1, 1) if first else outputs)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "pads": self.pads,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "activation": keras.activations.serialize(self.activation),
            "bias": self.bias,
            "table": self.table,
            "data_format": self.data_format,
        }
