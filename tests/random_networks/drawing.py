"""Random programs for tests, and how many of them."""

from __future__ import annotations

import os
from typing import Any

from chance import Chance
from drawn_programs import Program, draw
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("ARCHCALC_EXAMPLES", "0"))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture, HealthCheck.large_base_example]


def examples(count: int) -> Any:
    """So many examples, unless ARCHCALC_EXAMPLES says otherwise."""
    return settings(max_examples=EXAMPLES or count, suppress_health_check=SLOW)


@st.composite
def programs(choose: st.DrawFn) -> Program:
    """A program that is right."""
    return draw(Chance.of(choose))
