"""What all tests share: hypothesis without deadlines, `--update` for golden files, and skips that must not be.

With ARCHCALC_REQUIRE set, a test that is skipped because something is not installed fails: whoever sets it has installed it.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import hypothesis
import pytest

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


REQUIRE = bool(os.environ.get("ARCHCALC_REQUIRE"))
ABSENT = ("not installed", "there is no Chromium")


def _fail_if_absent(report: pytest.TestReport | pytest.CollectReport) -> None:
    if REQUIRE and report.skipped and any(word in str(report.longrepr) for word in ABSENT):
        report.outcome = "failed"
        report.longrepr = f"skipped, although ARCHCALC_REQUIRE is set: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_absent(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_absent(report)
    return report


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the golden files as the program has them now")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written instead of compared."""
    return bool(request.config.getoption("--update"))
