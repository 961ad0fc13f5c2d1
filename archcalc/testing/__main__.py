"""`python -m archcalc.testing soak`: random networks by the thousand, each by several ways.

Exit codes: 0 without a difference, 1 with one, 2 if it cannot be done, 130 if it was interrupted.
"""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
from typing import NoReturn

from archcalc.output import CannotWrite, write_text
from archcalc.testing.soak import Soak
from archcalc.verify.check import BACKENDS
from archcalc.verify.errors import VerifyError

WAYS = {"numpy": ("numpy",), "keras": ("keras",), "both": ("numpy", "keras")}


def main(words: list[str] | None = None) -> int:
    """Run the command line."""
    given = sys.argv[1:] if words is None else words
    options = _parser().parse_args(given)
    soak = Soak(options.n, options.seed, WAYS[options.by], options.backend)
    signal.signal(signal.SIGTERM, _interrupt)
    code = 0
    try:
        soak.run(_say)
    except KeyboardInterrupt:
        code = 130
        _say("interrupted: what was compared so far is written")
    except VerifyError as error:
        _say(str(error))
        return 2
    _say(soak.summary())
    document = soak.result(shlex.join(["python", "-m", "archcalc.testing", *given]))
    try:
        write_text(options.output, [json.dumps(document, indent=1, ensure_ascii=False) + "\n"])
    except CannotWrite as error:
        _say(str(error))
        return 2
    return code or int(bool(soak.differences))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m archcalc.testing", description="Tests of archcalc against NumPy and Keras.")
    command = parser.add_subparsers(metavar="COMMAND", required=True).add_parser(
        "soak", help="compare random networks", description="Draw random networks, and compare what archcalc, NumPy and Keras find of each."
    )
    command.add_argument("--n", type=_count, default=1000, metavar="N", help="how many networks (1000)")
    command.add_argument("--seed", type=int, default=0, help="another one draws other networks (0)")
    command.add_argument("--by", choices=sorted(WAYS), default="both", help="what archcalc is compared with (both)")
    command.add_argument("--backend", choices=sorted(BACKENDS), default="tensorflow", help="of Keras (tensorflow)")
    command.add_argument("-o", "--output", metavar="FILE", help="write the JSON there, and not to standard output")
    return parser


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of networks")
    return int(text)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    raise SystemExit(main())
