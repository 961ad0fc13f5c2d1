"""Classes of `keras.layers` that are no kinds here, each with the reason. `archcalc` says it where one is written."""

from __future__ import annotations

REFUSED: dict[str, str] = {
    "Lambda": "it runs any Python function, so what comes out is not known without running it",
}
