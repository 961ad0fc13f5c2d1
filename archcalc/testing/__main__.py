"""`python -m archcalc.testing soak`: random networks by the thousand, each by several ways. `fuzz`: whatever is put in.
`symbolic`: formulas over free sizes, and numbers.

Exit codes: 0 without a difference or a finding, 1 with one, 2 if it cannot be done, 130 if it was interrupted.
"""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
from typing import Any, NoReturn, Protocol

from archcalc.output import CannotWrite, write_text
from archcalc.verify.check import BACKENDS
from archcalc.verify.errors import VerifyError

WAYS = {"numpy": ("numpy",), "keras": ("keras",), "both": ("numpy", "keras")}
MOST_MINUTES = 10_000
FOLDERS = ("examples", "tests", "docs")  # of the corpus, if they are here


class Run(Protocol):
    """What takes its time: `run` can be interrupted, and `result` is what it has until then."""

    def run(self, progress: Any) -> None: ...
    def summary(self) -> str: ...
    def result(self, command: str) -> dict[str, Any]: ...


def main(words: list[str] | None = None) -> int:
    """Run the command line."""
    given = sys.argv[1:] if words is None else words
    options = _parser().parse_args(given)
    run: Run = options.make(options)
    signal.signal(signal.SIGTERM, _interrupt)
    code = 0
    try:
        run.run(_say)
    except KeyboardInterrupt:
        code = 130
        _say("interrupted: what was found so far is written")
    except VerifyError as error:
        _say(str(error))
        return 2
    _say(run.summary())
    document = run.result(shlex.join(["python", "-m", "archcalc.testing", *given]))
    try:
        write_text(options.output, [json.dumps(document, indent=1, ensure_ascii=False) + "\n"])
    except CannotWrite as error:
        _say(str(error))
        return 2
    return code or int(bool(document.get("differences") or document.get("findings")))


def _soak(options: argparse.Namespace) -> Run:
    from archcalc.testing.soak import Soak

    return Soak(options.n, options.seed, WAYS[options.by], options.backend)


def _fuzz(options: argparse.Namespace) -> Run:
    from archcalc.testing.fuzz import Fuzz

    return Fuzz(options.minutes * 60, options.seed, options.corpus, options.n)


def _symbolic(options: argparse.Namespace) -> Run:
    from archcalc.testing.free_sizes import FreeSizes

    return FreeSizes(options.n, options.seed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m archcalc.testing", description="Tests of archcalc against NumPy and Keras, and of what it takes."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    says = "Draw random networks, and compare what archcalc, NumPy and Keras find of each."
    soak = commands.add_parser("soak", help="compare random networks", description=says)
    soak.set_defaults(make=_soak)
    soak.add_argument("--n", type=_count, default=1000, metavar="N", help="how many networks (1000)")
    soak.add_argument("--by", choices=sorted(WAYS), default="both", help="what archcalc is compared with (both)")
    soak.add_argument("--backend", choices=sorted(BACKENDS), default="tensorflow", help="of Keras (tensorflow)")
    says = "Put in what nobody would: spoiled programs, programs made from the grammar, bytes; and look at all that comes out."
    fuzz = commands.add_parser("fuzz", help="put in whatever there is", description=says)
    fuzz.set_defaults(make=_fuzz)
    fuzz.add_argument("--minutes", type=_minutes, default=1, metavar="N", help="how long (1)")
    fuzz.add_argument("--n", type=_count, metavar="N", help="how many inputs, if not as many as there is time for")
    fuzz.add_argument(
        "--corpus", nargs="+", default=FOLDERS, metavar="FOLDER", help=f"where programs to be spoiled are ({', '.join(FOLDERS)})"
    )
    says = "Draw random networks with free sizes, and compare their formulas with an analysis of numbers."
    symbolic = commands.add_parser("symbolic", help="compare formulas with numbers", description=says)
    symbolic.set_defaults(make=_symbolic)
    symbolic.add_argument("--n", type=_count, default=1000, metavar="N", help="how many networks (1000)")
    for command in (soak, fuzz, symbolic):
        command.add_argument("--seed", type=int, default=0, help="another one draws others (0)")
        command.add_argument("-o", "--output", metavar="FILE", help="write the JSON there, and not to standard output")
    return parser


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of networks or inputs")
    return int(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes <= MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of minutes, up to {MOST_MINUTES}")
    return minutes


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    raise SystemExit(main())
