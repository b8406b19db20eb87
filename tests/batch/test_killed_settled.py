"""A batch that loses responses, is killed with SIGKILL, and looks up what is unknown.

The sandbox has its real rate limit, on time that the batch's own process moves.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from boxapis.batch import read_journal
from boxapis.sandbox import Sandbox
from tests.support.command_line import surroundings
from tests.support.job_to_settle import AT_ONCE, ORDERS
from tests.support.moved_time import MovedClock, SharedTime
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

JOB = ROOT / "tests" / "support" / "job_to_settle.py"
TOO_MANY = 429


@frozen
class Batch:
    """The batch, its service, its journal, and the file of the time that both share."""

    sandbox: Sandbox
    folder: Path

    @property
    def journal(self) -> Path:
        """Path of the journal."""
        return self.folder / "job.journal"

    def start(self) -> "subprocess.Popen[str]":
        """Starts a run in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-W", "error", str(JOB), str(self.journal), str(self.folder / "time")],
            cwd=ROOT,
            env=surroundings(**self.sandbox.environment, PYTHONPATH=str(ROOT)),
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def run_and_kill(self, *, after: int, carried_out: bool = True) -> None:
        """Kills a run after so many outcomes, while the calls under way are not answered."""
        boxc = self.sandbox.boxc
        with self.start() as process:
            assert process.stdout is not None
            for _ in range(after):
                assert process.stdout.readline()
            if carried_out:
                boxc.hold_responses(until=1000)
                boxc.wait_in_flight(AT_ONCE)
            process.kill()
        assert process.returncode < 0
        boxc.release_responses()

    def run_to_its_end(self) -> dict[str, tuple[str, int | None]]:
        """Returns status and id of each item."""
        with self.start() as process:
            printed, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        lines = map(json.loads, printed.splitlines())
        return {key: (status, summary) for key, status, summary in lines}

    def statuses(self) -> Counter[int]:
        """Returns the number of responses by HTTP status."""
        return Counter(request.status or 0 for request in self.sandbox.boxc.requests)


@pytest.fixture
def batch(tmp_path: Path) -> Iterator[Batch]:
    """A batch whose service has the documented rate limit."""
    with Sandbox(clock=MovedClock(SharedTime(tmp_path / "time"))) as sandbox:
        yield Batch(sandbox, tmp_path)


def test_each_shipment_is_made_exactly_once(batch: Batch) -> None:
    """F162: 200 shipments, 20 lost responses, half of them carried out, and three kills."""
    for after in (15, 45, 80):
        for fault in ("lost_response", "bad_gateway"):
            batch.sandbox.boxc.fault(fault, operation="POST /shipments", times=3)
        batch.run_and_kill(after=after)
    batch.sandbox.boxc.fault("lost_response", operation="POST /shipments")
    batch.sandbox.boxc.fault("bad_gateway", operation="POST /shipments")
    found = batch.run_to_its_end()
    assert sum(batch.sandbox.boxc.fault_hits.values()) == 20
    made = {str(one["order_number"]): one["id"] for one in batch.sandbox.boxc.shipments}
    assert len(batch.sandbox.boxc.shipments) == len(made) == len(ORDERS)
    assert {key: number for key, (_, number) in found.items()} == made
    assert {status for status, _ in found.values()} == {"done", "skipped"}
    entries = read_journal(batch.journal)
    assert {key: entry.summary for key, entry in entries.items()} == made
    assert {entry.status for entry in entries.values()} == {"done"}
    sent = batch.sandbox.boxc.counts["POST /shipments"]
    assert sent == len(ORDERS) + 10, batch.statuses()  # a refusal at the rate limit is one too many


def test_a_restart_meets_no_429(batch: Batch) -> None:
    """F167: a process that is killed under the rate limit is followed by one that keeps it."""
    for after in (60, 20, 20):
        batch.run_and_kill(after=after)
    batch.run_to_its_end()
    assert batch.statuses()[TOO_MANY] == 0
    assert len(batch.sandbox.boxc.shipments) == len(ORDERS)
