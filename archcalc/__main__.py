"""`python -m archcalc` is `archcalc`."""

from archcalc.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
