"""What the comparisons with Keras share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def keras() -> Any:
    """Keras; a test that asks for it is skipped where it is not installed."""
    return pytest.importorskip("keras", reason="Keras is not installed")
