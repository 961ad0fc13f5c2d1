"""Layers, a loss and a metric whose meaning Keras lacks, as source: generated files carry those that they use.

The modules beside this one are read as text and never imported. They are written for two spatial axes; `2D` in a class
name stands for the rank, `Conv2D` for any convolution, and `LSTMCell` for any cell.
"""

from __future__ import annotations

from importlib import resources
from typing import NamedTuple


class Part(NamedTuple):
    """A module of this package, for `rank` spatial axes, and for a convolution or a cell of that class, if these matter to it."""

    module: str
    rank: int = 2
    convolution: str = "Conv"
    cell: str = "LSTMCell"

    def source(self) -> tuple[set[str], str]:
        """The lines that import, and the source below them."""
        text = (resources.files(__name__) / f"{self.module}.py").read_text(encoding="utf-8")
        head, _, body = text.partition("\n\n\n")
        imports = {line for line in head.splitlines() if line.startswith("import ")}
        body = body.strip().replace("Conv2D", f"{self.convolution}{self.rank}D").replace("2D", f"{self.rank}D")
        return imports, body.replace("LSTMCell", self.cell)
