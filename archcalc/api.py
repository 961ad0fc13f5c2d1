"""The Python interface: `archcalc.analyze`, and what it returns."""

from __future__ import annotations

from typing import Any

from archcalc import analysis
from archcalc.checks import Checks
from archcalc.pipeline import Options, UnreadableFile, UsageError, analyze_all, load, read, wrong_batch
from archcalc.values import written

__all__ = ["Analysis", "ArchError", "analyze"]


class Analysis(analysis.Analysis):
    """What archcalc knows of a network: `layers["C1"].params`, `totals.connections`, `diagnostics`, and the formats.

    `ok` is True where no error was found. Figures that are unknown are None.
    """

    def to_json(self) -> str:
        """The analysis as `archcalc analyze --format json` prints it."""
        from archcalc.report.formats import as_json

        return as_json(self)

    def to_html(self) -> str:
        """The HTML report: a whole page, which needs nothing else."""
        from archcalc.report.page import as_html

        return as_html(self)

    def _repr_html_(self) -> str:
        from archcalc.report.page.compact import compact_html

        return compact_html(self)


class ArchError(Exception):
    """The program cannot be analyzed at all: the file is unreadable, or has no such network or parameter."""


def analyze(
    path: str | None = None,
    *,
    text: str | None = None,
    network: str | None = None,
    params: dict[str, Any] | None = None,
    inputs: dict[str, str] | str | None = None,
    include: tuple[str, ...] = (),
    batch: int = 1,
    config: str | None = None,
    real_taps: bool = False,
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
        include: folders in which files that the program uses may lie, besides its own project's.
        batch: how many samples activations take memory for; counts are those of one sample.
        config: an archcalc.toml or pyproject.toml, for which warnings are given. None is looked for.
        real_taps: leave taps that fall on padding out of the connections. Expectations count them all the same.

    Raises:
        ArchError: the file cannot be read, there is no such network or parameter, no such batch, or the configuration has a mistake.
    """
    if (path is None) == (text is None):
        raise TypeError("give a path or a text")
    if problem := wrong_batch(batch):
        raise ArchError(problem)
    sizes: dict[str | None, str] = {}
    if isinstance(inputs, str):
        sizes[None] = inputs
    else:
        sizes.update(inputs or {})
    values = {name: value if isinstance(value, str) else written(value) for name, value in (params or {}).items()}
    try:
        data = read(path) if path is not None else (text or "").encode("utf-8", "surrogatepass")
        loaded = load(path or "<text>", data, path or "", include)
        found = analyze_all(loaded, network, Options(values, sizes, batch, _checks(config), real_taps), Analysis)
    except (UnreadableFile, UsageError) as error:
        raise ArchError(str(error)) from None
    if len(found) != 1:
        names = ", ".join(loaded.networks)
        raise ArchError(f"name a network: {names}")
    return found[0]


def _checks(config: str | None) -> Checks:
    if config is None:
        return Checks()
    from archcalc.checks.config import ConfigError, read_config

    try:
        return read_config(config)
    except ConfigError as error:
        raise ArchError(str(error)) from None
