"""The trials of a fleet: their arguments, their reports, and short ones. No time is asserted."""

import pytest

from benchmarks.trials import __main__ as program
from benchmarks.trials.arguments import TRIALS, Trial, parse_trials
from benchmarks.trials.report import Report, Setup
from benchmarks.trials.sessions import cold
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_trials_and_their_sizes() -> None:
    """Each name is a trial of its usual size, which options change."""
    usual = parse_trials(list(TRIALS))
    assert usual == TRIALS
    (changed,) = parse_trials(
        ["cold", "--store", "redis", "--tasks", "5", "--seconds", "0"]
    ).values()
    assert changed.setup == Setup("redis", processes=8, tasks=5, seconds=0)


@pytest.mark.parametrize(
    "wrong", [["fast"], ["cold", "--tasks", "0"], ["cold", "--store", "x"], []]
)
def test_wrong_arguments(wrong: list[str]) -> None:
    """A wrong argument ends the program."""
    with pytest.raises(SystemExit):
        parse_trials(wrong)


def test_the_readme_has_each_trial() -> None:
    """The description has a row for each trial."""
    text = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert [name for name in TRIALS if f"| `{name}` |" not in text] == []


def test_a_count_that_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit status is 1 when a count does not hold, and the report says which."""

    def broken(setup: Setup) -> Report:
        report = Report("", ("429s",))
        report.add("all", 2)
        report.check("all: 429s", 2, 0)
        return report

    trial = Trial(broken, Setup("sqlite", 1, 1, 0))
    monkeypatch.setattr(program, "parse_trials", lambda: {"bucket": trial})
    assert program.main() == 1
    assert "DOES NOT HOLD: all: 429s: 2, not 0" in capsys.readouterr().out


@pytest.mark.parametrize(("store", "handshakes"), [("none", "2"), ("sqlite", "1")])
def test_a_short_trial(store: str, handshakes: str) -> None:
    """Two processes share the handshakes of a cold start; without a store each makes its own."""
    report = cold(Setup(store, processes=2, tasks=5, seconds=0))
    assert report.broken == []
    assert report.rows[0] == ["cold", "10", "0", handshakes, handshakes]
