"""What code generation cannot do."""

from __future__ import annotations


class CodegenError(Exception):
    """A network, or its training recipe, that Keras code cannot be written for; the message says why."""
