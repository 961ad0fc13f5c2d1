"""What the engine raises."""

from __future__ import annotations


class EngineError(Exception):
    """The network, or the numbers given for it, cannot be computed; the message says why, in one line."""
