"""A second way to the same numbers: any network run forward in NumPy, by kernels that know nothing of the shape rules.

from archcalc.engine import run
found = run(analysis.graph)
found.values["C1"], found.layers["C1"].output_shape
"""

from __future__ import annotations

from archcalc.engine.errors import EngineError
from archcalc.engine.runner import Computed, Run, run

__all__ = ["Computed", "EngineError", "Run", "run"]
