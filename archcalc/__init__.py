"""archcalc: what shape comes out of a neural network, how many parameters, connections and MACs, and why.

>>> import archcalc
>>> a = archcalc.analyze(text="network Tiny { input 28x28x1; conv 6, 5x5; flatten; dense 10 }")
>>> a.layers["conv_1"].params, a.layers["conv_1"].output_shape
(156, (24, 24, 6))
>>> a.derivation("conv_1", "params").text
'(5*5*1 + 1)*6 = 156'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archcalc.api import Analysis, ArchError, analyze

__version__ = "0.1.0"
__all__ = ["Analysis", "ArchError", "__version__", "analyze"]


def __getattr__(name: str) -> Any:
    # The command line imports this package too, and starts without what only the Python interface needs.
    if name in __all__:
        from archcalc import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
