"""The Python interface: `archcalc.analyze`, and what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcalc import analysis
from archcalc.analysis import DERIVED, Derivation
from archcalc.checks import Checks
from archcalc.figures import SHAPE, SHORT
from archcalc.languages import LANGUAGES, speaking
from archcalc.pipeline import Options, UnreadableFile, UsageError, analyze_all, load, open_program, outermost, wrong_batch
from archcalc.values import written

if TYPE_CHECKING:
    from archcalc.diff import Diff

__all__ = ["Analysis", "ArchError", "analyze"]


class Analysis(analysis.Analysis):
    """What archcalc knows of a network: `layers["C1"].params`, `totals.connections`, `diagnostics`, and the formats.

    `ok` is True where no error was found. Figures that are unknown are None.
    """

    def to_json(self) -> str:
        """The analysis as `archcalc analyze --format json` prints it."""
        from archcalc.report.formats import as_json

        return as_json(self)

    def to_html(self, lang: str = LANGUAGES[0]) -> str:
        """The HTML report: a whole page, which needs nothing else.

        Args:
            lang: the language of its texts, "en" or "zh".

        Raises:
            ArchError: there is no such language.
        """
        from archcalc.report.page import as_html

        with speaking(_known(lang)):
            return as_html(self)

    def derivation(self, name: str, figure: str) -> Derivation | None:
        """How a layer's figure came about: its formula in symbols and in numbers, and what it comes to.

        Args:
            name: a layer's name, as in `layers`.
            figure: its name in the JSON output, or short: "params", "trainable", "macs", "shape".

        Returns:
            None where there is nothing to derive: the figure is unknown, or there is none of it.

        Raises:
            ArchError: there is no such layer, or no such figure; or it has no one formula, as a receptive field.
        """
        full = {"shape": SHAPE, **SHORT}.get(figure, figure)
        if name in self.layers and full in DERIVED:
            return super().derivation(name, full)
        from archcalc.report.explain.targets import NoTarget, find

        target = f"{name}.{figure}"
        try:
            find(self, target)
        except NoTarget as wrong:
            raise ArchError(str(wrong)) from None
        raise ArchError(f"{target} has no one formula; explain({target!r}) has its working")

    def explain(self, target: str, form: str = "text", lang: str = LANGUAGES[0]) -> str:
        """The working of a figure, as `archcalc explain` prints it.

        Args:
            target: such as "C3.params", "conv2.receptive_field", "stage1.macs", "total.flops".
            form: "text", "markdown" or "latex".
            lang: the language of its texts, "en" or "zh".

        Raises:
            ArchError: there is no such target, form or language; the message says what there is.
        """
        from archcalc.report.explain import FORMS, explanation

        if form not in FORMS:
            raise ArchError(f"there is no form called {form!r}; there is {', '.join(FORMS)}")
        with speaking(_known(lang)):
            text, problem = explanation(self, target, form)
        if problem:
            raise ArchError(problem)
        return text

    def diff(self, other: Analysis) -> Diff:
        """What changed from this network to another: the edits, what follows from each, the totals.

        The result has `same`, `causes`, `consequences`, `changed`, `totals` and `renamed`; `to_json()`, `to_markdown()` and `str()`
        write it.

        Raises:
            ArchError: a mistake in one of the networks leaves layers unknown.
        """
        from archcalc.diff import Diff, NotComparable, compare

        try:
            return compare(self, other, Diff)
        except NotComparable as error:
            raise ArchError(str(error)) from None

    def _repr_html_(self) -> str:
        from archcalc.report.page.compact import compact_html

        return compact_html(self)


def _known(lang: str) -> str:
    if lang not in LANGUAGES:
        raise ArchError(f"there is no language called {lang!r}; there is {', '.join(LANGUAGES)}")
    return lang


class ArchError(Exception):
    """The program cannot be analyzed at all: the file is unreadable, or has no such network or parameter.

    Or what is asked of an analysis is not there.
    """


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
        path: an .arch file, a Keras model, or `zoo:NAME`.
        text: the program itself, in place of a file.
        network: which network, where the file has several. None: the one that no other of them uses as a layer.
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
        loaded = (
            open_program(path, include) if path is not None else load("<text>", (text or "").encode("utf-8", "surrogatepass"), "", include)
        )
        if network is None and len(loaded.networks) > 1:
            network = outermost(loaded)
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
