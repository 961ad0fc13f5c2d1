"""One input, by every way there is: what is wrong with what comes out, and what was seen on the way."""

from __future__ import annotations

import faulthandler
import hashlib
import json
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from archcalc.api import Analysis, ArchError, analyze
from archcalc.checks import Checks
from archcalc.checks.config import ConfigError, read_config
from archcalc.codegen import CodegenError, generate
from archcalc.figures import CONVENTIONS, FIELD_NAMES, FIGURES, SHAPE, TOTALS
from archcalc.pipeline import Loaded, Options, UsageError, analyze_all, load
from archcalc.report import formats
from archcalc.report.columns import HEADS, SHOWN, as_counted_by
from archcalc.report.explain import explanation
from archcalc.report.findings import render
from archcalc.report.page import as_html
from archcalc.report.page.compact import compact_html
from archcalc.report.terminal import table
from archcalc.report.text import Style, clean
from archcalc.testing.chance import Chance
from archcalc.testing.fuzz import reading
from archcalc.testing.fuzz.mutating import mutated
from archcalc.testing.fuzz.wild import CONFIGS, NUMBERS, TEXTS

SECONDS = 30.0  # of the processor, for one way: 200,000 layers, the most that are built, take ten
HANGS = 300  # by the clock, after which the process is given up where no signal can reach it
CONFIG = "config.toml"  # in the folder where this runs
MANY = 3_000  # layers, of which not everything is made each time: it takes seconds


class Finding(NamedTuple):
    """Something wrong: by which way, of what sort, where in archcalc if it was an exception, and in its own words."""

    way: str
    what: str
    place: str
    says: str

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for all inputs that show the same mistake."""
        return self.way, self.what, self.place


class Seen(NamedTuple):
    """What is wrong with an input; by which ways it went; what it has that others may lack; and a digest of all that came out."""

    findings: list[Finding]
    ways: Counter[str]
    features: frozenset[str]
    digest: str


class TooLong(BaseException):
    """The time is up. No part of archcalc catches it."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `TooLong` after so many seconds of the processor: others may be at work on the machine."""

    def up(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, up)
    faulthandler.dump_traceback_later(HANGS, exit=True)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def schema() -> Any:
    """What validates the JSON, if jsonschema is installed."""
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        return None
    return Draft202012Validator(json.loads((files("archcalc") / "analysis.schema.json").read_text(encoding="utf-8")))


class Examiner:
    """Examines inputs. The same input, with the same seed, is examined in the same way."""

    def __init__(self, validator: Any = None, seconds: float = SECONDS) -> None:
        self.validator = validator
        self.seconds = seconds

    def __call__(self, data: bytes, seed: int) -> Seen:
        """All ways, once."""
        return _Once(self, data, Chance.seeded(seed, len(data))).seen()


