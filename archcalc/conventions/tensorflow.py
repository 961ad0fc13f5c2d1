"""TensorFlow's profiler (`float_operation`) on the frozen graph of the Keras model, at inference, one sample.

It adds up what tensorflow/python/profiler/internal/flops_registry.py and nn_ops.py register for each operation of the graph:
two for each multiply-accumulate, one for each bias and each value of an arithmetic operation, five for a softmax, nothing for a
rectifier or a tanh. What Keras makes of a layer decides which operations there are, so the table is one of Keras's classes.
"""

from __future__ import annotations

from collections.abc import Callable

from archcalc.conventions import Convention, Uncounted
from archcalc.conventions.seen import Seen, seen
from archcalc.graph import Node
from archcalc.languages import tr
from archcalc.sizes import Size, prod

# Operations on each value. Those of one operation that the profiler does not know count nothing; others are made of several.
ACTIVATIONS = {
    **dict.fromkeys(("elu", "exponential", "leaky_relu", "linear", "log_softmax", "relu", "relu6", "selu", "sigmoid"), 0),
    **dict.fromkeys(("softplus", "softsign", "tanh"), 0),
    **dict.fromkeys(("hard_shrink", "mish", "tanh_shrink"), 1),
    **dict.fromkeys(("hard_sigmoid", "hard_tanh", "log_sigmoid", "silu", "swish"), 2),
    **dict.fromkeys(("hard_silu", "hard_swish"), 3),
    **dict.fromkeys(("gelu", "soft_shrink", "sparse_sigmoid", "squareplus"), 4),
    **dict.fromkeys(("celu", "softmax", "sparse_plus"), 5),
}
UNSEEN = "Keras compiles it, and the profiler does not look inside"


def count(node: Node) -> Size:
    """Float operations of one application to one sample."""
    layer = seen(node)
    rule = RULES.get(layer.row)
    if rule is not None:
        return rule(layer)
    if layer.given("function") in ACTIVATIONS and not layer.weights:
        return _activation_layer(layer)
    raise Uncounted("archcalc has no table of what TensorFlow counts of it")


def _activation_layer(layer: Seen) -> Size:
    """An activation as a layer of its own; what its arguments make of it, others than the usual, is not known."""
    usual = {"max_value": (None, 6), "slope": (0,), "threshold": (0,), "alpha": (1,), "axis": (-1, len(layer.out))}
    if any(layer.given(name, values[0]) not in values for name, values in usual.items()):
        raise Uncounted("with these arguments Keras makes other operations of it")
    return layer.values * ACTIVATIONS[layer.given("function")]


def _after(layer: Seen) -> Size:
    """The biases, and the activation that is an argument."""
    name = layer.given("activation") or "linear"
    if name not in ACTIVATIONS:
        raise Uncounted(tr("archcalc has no table of what TensorFlow counts of {name}", name=name))
    return layer.biases + layer.values * ACTIVATIONS[name]


def _convolution(layer: Seen) -> Size:
    if layer.given("maps") is not None:
        raise Uncounted("Keras has no convolution with a connection table")
    if layer.given("groups", 1) != 1:
        raise Uncounted(UNSEEN)
    if any(window.dilation != 1 for window in layer.layer.windows(*layer.inputs)):
        raise Uncounted("TensorFlow carries a dilation out on parts of the image that it pads first, and counts the padding")
    return 2 * layer.macs + _after(layer)


def _by_channel(layer: Seen) -> Size:
    if layer.axes > 2:
        raise Uncounted(UNSEEN)
    return _convolution(layer)


def _transposed(layer: Seen) -> Size:
    """An estimate by the output's size, as the profiler makes it: too much where strides leave gaps."""
    if not isinstance(layer.given("padding"), str) or layer.axes > 2:
        raise Uncounted("the profiler does not count it, or counts what is cut off again")
    stride, dilation = layer.given("stride"), layer.given("dilation")
    steps = prod(stride) if isinstance(stride, tuple) else stride**layer.axes
    if (dilation if isinstance(dilation, int) else max(dilation)) != 1:
        raise Uncounted("TensorFlow carries a dilation out on parts of the image that it pads first, and counts the padding")
    kernel = next(weight for weight in layer.weights if not weight.bias)
    products = 2 * layer.values * prod(kernel.each)
    if products % steps != 0:
        raise Uncounted("the profiler's estimate is no whole number")
    return products // steps + _after(layer)


def _dense(layer: Seen) -> Size:
    if layer.given("lora_rank") is not None:
        raise Uncounted("archcalc has no table of what TensorFlow counts of a low-rank adaptation")
    return 2 * layer.macs + _after(layer)


def _windowed(layer: Seen) -> Size:
    """A pooling: as often as the window has places, for each value; of volumes it has no count."""
    area: Size = prod(window.kernel for window in layer.layer.windows(*layer.inputs))
    return layer.values * area if layer.axes < 3 else 0


def _mean_pooling(layer: Seen) -> Size:
    if not isinstance(layer.given("padding"), str) or layer.given("ceil"):
        raise Uncounted("with numbers as padding it is made of several operations")
    return _windowed(layer)


def _batch_norm(layer: Seen) -> Size:
    if layer.given("renorm"):
        raise Uncounted("archcalc has no table of what TensorFlow counts of a batch renormalisation")
    channels = next(weight for weight in layer.weights if not weight.trainable).size
    return 2 * layer.values + (5 + layer.given("scale")) * channels


