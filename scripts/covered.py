"""How much of the rules the tests go through, lines and branches: docs/evidence/coverage.json.

    python scripts/covered.py -o docs/evidence/coverage.json

It needs coverage, and takes as long as the tests without Keras do in one process. What is measured stands in pyproject.toml.
"""  # noqa: INP001  a script

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# Without what starts processes, or needs Keras, for nearly all that it does.
LEFT_OUT = (
    "tests/verify", "tests/testing", "tests/docs", "tests/report/test_html_in_chromium.py", "tests/test_bad_input.py",
    "tests/test_output.py", "tests/test_cli.py", "tests/test_structure.py",
)  # fmt: skip


def main() -> int:
    """Run the tests, and write what they went through."""
    parser = argparse.ArgumentParser(description="How much of the rules the tests go through.")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--data", help="what `coverage run` has written, to be used in place of running the tests")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = options.data or str(Path(folder, "data"))
        if options.data is None:
            left_out = [word for path in LEFT_OUT for word in ("--ignore", path)]
            _run("run", "--data-file", data, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", *left_out)
        report = Path(folder, "report.json")
        _run("json", "--data-file", data, "-q", "-o", str(report))
        found = json.loads(report.read_text(encoding="utf-8"))
    document = _document(found)
    Path(options.output).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(
        f"{document['totals']['percent']:.2f} per cent of {document['totals']['lines']} lines and {document['totals']['branches']} branches"
    )
    return 0


def _run(*words: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "true"}
    subprocess.run([sys.executable, "-m", "coverage", *words], cwd=ROOT, env=environment, check=True)


def _document(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "command": "python scripts/covered.py -o docs/evidence/coverage.json",
        "python": platform.python_version(),
        "coverage": found["meta"]["version"],
        "machine": f"{platform.system()} {platform.machine()}",
        "left_out": list(LEFT_OUT),
        "files": {name: _figures(file) for name, file in sorted(found["files"].items())},
        "totals": _figures(found),
    }


def _figures(found: dict[str, Any]) -> dict[str, Any]:
    summary = found.get("summary") or found["totals"]
    figures = {
        "lines": summary["num_statements"],
        "branches": summary["num_branches"],
        "lines_missed": summary["missing_lines"],
        "branches_missed": summary["missing_branches"],
        "percent": round(summary["percent_covered"], 2),
    }
    missed = {"missed": found["missing_lines"], "missed_branches": found["missing_branches"]} if found.get("missing_lines") else {}
    return {**figures, **missed}


if __name__ == "__main__":
    raise SystemExit(main())
