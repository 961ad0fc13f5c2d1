"""Two networks compared: which layer is which, what was edited, and what follows from that.

>>> import archcalc
>>> old = archcalc.analyze(text="network N { input 28x28x1; conv 6, 5x5; flatten; dense 10 }")
>>> new = archcalc.analyze(text="network N { input 28x28x1; conv 6, 3x3; flatten; dense 10 }")
>>> found = old.diff(new)
>>> [(cause.change, cause.name) for cause in found.causes], [one.now.name for one in found.consequences]
([('changed', 'conv_1')], ['flatten_1', 'dense_1'])
"""

from __future__ import annotations

from archcalc.diff.difference import Difference, NotComparable, compare
from archcalc.diff.written import Diff

__all__ = ["Diff", "Difference", "NotComparable", "compare"]
