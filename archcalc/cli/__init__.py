"""The command line. `program` is the entry point, `main` the same within another program; the only place that prints."""

from __future__ import annotations

import gc
import os
import sys


def program() -> int:
    """What the installed command runs: `main` in a process of its own."""
    code = main()
    gc.freeze()  # Python looks through all objects once more as it ends: a sixth of a short command's time, and for nothing
    return code


def main(argv: list[str] | None = None) -> int:
    """Run a command; the exit code is what interfaces promise: 0 well, 1 mistakes, 2 usage, 130 interrupted."""
    _have_streams()
    words = sys.argv[1:] if argv is None else argv
    gc.set_threshold(50_000)  # a command is short: looking for cycles early costs a tenth of it
    try:
        code = _run(words)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _quietly()
    except OSError as error:  # standard output on a full disk
        sys.stderr.write(f"archcalc: cannot write the output: {error.strerror or error}\n")
        return _quietly(2)
    except RecursionError:
        sys.stderr.write("archcalc: the program is nested too deep\n")
        return 1


def _run(words: list[str]) -> int:
    from archcalc.cli.quick import read_words
    from archcalc.cli.table import COMMANDS

    quick = read_words(words, COMMANDS)
    if quick is not None:
        command, values = quick
        return command.load()(values)
    from archcalc.cli.full import run_click  # slow to import; says everything about usage

    return run_click(words)


def _have_streams() -> None:
    """Started with a closed stream, Python has None in its place; what is written there goes nowhere."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115  open to the end


def _quietly(code: int = 1) -> int:
    """Nobody reads on: leave without Python's own complaint at exit."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    return code
