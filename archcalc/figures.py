"""The figures of a layer: their names in the JSON output, what heads their columns, and what they mean. Their one home.

What a layer's figure is worked out from stands in analysis/.
"""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """A count, which a layer has and which adds up over layers, or bytes.

    `head` stands over a column of a table, `title` where there is room for words, `narrow` where there is little.
    """

    name: str
    head: str
    title: str
    means: str
    narrow: str = ""


COUNTS = (
    Figure("params", "Params", "Parameters", "values that the layer stores: trainable ones and others"),
    Figure("trainable_params", "Trainable", "Trainable", "values that training changes"),
    Figure("non_trainable_params", "Non-trainable", "Non-trainable", "values that are stored, but not trained"),
    Figure(
        "connections",
        "Connections",
        "Connections",
        "edges of the unrolled network: for each output unit, each input value that it reads, and one for its bias",
    ),
    Figure("units", "Units", "Units", "values that a computing layer puts out"),
    Figure("macs", "MACs", "MACs", "multiply-accumulates; biases are left out"),
    Figure("flops", "FLOPs", "FLOPs", "two for each multiply-accumulate, one for each other operation"),
    Figure("activation_bytes", "Activation bytes", "Activation memory", "memory for the layer's output", "Activations"),
    Figure("weight_bytes", "Weight bytes", "Weight memory", "memory for the layer's parameters", "Weights"),
)
# Of a layer, and as sums of all layers.
FIGURES = tuple(figure.name for figure in COUNTS)
# Of the whole network, and no sums of what its layers have.
OF_NETWORK = (
    Figure(
        "peak_activation_bytes",
        "Peak activation bytes",
        "Peak activation memory",
        "the most memory that inputs and layers' outputs take at once, when the layers run in the order written",
    ),
    Figure(
        "training_bytes",
        "Training bytes",
        "Training memory",
        "memory that training takes: weights, their gradients, the optimizer's values, and every layer's output",
    ),
)
TOTALS = (*FIGURES, *(figure.name for figure in OF_NETWORK))
# Of a layer only, as what follows: none of it adds up.
LIVE = Figure("live_bytes", "Live bytes", "Live memory", "memory for all that is alive while the layer runs: what is read, then or later")
FIELDS = (
    Figure(
        "receptive_field",
        "Field",
        "Receptive field",
        "how many positions of the input there are, along each axis, from the first to the last that one output value reads",
    ),
    Figure("field_stride", "Field stride", "Stride of the fields", "how far apart the fields of neighbouring values stand on the input"),
    Figure("field_padding", "Field padding", "Padding of the fields", "how much of the first value's field lies before the input"),
)
FIELD = FIELDS[0].name
FIELD_NAMES = tuple(figure.name for figure in FIELDS)
BY_NAME = {figure.name: figure for figure in (*COUNTS, *OF_NETWORK, LIVE, *FIELDS)}

# The figure of which taps on padding may be left out, and what is said of it then.
CONNECTIONS = "connections"
WITHOUT = "; without taps that fall on padding"

# Figures of a layer's own weights: of a layer that uses others again, they are 0.
OF_WEIGHTS = ("params", "trainable_params", "non_trainable_params", "weight_bytes")
# What to write for each figure that a layer's line may leave open; others follow from these.
WRITTEN = {"params": "params", "trainable_params": "trainable", "connections": "connections", "macs": "macs", "flops": "flops"}
# Which sums the memory of training needs besides that of activations.
TRAINED = ("params", "trainable_params")

# Figures that grow with the samples of a batch; all others are those of one sample.
BY_BATCH = ("activation_bytes", *(figure.name for figure in OF_NETWORK), LIVE.name)

SHAPE = "output_shape"
SHAPE_MEANS = "the shape of what comes out, for one sample, in the network's layout"

# By whose conventions multiply-accumulates and operations may be counted: a module of conventions/ each.
CONVENTIONS = ("archcalc", "tensorflow", "torch", "fvcore", "torchinfo")

# Short forms of the names in the JSON output.
SHORT = {"trainable": "trainable_params", "non_trainable": "non_trainable_params"}


def means(name: str) -> str:
    """What a figure is, in words."""
    return SHAPE_MEANS if name == SHAPE else BY_NAME[name].means
