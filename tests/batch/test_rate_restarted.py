"""A batch that a new process continues: its bucket is as full as the last run left it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from boxapis import BoxC, batch
from boxapis._core.clock import clocked
from boxapis.transports import ScriptedTransport
from tests.support.batch_doubles import Job, outcomes_of
from tests.support.doubles import FakeClock, json_response

USABLE, LEAK, DRAIN_TIME = 28, 2.0, 15.0
EPOCH = 1_700_000_000.0


class Machine:
    """A machine that starts one process after the other, and whose wall clock may be set.

    Attributes:
        time: The time that passes.
        wall_offset: What the wall clock shows at time 0.
    """

    def __init__(self, journal: Path) -> None:
        self.time = FakeClock(flows=True)
        self.wall_offset = EPOCH
        self._journal = journal

    async def run(self, items: Iterable[int], **options: Any) -> tuple[float, float]:
        """Runs a batch as a new process; returns the waits for one call at its start and end."""
        clock = evolve(self.time.clock, wall=lambda: self.wall_offset + self.time.now())
        transport = ScriptedTransport(lambda _: json_response({"shops": []}))
        waits: list[float] = []
        async with clocked(BoxC, clock)("token", transport=transport, **options) as boxc:

            async def fetch(number: int) -> None:
                """Makes one call."""
                await boxc.request("GET", f"/shops/{number}")

            def note(_: batch.Progress) -> None:
                """Notes the wait for the last place of the bucket."""
                waits.append(boxc.expected_wait(USABLE))

            given: Any = {"client": boxc, "key": str, "journal": self._journal, "on_progress": note}
            await outcomes_of(batch.run(fetch, items, **given))
        return waits[0], waits[-1]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine and its journal."""
    return Machine(tmp_path / "job.journal")


@pytest.mark.parametrize("items", [1, 5, 28, 60])
async def test_the_bucket_is_as_full_as_it_was_left(machine: Machine, items: int) -> None:
    """F167: after a burst and after a long batch at the pace of the limit, and it has leaked."""
    _, left = await machine.run(range(items))
    assert left == pytest.approx(min(items, USABLE) / LEAK)
    machine.time.advance(0.3)
    found, _ = await machine.run(range(items))
    assert found == pytest.approx(left - 0.3, abs=0.1)
    machine.time.advance(DRAIN_TIME)
    assert (await machine.run(range(items)))[0] == 0


@pytest.mark.parametrize("jump", [-1e9, -3600.0, -10.0, 10.0, 3600.0, 1e9])
async def test_a_wall_clock_that_is_set_does_no_harm(machine: Machine, jump: float) -> None:
    """F167: forwards or backwards, no call waits longer than a full bucket takes to drain."""
    await machine.run(range(40))
    machine.wall_offset += jump
    begun = machine.time.now()
    found, _ = await machine.run(range(40, 68))
    assert found <= DRAIN_TIME
    assert machine.time.now() - begun <= DRAIN_TIME
    assert (await machine.run([68]))[0] <= DRAIN_TIME


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.02])
async def test_a_small_share_waits_no_longer(machine: Machine, share: float) -> None:
    """F167: nor where the process has only a part of the bucket, which drains slowly."""
    await machine.run(range(3), rate_share=share)
    begun = machine.time.now()
    await machine.run([3], rate_share=share)
    assert machine.time.now() - begun <= DRAIN_TIME


async def test_the_times_take_few_bytes(machine: Machine, tmp_path: Path) -> None:
    """Only calls have a time, to a tenth of a second, and only under a rate limit."""
    await machine.run([1])
    path = tmp_path / "job.journal"
    begun, done = map(json.loads, path.read_text().splitlines()[1:])
    assert (begun["at"], "at" in done) == (EPOCH + 1000, False)
    await outcomes_of(batch.run(Job(), [2], key=str, journal=path))
    assert "at" not in json.loads(path.read_text().splitlines()[3])


@pytest.mark.parametrize("at", ['"soon"', "true", "-1", "1e400", "NaN", "null", "1" * 400, "[]"])
async def test_a_time_that_is_none_is_left_out(machine: Machine, tmp_path: Path, at: str) -> None:
    """Nothing in the journal but its events can keep a batch from running."""
    header = '{"journal": "boxapis.batch", "version": 2}\n'
    path = tmp_path / "job.journal"
    path.write_text(f'{header}{{"event": "begun", "key": "9", "at": {at}}}\n')
    assert (await machine.run([1]))[0] == 0
