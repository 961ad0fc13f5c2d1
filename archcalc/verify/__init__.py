"""Predictions against real Keras: `run` builds and trains a network, `table` shows what came out."""

from archcalc.verify.check import run
from archcalc.verify.errors import DataError, MissingBackendError, VerifyError
from archcalc.verify.result import table

__all__ = ["DataError", "MissingBackendError", "VerifyError", "run", "table"]