def _layer_norm(layer: Seen) -> Size:
    scale, center = layer.given("scale"), layer.given("center")
    axes = layer.given("axis")
    if not (isinstance(axes, int) and axes in (-1, len(layer.out))):
        raise Uncounted("archcalc has a table of it for the last axis alone")
    return (6 + 2 * scale + center) * layer.values + (5 - scale) * prod(layer.out[:-1])


def _group_norm(layer: Seen) -> Size:
    """Also of an instance normalisation, which is one with as many groups as channels."""
    scale, center, axis = layer.given("scale"), layer.given("center"), layer.given("axis")
    channels = layer.out[axis - 1 if axis > 0 else axis]
    groups = layer.given("groups", channels)
    return 6 * layer.values + (2 * scale + center) * channels + (5 - scale) * groups


def _merge(layer: Seen) -> Size:
    if len(layer.inputs) > 2 and any(x != layer.out for x in layer.inputs):
        raise Uncounted("of several inputs, two at a time are spread to one size")
    return (len(layer.inputs) - 1) * layer.values


def _average(layer: Seen) -> Size:
    return _merge(layer) + layer.values


def _dot(layer: Seen) -> Size:
    if layer.given("normalize"):
        raise Uncounted("archcalc has no table of what TensorFlow counts of a normalised product")
    return 2 * layer.macs


def _embedding(layer: Seen) -> Size:
    if layer.given("lora_rank") is not None:
        raise Uncounted("archcalc has no table of what TensorFlow counts of a low-rank adaptation")
    return 2 * layer.read  # whether an index is negative, and its sum with the length


def _upsampling(layer: Seen) -> Size:
    return layer.axes if layer.given("interpolation", "nearest") == "nearest" else 0  # the sizes are multiplied, axis by axis


def _times(often: int) -> Callable[[Seen], Size]:
    return lambda layer: often * layer.values


RULES: dict[str, Callable[[Seen], Size]] = {
    "Conv{rank}D": _convolution,
    "DepthwiseConv{rank}D": _by_channel,
    "SeparableConv{rank}D": _by_channel,
    "Conv{rank}DTranspose": _transposed,
    "Dense": _dense,
    "MaxPooling{rank}D": _windowed,
    "AveragePooling{rank}D": _mean_pooling,
    "GlobalAveragePooling{rank}D": lambda layer: layer.read,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "GroupNormalization": _group_norm,
    "instancenorm": _group_norm,
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Maximum", "Minimum"), _merge),
    "Average": _average,
    "Dot": _dot,
    "Embedding": _embedding,
    "UpSampling{rank}D": _upsampling,
    "LeakyReLU": _times(0),
    "Masking": _times(1),
    "RepeatVector": lambda layer: 1,
    "Rescaling": _times(2),
    **dict.fromkeys(
        (
            "ActivityRegularization", "AlphaDropout", "Concatenate", "Cropping{rank}D", "Dropout", "Flatten", "GaussianDropout",
            "GaussianNoise", "GlobalMaxPooling{rank}D", "Identity", "Permute", "Reshape", "SpatialDropout{rank}D", "ZeroPadding{rank}D",
        ),
        _times(0),
    ),
}  # fmt: skip

CONVENTION = Convention(
    "tensorflow",
    "tf.compat.v1.profiler, float_operation",
    "float operations",
    "2 for each MAC, 1 for each bias; poolings, normalisations, merges; relu 0, softmax 5",
    count,
    (
        ("convolutions, dense layers, `dot`", "2 · MACs, and 1 for each bias"),
        ("`conv_transpose`", "2 · values that come out · kernel · maps read / stride: an estimate, exact where no value is cut off"),
        ("max and average pooling", "k_h · k_w for each value; 0 for volumes"),
        ("`gap`", "1 for each value that flows in; `gmp`: 0"),
        ("batch normalisation", "2 for each value, and 6 for each channel; 5 without a scale"),
        ("`layernorm` of the last axis", "9 for each value and 4 for each vector; without a scale 7 and 5; without a shift 1 less a value"),
        (
            "`groupnorm`, `instancenorm`",
            "6 for each value, 3 for each channel, 4 for each group; without a scale 1 and 5; without a shift 1 less a channel",
        ),
        ("arithmetic merges", "1 less than it has inputs, for each value; `avg` 1 more"),
        ("softmax", "5 for each value"),
        ("relu, relu6, elu, selu, leaky_relu, tanh, sigmoid, softplus, softsign, exponential, log_softmax", "0"),
        ("hard_shrink, mish, tanh_shrink · hard_sigmoid, hard_tanh, log_sigmoid, silu", "1 · 2 for each value"),
        ("hard_silu · gelu, soft_shrink, sparse_sigmoid, squareplus · celu, sparse_plus", "3 · 4 · 5 for each value"),
        ("`embedding` · `rescale` · `masking`", "2 for each index · 2 · 1 for each value"),
        ("`upsample` · `repeat_vector`", "1 for each axis, 0 if interpolated · 1: the sizes are multiplied, and that is counted"),
        ("flattening, reshaping, padding, cropping, concatenation, dropout, noise", "0"),
        (
            "grouped and dilated convolutions, attention, recurrent layers, other normalisations, wrappers and preprocessing",
            "left out: it depends on how Keras and TensorFlow carry them out, or archcalc has no table",
        ),
    ),
    "tensorflow/python/profiler/internal/flops_registry.py and tensorflow/python/ops/nn_ops.py, TensorFlow 2.21, Keras 3.15",
)
