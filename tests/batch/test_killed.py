"""A batch that is killed with SIGKILL and run again; the sandbox counts the credentials."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxapis.batch import read_journal
from boxapis.sandbox import BoxCService, RateLimit, Sandbox
from tests.support.command_line import surroundings
from tests.support.job_to_kill import NAMES
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

JOB = ROOT / "tests" / "support" / "job_to_kill.py"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A BoxC whose rate limit has room for all items at once."""
    with Sandbox(boxc=BoxCService(rate_limit=RateLimit(size=1000))) as started:
        yield started


def start(sandbox: Sandbox, journal: Path) -> "subprocess.Popen[str]":
    """Starts the batch in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(JOB), str(journal)],
        cwd=ROOT,
        env=surroundings(**sandbox.environment, PYTHONPATH=str(ROOT)),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def run_and_kill(sandbox: Sandbox, journal: Path, *, after: int, held: int) -> None:
    """Runs the batch and kills it after ``after`` outcomes, with ``held`` calls unanswered."""
    with start(sandbox, journal) as process:
        assert process.stdout is not None
        for _ in range(after):
            assert process.stdout.readline()
        if held:
            sandbox.boxc.hold_responses(until=1000)
            sandbox.boxc.wait_in_flight(held)
        process.kill()
    assert process.returncode < 0
    sandbox.boxc.release_responses()


def run_to_its_end(sandbox: Sandbox, journal: Path) -> dict[str, tuple[str, int | None]]:
    """Runs the batch; returns the status and the id of each item."""
    with start(sandbox, journal) as process:
        printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return {
        key: (status, summary) for key, status, summary in map(json.loads, printed.splitlines())
    }


def created(sandbox: Sandbox) -> Counter[str]:
    """Returns how often a credential of each name was created."""
    numbers = [int(str(credential["id"])) for credential in sandbox.boxc.credentials]
    return Counter(sandbox.boxc.stored_params(number)["api_key"] for number in numbers)


def test_each_item_is_created_exactly_once(sandbox: Sandbox, tmp_path: Path) -> None:
    """After a kill during calls that were carried out: none is repeated, the rest is done."""
    journal = tmp_path / "job.journal"
    run_and_kill(sandbox, journal, after=10, held=4)
    found = run_to_its_end(sandbox, journal)
    assert created(sandbox) == Counter(NAMES)
    assert sandbox.boxc.counts["POST /credentials"] == len(NAMES)
    ended = Counter(status for status, _ in found.values())
    assert (ended["unknown"], ended.total()) == (4, len(NAMES))
    assert ended["skipped"] >= 10
    for name, (status, number) in found.items():
        if status != "unknown":
            assert number is not None
            assert sandbox.boxc.stored_params(number) == {"api_key": name}


@pytest.mark.parametrize("after", [0, 1, 7, 29])
def test_no_kill_creates_an_item_twice(sandbox: Sandbox, tmp_path: Path, after: int) -> None:
    """Whenever the kill comes, items that are missing afterwards are unknown in the journal."""
    journal = tmp_path / "job.journal"
    run_and_kill(sandbox, journal, after=after, held=0)
    found = run_to_its_end(sandbox, journal)
    counted = created(sandbox)
    assert set(counted.values()) == {1}
    unknown = {name for name, (status, _) in found.items() if status == "unknown"}
    assert set(NAMES) - set(counted) <= unknown
    assert len(unknown) <= 4
    assert {name for name, entry in read_journal(journal).items() if entry.status == "done"} == (
        set(NAMES) - unknown
    )
    calls = sandbox.boxc.counts["POST /credentials"]
    assert run_to_its_end(sandbox, journal).keys() == found.keys()
    assert sandbox.boxc.counts["POST /credentials"] == calls
