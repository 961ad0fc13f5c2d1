"""Predictions against something else: `run` builds and trains a network in real Keras, `compute` runs it in NumPy, `table` shows it."""

from archcalc.verify.check import run
from archcalc.verify.computed import compute
from archcalc.verify.errors import DataError, MissingBackendError, VerifyError
from archcalc.verify.text import table

__all__ = ["DataError", "MissingBackendError", "VerifyError", "compute", "run", "table"]
