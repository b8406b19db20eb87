"""Trial of the recipe for many machines: a rotation by workers of which all but one are killed."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.trials.report import Report, Setup
from benchmarks.trials.stores import running_store
from boxapis.sandbox import BoxCService, RateLimit, Sandbox
from tests.recipes.fleet import Fleet
from tests.recipes.plans import Planned

__all__ = ["rotation"]

_KILLS: Final = (0.25, 0.5)  # parts of all calls after which the workers are killed
_CREATIONS: Final = 0.3  # for each rotation
_ROOM_FOR_ALL: Final = RateLimit(size=10_000)  # the highest that a client believes
_REFUSED: Final = 429
_TRIES: Final = 20_000  # pauses of 0.1 seconds, until the next kill or the end
_UNFINISHED: Final = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"


def rotation(setup: Setup) -> Report:
    """Counts what is sent twice, and what becomes of creations that are cut off.

    ``tasks`` is the number of rotations, and 600 creations come with 2,000. At each kill every
    worker has calls under way that were carried out and not answered. Where ``seconds`` is not 0,
    the rate limit is the real one, and 2,000 rotations take 22 minutes.
    """
    from tests.engines.postgres import PostgresServer  # noqa: PLC0415 - needs pytest, no other trial

    columns = ("done", "done twice", "reported as begun again", "reported to look at", "429s")
    report = Report(f"{setup.processes} workers, all but one killed twice", (*columns, "seconds"))
    rate_limit = RateLimit() if setup.seconds else _ROOM_FOR_ALL
    with (
        PostgresServer() as postgres,
        running_store(setup.store) as store,
        tempfile.TemporaryDirectory() as folder,
        Sandbox(boxc=BoxCService(rate_limit=rate_limit)) as sandbox,
    ):
        planned = Planned(sandbox.boxc, Path(folder))
        planned.write(setup.tasks, int(setup.tasks * _CREATIONS))
        fleet = Fleet(sandbox, planned, postgres.url, store=store.address, tries=_TRIES)
        fleet.queue()
        started = time.monotonic()
        try:
            _work(fleet, postgres.query, setup.processes)
        finally:
            fleet.end()
        _add(report, fleet, time.monotonic() - started, is_shared=setup.is_shared)
    return report


def _work(fleet: Fleet, query: Callable[[str], str], processes: int) -> None:
    """Lets the workers do all that is planned."""
    calls = len(fleet.planned.rotated) + len(fleet.planned.created)
    for number in range(processes):
        fleet.start(number)
    killed = range(processes - 1)
    for part in _KILLS:
        for _ in fleet.pauses():
            if fleet.sandbox.boxc.counts.total() >= part * calls:
                break
        fleet.hold_all(processes)
        fleet.kill(*killed)
        fleet.sandbox.boxc.release_responses()
        for number in killed:
            fleet.start(number)
    for _ in fleet.pauses():
        if query(_UNFINISHED) == "0":
            return


def _add(report: Report, fleet: Fleet, seconds: float, *, is_shared: bool) -> None:
    planned, found = fleet.planned, fleet.report()
    new = sum(planned.stored(number) == secret for number, secret in planned.rotated.items())
    creations = planned.creations
    twice = sum(times > 1 for times in creations.values())
    reported = {one["item"] for one in found["look at"]}
    look = reported & set(planned.created)
    again = found["begun again"].keys()
    refused = Counter(
        request.method for request in planned.service.requests if request.status == _REFUSED
    )
    sent_twice = len(planned.sent_twice)
    others = len(reported - look)
    report.add("rotations", new, sent_twice, len(again), others, refused["PUT"], seconds)
    report.add("creations", len(creations), twice, 0, len(look), refused["POST"], seconds)
    report.check("rotations with the new value", new, len(planned.rotated))
    report.check("creations that were made twice", twice, 0)
    if is_shared:
        report.check("429s", refused.total(), 0)
    sent = {f"{number} {planned.rotated[number]}" for number in planned.sent_twice}
    report.check("rotations that were sent twice and not reported", len(sent - again), 0)
    accounted = found["jobs"].get("create succeeded", 0) + len(look)
    report.check("creations that are accounted for", accounted, len(planned.created))
    lost = set(planned.created) - creations.keys() - look
    report.check("creations that are neither made nor reported", len(lost), 0)
