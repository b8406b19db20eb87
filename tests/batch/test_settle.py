"""Items whose outcome is unknown: looked up, and begun again only where they were not done."""

import asyncio
import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from boxapis import (
    BoxC,
    ConfigurationError,
    Limits,
    NotFoundError,
    OutcomeUnknownError,
    ServerError,
    ValidationError,
    WaitTimeoutError,
    batch,
)
from boxapis._core.clock import clocked
from boxapis.batch import JournalEntry, Outcome, Settlement, read_journal
from boxapis.sandbox import Sandbox
from tests.support.batch_doubles import Job, no_task_left, outcomes_of, raising
from tests.support.boxc_records import SHIPMENT
from tests.support.doubles import FakeClock, until

LOST = OutcomeUnknownError("lost")
DONE, NOT_DONE, UNKNOWN = Settlement.done({"id": 7}), Settlement.not_done(), Settlement.unknown()


class Service:
    """A function for items, and its look-up; what each returns or raises comes from the test.

    Attributes:
        log: The calls, in order: ``"call"`` or ``"look-up"``.
    """

    def __init__(self, calls: list[Any], found: list[Any]) -> None:
        self.log: list[str] = []
        self._calls = iter(calls)
        self._found = iter(found)

    async def call(self, _: object) -> Any:
        """The function."""
        return await self._answer("call", self._calls)

    async def look_up(self, _: object) -> Any:
        """The look-up."""
        return await self._answer("look-up", self._found)

    async def _answer(self, what: str, answers: Any) -> Any:
        self.log.append(what)
        await asyncio.sleep(0)
        answer = next(answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer


def journal(folder: Path, *events: str) -> Path:
    """Writes a journal with these events of the item ``x``."""
    header = [{"journal": "boxapis.batch", "version": 2}]
    lines = [json.dumps(line) for line in [*header, *({"event": e, "key": "x"} for e in events)]]
    path = folder / "job.journal"
    path.write_text("\n".join(lines) + "\n")
    return path


def recorded(path: Path) -> list[str]:
    """Returns the events of a journal."""
    return [json.loads(line)["event"] for line in path.read_text().splitlines()[1:]]


async def one(service: Service, **options: Any) -> Outcome[Any]:
    """Runs a batch of the item ``x`` and returns its outcome."""
    running = batch.run(service.call, ["x"], settle=service.look_up, key=str, **options)
    (outcome,) = await outcomes_of(running)
    return outcome


async def test_a_wait_that_ends_after_a_change(tmp_path: Path) -> None:
    """F206: what was made before a wait that timed out is looked up, and not made again."""
    late = WaitTimeoutError("not ready")
    (outcome,) = await outcomes_of(batch.run(raising(late), ["x"], changing=False))
    assert outcome.status == "failed"
    path = tmp_path / "job.journal"
    (outcome,) = await outcomes_of(batch.run(raising(late), ["x"], key=str, journal=path))
    assert outcome.status == "unknown"
    service = Service([], [DONE])
    assert (await one(service, journal=path)).status == "done"
    assert service.log == ["look-up"]


@pytest.mark.parametrize(
    ("found", "log", "events"),
    [
        (DONE, ["look-up"], ["looked-up", "done"]),
        (NOT_DONE, ["look-up", "call"], ["looked-up", "begun", "done"]),
        (UNKNOWN, ["look-up"], ["looked-up", "unknown"]),
    ],
    ids=lambda value: value.status if isinstance(value, Settlement) else "",
)
async def test_what_an_earlier_run_left_is_looked_up_first(
    tmp_path: Path, found: Settlement, log: list[str], events: list[str]
) -> None:
    """F162: nothing is done with it before; the journal has the look-up and what came of it."""
    path = journal(tmp_path, "begun")
    service = Service(["value"], [found])
    outcome = await one(service, journal=path, summary=str)
    assert (service.log, recorded(path)[1:]) == (log, events)
    assert outcome.attempts == (2 if found is NOT_DONE else 1)
    entry = read_journal(path)["x"]
    assert (entry.summary, entry.attempts) == (outcome.summary, outcome.attempts)
    match found.status:
        case "done":
            assert (outcome.status, outcome.value, outcome.summary) == ("done", None, {"id": 7})
        case "not-done":
            assert (outcome.status, outcome.value, outcome.summary) == ("done", "value", "value")
        case _:
            assert (outcome.status, entry.status) == ("unknown", "unknown")
            assert isinstance(outcome.error, OutcomeUnknownError)


@pytest.mark.parametrize("has_journal", [True, False])
@pytest.mark.parametrize(
    ("calls", "found", "log", "status"),
    [
        ([LOST], [DONE], "call look-up", "done"),
        ([LOST], [UNKNOWN], "call look-up", "unknown"),
        ([LOST, "value"], [NOT_DONE], "call look-up call", "done"),
        ([LOST, LOST], [NOT_DONE, DONE], "call look-up call look-up", "done"),
        ([LOST, LOST], [NOT_DONE, NOT_DONE], "call look-up call look-up", "unknown"),
        ([LOST, ValidationError("no", status=400)], [NOT_DONE], "call look-up call", "failed"),
        (
            [ServerError("x", status=500, may_have_been_applied=True)],
            [DONE],
            "call look-up",
            "done",
        ),
        ([KeyError("foreign")], [DONE], "call look-up", "done"),
        ([ValidationError("no", status=400)], [], "call", "failed"),
        (["value"], [], "call", "done"),
    ],
)
async def test_what_becomes_unknown_is_looked_up(
    tmp_path: Path,
    has_journal: bool,  # noqa: FBT001 - a case
    calls: Any,
    found: Any,
    log: str,
    status: str,
) -> None:
    """F162: only "not done" is begun again, and at most once more, with and without a journal."""
    path = tmp_path / "job.journal"
    service = Service(calls, found)
    outcome = await one(service, **({"journal": path} if has_journal else {}))
    assert (" ".join(service.log), outcome.status) == (log, status)
    assert outcome.attempts == service.log.count("call")
    assert (outcome.error is None) is (status == "done")
    if has_journal:
        assert read_journal(path)["x"].status == status
        assert recorded(path).count("begun") == outcome.attempts


async def test_an_item_is_begun_twice_in_a_run_at_most(tmp_path: Path) -> None:
    """After an earlier run, too: it stays unknown, and the next run looks it up."""
    path = journal(tmp_path, "begun")
    service = Service([LOST, LOST], [NOT_DONE, NOT_DONE, NOT_DONE])
    outcome = await one(service, journal=path)
    assert (outcome.status, outcome.attempts, outcome.error) == ("unknown", 3, LOST)
    assert (await one(Service([], [DONE]), journal=path)).status == "done"
    assert read_journal(path) == {"x": JournalEntry(status="done", summary={"id": 7}, attempts=3)}
    assert (await one(Service([], []), journal=path)).status == "skipped"


@pytest.mark.parametrize(
    ("error", "note"),
    [
        (NotFoundError("not there", status=404, code=1210), "failed with NotFoundError: not there"),
        (KeyError("secret-of-a-library"), "failed with KeyError"),
        (asyncio.CancelledError(), "failed with OutcomeUnknownError"),
        ("done", "failed with TypeError"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_look_up_that_fails_leaves_it_unknown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Any, note: str
) -> None:
    """F163: whatever it raises or returns, a note says why, and the batch goes on."""
    path = journal(tmp_path, "begun")

    async def look_up(item: str) -> Any:
        """Fails for the first item."""
        return await Service([], [error]).look_up(item)

    job: Any = Job()
    running = batch.run(job, ["x", "y"], settle=look_up, key=str, journal=path, ordered=True)
    with caplog.at_level(logging.WARNING, "boxapis"):
        unknown, other = await outcomes_of(running)
    assert (unknown.status, other.status) == ("unknown", "done")
    text = " ".join(getattr(unknown.error, "__notes__", ()))
    assert note in text
    assert "secret" not in text + caplog.text
    assert read_journal(path)["x"].status == "unknown"


async def test_a_kill_between_the_events_tells_the_truth(tmp_path: Path) -> None:
    """F162: wherever a kill cuts the journal, an item that is not settled is looked up again."""
    path = journal(tmp_path)
    await one(Service([LOST, "value"], [NOT_DONE]), journal=path)
    assert recorded(path) == ["begun", "looked-up", "begun", "done"]
    lines = path.read_bytes().splitlines(keepends=True)
    for kept in (2, 3, 4):
        path.write_bytes(b"".join(lines[:kept]))
        assert read_journal(path)["x"].status == "unknown"
        service = Service([], [DONE])
        assert (await one(service, journal=path)).ok
        assert service.log == ["look-up"]


async def test_after_stop_nothing_is_begun_again(tmp_path: Path) -> None:
    """What is under way is looked up and stays unknown; what was not begun has no outcome."""
    path = tmp_path / "job.journal"
    looking, go_on = asyncio.Event(), asyncio.Event()

    async def look_up(_: int) -> Settlement:
        """Waits, then finds nothing."""
        looking.set()
        await go_on.wait()
        return NOT_DONE

    calls: list[int] = []

    async def lose(item: int) -> None:
        """Loses the response."""
        calls.append(item)
        raise LOST

    options: dict[str, Any] = {"key": str, "journal": path, "concurrency": 2, "settle": look_up}
    async with no_task_left(), batch.run(lose, range(9), **options) as outcomes:
        await until(lambda: len(calls) == 2)
        await looking.wait()
        outcomes.stop()
        go_on.set()
        found = [outcome.status async for outcome in outcomes]
    assert (found, calls, outcomes.progress.left) == (["unknown"] * 2, [0, 1], 7)
    assert read_journal(path).keys() == {"0", "1"}


async def test_after_stop_what_an_earlier_run_left_is_as_it_was(tmp_path: Path) -> None:
    """It was not begun in this run, so it has no outcome, and stays unknown in the journal."""
    path = journal(tmp_path, "begun")
    service = Service([], [NOT_DONE])
    running = batch.run(service.call, ["x"], settle=service.look_up, key=str, journal=path)
    async with running as outcomes:
        await until(lambda: service.log == ["look-up"])
        outcomes.stop()
        assert [outcome async for outcome in outcomes] == []
        assert (outcomes.progress.running, outcomes.progress.left) == (0, 1)
    assert read_journal(path) == {"x": JournalEntry(status="unknown", attempts=1)}


async def test_stop_ends_the_wait_to_begin_again(time: FakeClock) -> None:
    """An item that waits for the rate limit to be begun once more stays unknown at once."""
    wait = [0.0]
    limits = {"limits": Limits(), "expected_wait": lambda _: wait[0]}
    client: Any = clocked(SimpleNamespace, time.clock)(**limits)

    async def look_up(_: str) -> Settlement:
        """Finds nothing, and the bucket is full from now on."""
        wait[0] = 60.0
        return NOT_DONE

    service = Service([LOST], [])
    async with batch.run(service.call, ["x"], settle=look_up, client=client) as outcomes:
        await until(lambda: bool(time.sleepers))
        outcomes.stop()
        assert [outcome.status async for outcome in outcomes] == ["unknown"]
    assert service.log == ["call"]


@pytest.mark.parametrize("repeat", [True, lambda _: True], ids=["all", "some"])
def test_it_excludes_repeating_what_is_unknown(repeat: Any) -> None:
    """Both at once are refused before anything is begun."""
    job = Job()
    with pytest.raises(ConfigurationError, match="settle or repeat_unknown"):
        batch.run(job, range(3), settle=Service([], []).look_up, repeat_unknown=repeat)
    assert job.begun == []


async def test_a_read_is_never_looked_up(tmp_path: Path) -> None:
    """Where nothing changes, nothing is unknown."""
    service = Service([LOST], [])
    path = journal(tmp_path, "begun")
    assert (await one(service, journal=path, changing=False)).status == "failed"
    assert service.log == ["call"]


@pytest.mark.servers
async def test_lost_responses_of_the_sandbox() -> None:
    """Shipments whose response was lost are found, the others made, without a journal."""
    with Sandbox() as sandbox:
        sandbox.boxc.fault("lost_response", operation="POST /shipments", times=2)
        sandbox.boxc.fault("bad_gateway", operation="POST /shipments", times=2)
        token = sandbox.environment["BOXC_TOKEN"]
        async with BoxC(token, base_url=sandbox.boxc_url) as boxc:

            async def make(order: str) -> int:
                """Makes the shipment of one order."""
                given: Any = {**SHIPMENT, "order_number": order}
                return (await boxc.shipments.create(given)).id

            async def look_up(order: str) -> Settlement:
                """Finds the shipment of one order."""
                async for shipment in boxc.shipments.list(order_number=order):
                    return Settlement.done(shipment.id)
                return NOT_DONE

            orders = [f"order-{number}" for number in range(8)]
            running = batch.run(make, orders, client=boxc, settle=look_up, key=str)
            found = await outcomes_of(running)
        made = {one["order_number"]: one["id"] for one in sandbox.boxc.shipments}
        assert len(sandbox.boxc.shipments) == len(made) == len(orders)
    assert {outcome.key: outcome.value or outcome.summary for outcome in found} == made
