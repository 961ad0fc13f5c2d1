"""Every layer kind, a module a family. Importing this package fills the registry."""

from archcalc.layers import (
    activation,
    convolution,
    dense,
    input,
    merging,
    normalization,
    pooling,
    regularization,
    reshaping,
)

__all__ = [
    "activation",
    "convolution",
    "dense",
    "input",
    "merging",
    "normalization",
    "pooling",
    "regularization",
    "reshaping",
]
