"""Settings of each kind, with the shapes that flow in: those where generated code goes its own way, and plain ones."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from archcalc.layers.activation import FUNCTIONS
from archcalc.values import Table

_TABLE = Table("T", ("XX.", "X.X", ".XX", "..X"))

Config = tuple[str, dict[str, Any], tuple[tuple[int, ...], ...]]

CONFIGS: list[Config] = [
    ("conv", {"filters": 6, "kernel": (5, 5), "activation": "tanh"}, ((32, 32, 1),)),
    ("conv", {"filters": 6, "kernel": 3, "stride": 2, "bias": "none"}, ((17, 16, 3),)),
    ("conv", {"filters": 8, "kernel": 3, "padding": "same", "dilation": 2}, ((20, 4),)),
    ("conv", {"filters": 8, "kernel": 3, "padding": "causal", "stride": 2}, ((21, 4),)),
    ("conv", {"filters": 12, "kernel": (3, 3, 3), "groups": 2}, ((9, 8, 7, 4),)),
    ("conv", {"filters": 4, "kernel": (3, 5), "stride": (2, 1), "padding": "same", "bias": "untied"}, ((9, 10, 3),)),
    ("conv", {"filters": 4, "kernel": 3, "bias": "untied", "groups": 2, "dilation": 2}, ((9, 10, 6),)),
    ("conv", {"filters": 4, "kernel": 3, "bias": "untied", "padding": "causal", "activation": "relu"}, ((12, 3),)),
    ("conv", {"filters": 4, "kernel": (3, 3), "padding": ((1, 2), (0, 1))}, ((9, 10, 3),)),
    ("conv", {"filters": 4, "kernel": 3, "padding": 2}, ((9, 3),)),
    ("conv", {"filters": 4, "kernel": 5, "padding": ((3, 1),), "groups": 2, "stride": 2, "activation": "relu"}, ((20, 6),)),
    ("conv", {"filters": 4, "kernel": 3, "padding": (0, 1, 2), "stride": 2}, ((9, 8, 7, 3),)),
    ("conv", {"filters": 64, "kernel": (7, 7), "stride": 2, "padding": 3, "bias": "none", "activation": "relu"}, ((32, 32, 3),)),
    ("conv", {"filters": 3, "kernel": 3, "maps": _TABLE}, ((6, 7, 4),)),
    ("conv", {"filters": 3, "kernel": 3, "maps": _TABLE, "bias": "none", "padding": 1, "stride": 2}, ((6, 7, 4),)),
    ("conv", {"filters": 3, "kernel": 3, "maps": _TABLE, "bias": "untied", "padding": "same"}, ((8, 4),)),
    ("dense", {"units": 120, "activation": "tanh"}, ((40,),)),
    ("dense", {"units": 10, "bias": "none"}, ((7, 64),)),
    ("rbf", {"units": 10}, ((84,),)),
    ("rbf", {"units": 10, "centres": "bitmaps"}, ((84,),)),
    ("rbf", {"units": 3, "centres": "random"}, ((4, 5),)),
    ("maxpool", {}, ((26, 26, 3),)),
    ("maxpool", {"kernel": (2, 2), "padding": "same"}, ((13, 13, 3),)),
    ("maxpool", {"kernel": 3, "stride": 2, "padding": 1}, ((12, 13, 3),)),
    ("maxpool", {"kernel": 3, "stride": 2, "ceil": True}, ((32, 8),)),
    ("maxpool", {"kernel": 2, "stride": 2, "padding": 2, "ceil": True}, ((5, 6, 3),)),
    ("avgpool", {"kernel": (2, 2)}, ((4, 4, 1),)),
    ("avgpool", {"kernel": 3, "stride": 1, "padding": "same"}, ((5, 6, 7, 2),)),
    ("avgpool", {"kernel": (3, 2), "stride": 2}, ((9, 9, 2),)),
    ("avgpool", {"kernel": 3, "stride": 2, "padding": ((0, 1), (1, 0))}, ((10, 11, 2),)),
    ("avgpool", {"kernel": 3, "stride": 2, "padding": 1, "ceil": True}, ((10, 11, 2),)),
    ("avgpool", {"kernel": 2, "stride": 3, "ceil": True}, ((9, 11, 2),)),
    ("subsample", {"kernel": (2, 2), "activation": "tanh"}, ((28, 28, 6),)),
    ("subsample", {}, ((10, 11, 4),)),
    ("subsample", {"kernel": 3, "stride": 2, "padding": "same"}, ((9, 4),)),
    ("subsample", {"kernel": 3, "stride": 2, "padding": 1}, ((9, 8, 4),)),
    ("gap", {}, ((7, 7, 20),)),
    ("gap", {"keepdims": True}, ((7, 5, 7, 9),)),
    ("bn", {}, ((8, 8, 6),)),
    ("bn", {"axis": 0, "scale": False, "momentum": Fraction(9, 10)}, ((12, 4),)),
    ("bn", {"center": False, "epsilon": Fraction(1, 1000000)}, ((5,),)),
    ("dropout", {"rate": Fraction(1, 2)}, ((12,),)),
    ("flatten", {}, ((5, 5, 16),)),
    ("reshape", {"size": (4, 4, 4)}, ((64,),)),
    ("reshape", {"size": (-1, 8)}, ((6, 4),)),
    ("activation", {"function": "tanh"}, ((5, 5, 4),)),
    ("leaky_relu", {"slope": Fraction(1, 10)}, ((9,),)),
    ("leaky_relu", {}, ((4, 4, 2),)),
    *((kind, {}, ((7, 7, 8), (7, 7, 8))) for kind in ("add", "mul", "sub", "avg")),
    ("add", {}, ((7, 7, 8), (1, 1, 8), (7, 7, 1))),
    ("concat", {}, ((7, 7, 8), (7, 7, 4))),
    ("concat", {"axis": 0}, ((3, 8), (4, 8), (5, 8))),
    *((function, {}, ((6, 6, 3),)) for function in FUNCTIONS if function not in ("leaky_relu", "threshold")),
]


def title(config: Config) -> str:
    kind, arguments, _ = config
    return " ".join([kind, *(f"{name}={value}" for name, value in arguments.items())])
