"""All that can be drawn in a body."""

from __future__ import annotations

from drawn_instances import Instances
from drawn_loops import Loops
from drawn_merges import Merges


class Bodies(Merges, Loops, Instances):
    """Draws bodies, statement by statement. What each puts out is followed by tags, never by archcalc."""
