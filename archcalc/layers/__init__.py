"""Every layer kind, a module a family. Importing this package fills the registry with what nearly every network uses.

The other modules are imported when a program names what they have (archcalc/registry.py).
"""

from archcalc.layers import activation, convolution, dense, input, pooling, reshaping

__all__ = ["activation", "convolution", "dense", "input", "pooling", "reshaping"]
