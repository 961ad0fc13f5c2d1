"""`python -m archcalc` is `archcalc`."""

from archcalc.cli import program

if __name__ == "__main__":
    raise SystemExit(program())
