"""Fixtures of the canaries, and one line about them at the end of a run."""

import pytest
import trustme
from _pytest.terminal import TerminalReporter

from boxapis.transports import direct


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority of these tests alone."""
    return trustme.CA()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks timeouts more often, so that silence is noticed sooner."""
    monkeypatch.setattr(direct, "_SWEEP_INTERVAL", 0.01)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Prints the number of cases."""
    tried = sum(
        value
        for report in terminalreporter.stats.get("passed", ())
        for name, value in report.user_properties
        if name == "canaries"
    )
    if tried:
        what = "operation x fault x channel x encoding"
        terminalreporter.write_line(f"canaries: {tried:,} looked for ({what}), none seen")
