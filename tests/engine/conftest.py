"""What the tests of the engine share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from running import ROOT


@pytest.fixture(scope="session")
def keras() -> Any:
    """Keras, seeded; a test that asks for it is skipped where it is not installed."""
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    keras.utils.set_random_seed(0)
    return keras


@pytest.fixture
def examples() -> Path:
    """The folder of the examples."""
    return ROOT / "examples"
