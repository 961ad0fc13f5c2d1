"""archcalc: what shape comes out of a neural network, how many parameters, connections and MACs, and why.

>>> import archcalc
>>> a = archcalc.analyze(text="network Tiny { input 28x28x1; conv 6, 5x5; flatten; dense 10 }")
>>> a.layers["conv_1"].params, a.layers["conv_1"].output_shape
(156, (24, 24, 6))
>>> a.derivation("conv_1", "params").text
'(5*5*1 + 1)*6 = 156'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archcalc.analysis import Analysis

__version__ = "0.1.0"
__all__ = ["ArchError", "__version__", "analyze"]


class ArchError(Exception):
    """The program cannot be analyzed at all: the file is unreadable, or has no such network or parameter."""


def analyze(
    path: str | None = None,
    *,
    text: str | None = None,
    network: str | None = None,
    params: dict[str, Any] | None = None,
    inputs: dict[str, str] | str | None = None,
) -> Analysis:
    """Analyze a network of a file, or of a text.

    Mistakes in the program are not raised: they are in `diagnostics` of the result, and figures that they leave unknown
    are None.

    Args:
        path: an .arch file.
        text: the program itself, in place of a file.
        network: which network, where the file has several.
        params: values of the network's parameters; a str is an expression of the language.
        inputs: an input size such as "64x64x3", or sizes by the inputs' names.

    Raises:
        ArchError: the file cannot be read, or there is no such network or parameter.
    """
    from archcalc.pipeline import Options, UnreadableFile, UsageError, analyze_all, load, read

    if (path is None) == (text is None):
        raise TypeError("give a path or a text")
    sizes: dict[str | None, str] = {}
    if isinstance(inputs, str):
        sizes[None] = inputs
    else:
        sizes.update(inputs or {})
    values = {name: value if isinstance(value, str) else _written(value) for name, value in (params or {}).items()}
    try:
        loaded = load(path or "<text>", read(path) if path is not None else (text or "").encode())
        found = analyze_all(loaded, network, Options(values, sizes))
    except (UnreadableFile, UsageError) as error:
        raise ArchError(str(error)) from None
    if len(found) != 1:
        names = ", ".join(loaded.networks)
        raise ArchError(f"name a network: {names}" if found else "; ".join(d.message for d in loaded.findings))
    return found[0]


def _written(value: Any) -> str:
    from archcalc.values import said

    return said(value)
