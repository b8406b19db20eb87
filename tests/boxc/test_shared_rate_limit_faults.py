"""One rate limit for all processes of a user, while processes and other applications misbehave."""

import asyncio
from collections.abc import Iterator

import pytest

from boxapis._sansio.boxc.reservations import PLACE, Draw, Tell
from boxapis.sandbox import RateLimit
from tests.support.boxc_fleet import Fleet


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """A fleet, which is closed and looked through afterwards."""
    fleet = Fleet()
    yield fleet
    fleet.close()


@pytest.mark.parametrize("travel", [0.0, 0.1])
@pytest.mark.parametrize("moment", [0.2, 3.3, 20.0])
def test_another_application_takes_places(fleet: Fleet, moment: float, travel: float) -> None:
    """F234: 25 places taken by another application cost one refusal, which pauses all."""
    fleet.travel = travel
    began = fleet.time.moment
    calls = fleet.load(20)
    fleet.pass_time(moment)
    fleet.service.fill_bucket(25)
    assert fleet.answers(calls)
    assert fleet.refused <= 1
    assert 0.97 * (fleet.time.moment - began) - 2 <= (8 * 20 + 25 - 30) / 2


def test_a_refused_call_goes_on_at_the_head(fleet: Fleet) -> None:
    """F234: the refused call is the next of its process, and no process sends in the pause."""
    boxc, other = fleet.client(), fleet.client()
    fleet.service.fill_bucket(30)
    order: list[int] = []

    async def call(number: int) -> None:
        await boxc.request("GET", "/shops")
        order.append(number)

    calls = [fleet.start(call(0))]
    fleet.settle()
    assert fleet.refused == 1
    calls += (fleet.start(call(number)) for number in range(1, 4))
    calls += (fleet.get(other) for _ in range(4))
    fleet.run(*calls)
    assert (order, fleet.refused) == ([0, 1, 2, 3], 1)


def test_reports_that_change_nothing_are_not_made(fleet: Fleet) -> None:
    """F234: a report is made when a response proves the bucket fuller, and not otherwise."""
    boxc = fleet.client()
    fleet.run(*(fleet.get(boxc) for _ in range(60)))
    assert not [step for step in fleet.store.steps if isinstance(step, Tell)]
    fleet.pass_time(100)
    fleet.service.fill_bucket(10)
    fleet.run(fleet.get(boxc))
    tells = [step for step in fleet.store.steps if isinstance(step, Tell)]
    assert [(tell.what, tell.value) for tell in tells] == [("met", 11 * PLACE)]
    fleet.run(fleet.get(boxc), fleet.get(boxc))
    assert len([step for step in fleet.store.steps if isinstance(step, Tell)]) == 1


@pytest.mark.parametrize("moment", [0.0, 2.0, 7.7])
def test_a_process_dies_with_its_place(fleet: Fleet, moment: float) -> None:
    """F235: the place of a process that was killed costs the others half a second, no more."""
    began = fleet.time.moment
    calls = fleet.load(12)
    fleet.pass_time(moment)
    fleet.store.apply(Draw(fleet.key, 3_600_000))  # and it is gone
    assert fleet.answers(calls)
    assert fleet.refused == 0
    assert fleet.time.moment - began <= (8 * 12 - 28) / 2 + 0.5


def test_a_voided_place_is_drawn_anew(fleet: Fleet) -> None:
    """F234: places of before a refusal are void for every process; no call goes out with one."""
    fleet.run(*fleet.load(28, 1))
    boxc = fleet.client()
    call = fleet.get(boxc)
    fleet.settle()
    fleet.store.apply(Tell(fleet.key, "refused", 5_000))
    began = fleet.time.moment
    fleet.run(call)
    assert fleet.time.moment - began >= 5.0


# Pauses and reports.


def test_the_longest_pause_counts(fleet: Fleet) -> None:
    """F234: of two refusals at the same time the longer pause holds for all processes."""
    boxc, other = fleet.client(), fleet.client()
    fleet.travel = 0.1
    for headers in ({"Retry-After": "9"}, {}):
        fleet.service.respond_next(429, 1015, headers=headers)
    calls = [fleet.get(boxc), fleet.get(boxc)]
    fleet.pass_time(0.5)
    calls.append(fleet.get(other))
    fleet.pass_time(8.5)
    assert not fleet.sent
    fleet.run(*calls)


def test_another_capacity_is_told(fleet: Fleet) -> None:
    """F234: the size of the bucket that a response reports holds for all processes, told once."""
    fleet.service.rate_limit = RateLimit(size=20)
    boxc, other = fleet.client(), fleet.client()
    fleet.run(fleet.get(boxc))
    fleet.run(*(fleet.get(client) for client in (boxc, other) for _ in range(20)))
    assert fleet.refused == 0
    assert len([step for step in fleet.store.steps if isinstance(step, Tell)]) <= 2


def test_single_places_of_others_are_noticed(fleet: Fleet) -> None:
    """F234: while a line stands in front of the bucket, reports still show what others take."""
    calls = fleet.load(20)
    for _ in range(8):
        fleet.pass_time(5)
        fleet.service.fill_bucket(1)
    assert any(isinstance(step, Tell) for step in fleet.store.steps)
    assert fleet.answers(calls)
    assert fleet.refused == 0


@pytest.mark.parametrize("status", [200, 429])
def test_closing_waits_for_the_last_report(fleet: Fleet, status: int) -> None:
    """F238: closing waits for reports of a place that is not needed, and of the last response."""
    boxc = fleet.client()
    if status == 429:
        fleet.travel = 1.0
        fleet.service.respond_next(429, 1015)
        call = fleet.get(boxc)
        fleet.pass_time(0.5)
    else:
        fleet.run(*(fleet.get(boxc) for _ in range(28)))
        call = fleet.get(boxc)
        fleet.settle()
        call.cancel()
        fleet.pass_time(0.4)
        fleet.store.before = lambda _: setattr(fleet.store, "hangs", True)
        fleet.pass_time(0.2)
    fleet.store.hangs = True
    fleet.run(fleet.start(boxc.aclose()), call)
    assert any(isinstance(step, Tell) for step in fleet.store.steps)
    assert not asyncio.all_tasks(fleet.loop)
    fleet.store.hangs = False
