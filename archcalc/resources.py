"""Where examples/, grammar/, locale/ and templates/ are: inside the package once it is installed, beside it in a checkout."""

from __future__ import annotations

import os

_HERE = os.path.dirname(os.path.abspath(__file__))


def resource(*parts: str) -> str:
    """Find a file that ships with archcalc by its folder and name, "grammar" and "arch.lark" for one."""
    for root in (_HERE, os.path.dirname(_HERE)):
        path = os.path.join(root, *parts)
        if os.path.exists(path):
            return path
    raise FileNotFoundError(f"archcalc was installed without {'/'.join(parts)}")