class _Once:
    """One input being examined."""

    def __init__(self, examiner: Examiner, data: bytes, chance: Chance) -> None:
        self.examiner, self.data, self.chance = examiner, data, chance
        self.findings: list[Finding] = []
        self.ways: Counter[str] = Counter()
        self.features: set[str] = set()
        self.digest = hashlib.blake2b(digest_size=12)

    def seen(self) -> Seen:
        loaded = self._by("parse", lambda: load("<fuzz>", self.data))
        if loaded is not None:
            self._analyze(loaded)
        return Seen(self.findings, self.ways, frozenset(self.features), self.digest.hexdigest())

    def _by(self, way: str, work: Callable[[], Any]) -> Any:
        """Go one way; None where it ends in a mistake, or in a refusal that is declared."""
        self.ways[way] += 1
        try:
            with limited(self.examiner.seconds):
                return work()
        except (UsageError, ArchError, CodegenError, ConfigError) as error:
            self._came(str(error))
            if not str(error).strip():
                self.findings.append(Finding(way, "a refusal without a word", _place(error), ""))
        except reading.Wrong as wrong:
            self.findings.append(Finding(way, wrong.what, "", wrong.says))
        except TooLong as error:
            self.findings.append(Finding(way, "hangs", _room(error), f"more than {self.examiner.seconds:g} seconds"))
        except MemoryError as error:
            self.findings.append(Finding(way, "memory", _room(error), "more than the limit"))
        except RecursionError as error:
            self.findings.append(Finding(way, "RecursionError", _room(error), str(error)))
        except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
            self.findings.append(Finding(way, type(error).__name__, _place(error), str(error)[:500]))
        return None

    def _came(self, text: str) -> None:
        self.digest.update(text.encode("utf-8", "surrogatepass"))

    def _analyze(self, loaded: Loaded) -> None:
        found = self._by("analyze", lambda: analyze_all(loaded, None, self._options(), Analysis))
        self.features.update(f"tree {name}" for name in _shapes(loaded.program))
        if loaded.model is not None and loaded.networks:
            self._read("model", lambda: loaded.source.text, reading.read_program)
        if self.chance.percent(5):
            text = self.data.decode("utf-8", "surrogateescape")
            self._by("api", lambda: analyze(text=text, network=self.chance.one((None, None, "N", ""))))
        if not found:
            return
        for analysis in found[:3]:
            self._findings(analysis)
            self._show(analysis)

    def _options(self) -> Options:
        """Mostly none; else warnings that are off by default, or values from outside."""
        chance = self.chance
        if not chance.percent(15):
            return Options(checks=Checks().changed(strict=True) if chance.percent(50) else Checks())
        value = chance.one((*NUMBERS, *TEXTS))
        return Options(
            {chance.one(("n", "a", "classes", "depth", "")): value} if chance.percent(50) else {},
            {chance.one((None, "input", "a")): chance.one(("4", "2x2", "8x8x4", "64x64x3", value))} if chance.percent(50) else {},
            chance.one((1, 1, 7, 2**40)),
            self._by("configuration", self._configured) or Checks(),
            chance.percent(40),
        )

    def _configured(self) -> Checks:
        """What a configuration asks for, to which something was done."""
        Path(CONFIG).write_bytes(mutated(self.chance.one(CONFIGS), self.chance, [*CONFIGS, self.data]))
        return read_config(CONFIG)

    def _findings(self, analysis: Analysis) -> None:
        codes = sorted({d.code for d in analysis.diagnostics})
        kinds = {row.kind for row in analysis.rows}
        self.features.update(codes, (f"{a} {b}" for a in codes for b in codes if a < b), kinds, (f"{k} {c}" for k in kinds for c in codes))

        def read() -> None:
            for finding in analysis.diagnostics[:50]:
                reading.read_finding(finding)
                shown = render(finding, Style(True))
                reading.read_text(shown)
                self._came(shown)

        self._by("diagnostics", read)

    def _show(self, analysis: Analysis) -> None:
        chance = self.chance
        if len(analysis.rows) > MANY and not chance.percent(10):
            return
        depth, count = chance.one((None, None, None, 1, 2)), chance.one((None, None, *CONVENTIONS[1:]))
        shown = self._out("json", lambda: "".join(formats.json_pieces(analysis, depth, count)))
        if shown:
            self._by("json, read", lambda: reading.read_json(shown, self.examiner.validator))
        columns = tuple(dict.fromkeys(chance.one([*HEADS]) for _ in range(4))) if chance.percent(20) else SHOWN
        columns = as_counted_by(count, columns) if count else columns
        self._read("csv", lambda: formats.as_csv(analysis, depth, columns), reading.read_csv)
        self._read("markdown", lambda: formats.as_markdown(analysis, depth, columns), reading.read_markdown)
        self._read("latex", lambda: formats.as_latex(analysis, depth, columns), reading.read_latex)
        style = Style(chance.percent(50))
        self._read("table", lambda: table(analysis, style, chance.percent(60), depth=depth, columns=columns), reading.read_text)
        for form, read in (("text", reading.read_text), chance.one((("markdown", reading.read_prose), ("latex", reading.read_prose)))):
            self._read(f"explain, {form}", partial(_explained, analysis, self._target(analysis), form), read)
        if chance.percent(30):
            self._read("page", lambda: as_html(analysis), reading.read_page)
            self._read("notebook", lambda: compact_html(analysis), reading.read_page)
        if analysis.ok and analysis.rows:
            self._read("code", partial(_code, analysis), reading.read_code)

    def _target(self, analysis: Analysis) -> str:
        names = [
            *[row.name for row in analysis.rows],
            *[g.name for g in analysis.graph.groups],
            *[n.name for n in analysis.graph.inputs],
            "total",
            self.chance.one(TEXTS),
        ]
        figures = (*FIGURES, *TOTALS, *FIELD_NAMES, SHAPE, "shape", "trainable", *CONVENTIONS, self.chance.one(TEXTS))
        return f"{self.chance.one(names)}.{self.chance.one(figures)}"

    def _out(self, way: str, write: Callable[[], str]) -> str | None:
        text: str | None = self._by(way, write)
        self._came(text or "")
        return text

    def _read(self, way: str, write: Callable[[], str], read: Callable[[str], None]) -> None:
        text = self._out(way, write)
        if text is not None:
            self._by(f"{way}, read", lambda: read(text))


def _code(analysis: Analysis) -> str:
    return generate(analysis.graph, analysis.graph.source, analysis.totals._asdict())


def _explained(analysis: Analysis, target: str, form: str) -> str:
    """The explanation. Of a target that there is not, the command line says why not, on standard error: nothing comes out."""
    text, problem = explanation(analysis, target, form)
    reading.demand(bool(problem) != bool(text), "neither an explanation nor a reason")
    reading.read_text(clean(problem or ""))
    return text


def _place(error: BaseException) -> str:
    """The function of archcalc in which it was raised, and the line there."""
    frames = _frames(error)
    return f"{_module(frames[-1].filename)}:{frames[-1].name}: {frames[-1].line}" if frames else ""


def _room(error: BaseException) -> str:
    """Where time or memory ran out: only the room, since the line is another each time."""
    frames = _frames(error)
    return _module(frames[0].filename) if frames else ""


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Those of archcalc, without this one."""
    found = [(f, f.filename.replace("\\", "/")) for f in traceback.extract_tb(error.__traceback__)]
    return [f for f, path in found if "/archcalc/" in path and "/archcalc/testing/fuzz/" not in path]


def _module(path: str) -> str:
    return path.replace("\\", "/").rpartition("archcalc/")[2].removesuffix(".py")


def _shapes(tree: Any) -> set[str]:
    """Which nodes of the syntax tree stand in which; of a tree of any depth."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        for name in getattr(type(node), "__slots__", ()):
            value = getattr(node, name)
            inner = [v for v in (value if isinstance(value, tuple) else (value,)) if hasattr(v, "span") and hasattr(type(v), "__slots__")]
            found.update(f"{type(node).__name__}.{name} {type(v).__name__}" for v in inner)
            waiting += inner
    return found
