"""What the commands share: loading a file, choosing its network, showing what is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from archcalc.analysis import Analysis
from archcalc.checks import Checks, not_a_warning
from archcalc.cli.table import Values
from archcalc.diagnostics import Diagnostic, has_errors
from archcalc.pipeline import Loaded, Options, UnreadableFile, UsageError, analyze_all, open_program, outermost, wrong_batch
from archcalc.report.text import Style, clean

MAX_SHOWN = 50  # findings
OTHER_FORMS = {"arch", "bmp", "docx", "eps", "gif", "html", "jpeg", "jpg", "json", "pdf", "png", "pptx", "ps", "svg", "tif", "tiff", "webp"}


class Stop(Exception):
    """The command ends here, with this exit code; what is to be said has been said."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def style_for(stream: TextIO, choice: str = "auto") -> Style:
    """Colours as --color, NO_COLOR, FORCE_COLOR and the stream want them."""
    if choice != "auto":
        return Style(choice == "always")
    if os.environ.get("NO_COLOR"):
        return Style(False)
    return Style(bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb"))


def complain(text: str) -> None:
    """A usage error, in one line on standard error."""
    sys.stderr.write(f"archcalc: {clean(text)}\n")


def show(findings: list[Diagnostic], values: Values) -> None:
    """Findings on standard error."""
    from archcalc.report.findings import render, summary

    style = style_for(sys.stderr, values.get("color", "auto"))
    for finding in findings[:MAX_SHOWN]:
        _say(render(finding, style) + "\n")
    if len(findings) > MAX_SHOWN:
        _say(f"... and {len(findings) - MAX_SHOWN} more; --format json has them all\n")
    if findings:
        _say(summary(findings) + "\n")


def _say(text: str) -> None:
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))


def open_file(path: str, values: Values) -> Loaded:
    """Read and parse a file; an unreadable one ends the command with 2."""
    for folder in values.get("include") or ():
        if not os.path.isdir(folder):
            complain(f"-I {folder}: there is no such folder")
            raise Stop(2)
    try:
        loaded = open_program(path, tuple(values.get("include") or ()))
    except UnreadableFile as error:
        complain(str(error))
        raise Stop(2) from None
    spare(values, *loaded.files)
    return loaded


def spare(values: Values, *read: str) -> None:
    """Nothing is written over a file that is read, whatever its path is called: that ends the command with 2."""
    path = values.get("output")
    if path is not None and path != "-" and any(same_file(path, one) for one in read):
        complain(f"{path} is what is read: it would be lost")
        raise Stop(2)


def one_analysis(values: Values) -> Analysis:
    """The analysis of the one network that the command is about."""
    loaded = open_file(values["FILE"], values)
    network = values.get("network")
    if network is None and len(loaded.networks) > 1:
        network = outermost(loaded)
        if network is None:
            complain(f"{values['FILE']} has several networks; name one with --network: {', '.join(loaded.networks)}")
            raise Stop(2)
    return analyses(loaded, network, values)[0]


def analyses(loaded: Loaded, network: str | None, values: Values) -> list[Analysis]:
    """Analyze, with the -p, --input and --batch of the command line; ones that do not fit end the command with 2."""
    checks = checks_of(loaded.source.path, values)
    try:
        options = Options(_pairs(values), _sizes(values), _batch(values), checks, values.get("real_taps", False))
        return analyze_all(loaded, network, options)
    except UsageError as error:
        show([error.finding], values)
        raise Stop(2) from None


def _pairs(values: Values) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in values.get("param") or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            complain(f"-p takes NAME=EXPR, not {text!r}")
            raise Stop(2)
        pairs[name.strip()] = value
    return pairs


def _sizes(values: Values) -> dict[str | None, str]:
    sizes: dict[str | None, str] = {}
    for text in values.get("input") or ():
        name, equals, size = text.partition("=")
        sizes[name.strip() if equals else None] = size if equals else text
    return sizes


def _batch(values: Values) -> int:
    batch: int = values.get("batch", 1)
    if problem := wrong_batch(batch):
        complain(problem)
        raise Stop(2)
    return batch


def checks_of(path: str, values: Values) -> Checks:
    """Which warnings are on: as the configuration has it, and then as the command line has. A mistake in either ends the command with 2."""
    checks = Checks()
    if "config" in values:
        from archcalc.checks.config import ConfigError, configured, read_config

        if values["config"] is not None and values["no_config"]:
            complain("--config and --no-config: one of the two")
            raise Stop(2)
        try:
            checks = checks if values["no_config"] else configured(path) if values["config"] is None else read_config(values["config"])
        except ConfigError as error:
            complain(str(error))
            raise Stop(2) from None
    return checks.changed(strict=values.get("strict", False), select=_codes("select", values), ignore=_codes("ignore", values))


def _codes(option: str, values: Values) -> list[str]:
    """The codes given with --select or --ignore, each by itself or with commas between."""
    codes = [code.strip().upper() for text in values.get(option) or () for code in text.split(",")]
    for code in codes:
        why, fixes = not_a_warning(code)
        if why:
            complain(f"--{option} {code}: {'; '.join((why, *fixes))}")
            raise Stop(2)
    return codes


def exit_code(findings: list[Diagnostic]) -> int:
    """1 if there is an error among them, else 0."""
    return 1 if has_errors(findings) else 0


def write(values: Values, result: str | Iterable[str]) -> None:
    """The result, to -o or to standard output; one that cannot be written ends the command with 2."""
    from archcalc.output import CannotWrite, write_text

    text: Iterable[str] = [result] if isinstance(result, str) else result
    path = values.get("output")
    if path is None or path == "-":
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        text = (piece.encode(encoding, "backslashreplace").decode(encoding) for piece in text)
    try:
        write_text(path, text)
    except CannotWrite as error:
        complain(str(error))
        raise Stop(2) from None


def as_called(values: Values, form: str, ending: str, others: str) -> None:
    """A file that is called as if it held another format would not open: that ends the command with 2. `others` says what makes those."""
    path = values.get("output")
    stem, dot = os.path.splitext(path or "")
    if dot[1:].lower() in OTHER_FORMS - {ending}:
        complain(f"{path}: what is written is {form}, so that it would not open as {dot[1:].upper()}; write `-o {stem}.{ending}`, {others}")
        raise Stop(2)


def same_file(path: str, other: str) -> bool:
    """Whether two paths lead to the same file."""
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False


def can_show(text: str) -> bool:
    """Whether standard output has these characters."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def stopping(command: Any) -> Any:
    """Decorator: a Stop becomes the command's exit code."""

    def run(values: Values) -> int:
        try:
            code: int = command(values)
            return code
        except Stop as stop:
            return stop.code

    run.__doc__ = command.__doc__
    return run
