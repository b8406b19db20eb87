"""One rate limit for all processes of a user, while processes, the store and others misbehave."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis import BoxC
from boxapis._sansio.boxc.reservations import PLACE, Draw, Tell
from boxapis.boxc._rate_limits import user_name
from tests.support.boxc_fleet import Fleet

CLIENTS = 8
A_HANDFUL = 5


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """A fleet, which is closed and looked through afterwards."""
    fleet = Fleet()
    yield fleet
    fleet.close()


def key(fleet: Fleet) -> str:
    """Returns the key of the bucket of the sandbox's user."""
    return user_name(str(fleet.service.user_id))


def load(fleet: Fleet, calls: int, clients: int = CLIENTS, **options: Any) -> list[Any]:
    """Starts calls of new clients, so many each."""
    return [fleet.get(boxc) for boxc in made(fleet, clients, **options) for _ in range(calls)]


def made(fleet: Fleet, clients: int = CLIENTS, **options: Any) -> list[BoxC]:
    """Returns new clients, each with its part of the rate for the time without a store."""
    return [fleet.client(rate_share=1 / clients, **options) for _ in range(clients)]


def succeeded(fleet: Fleet, tasks: list[Any]) -> bool:
    """Whether every call was answered, and was carried out once."""
    outcomes = fleet.run(*tasks)
    return len(fleet.sent) == len(tasks) and not any(isinstance(o, Exception) for o in outcomes)


# The service and other processes.


@pytest.mark.parametrize("travel", [0.0, 0.1])
@pytest.mark.parametrize("moment", [0.2, 3.3, 20.0])
def test_another_application_takes_places(fleet: Fleet, moment: float, travel: float) -> None:
    """F234: 25 places taken by another application cost one refusal, which pauses all."""
    fleet.travel = travel
    began = fleet.time.moment
    calls = load(fleet, 20)
    fleet.pass_time(moment)
    fleet.service.fill_bucket(25)
    assert succeeded(fleet, calls)
    assert fleet.refused <= 1
    assert 0.97 * (fleet.time.moment - began) - 2 <= (CLIENTS * 20 + 25 - 30) / 2


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
    calls = load(fleet, 12)
    fleet.pass_time(moment)
    fleet.run(fleet.start(fleet.store.run(Draw(key(fleet), 3_600_000))))  # and it is gone
    assert succeeded(fleet, calls)
    assert fleet.refused == 0
    assert fleet.time.moment - began <= (CLIENTS * 12 - 28) / 2 + 0.5


def test_a_voided_place_is_drawn_anew(fleet: Fleet) -> None:
    """F234: places of before a refusal are void for every process; no call goes out with one."""
    fleet.run(*load(fleet, 28, 1))
    boxc = fleet.client()
    call = fleet.get(boxc)
    fleet.settle()
    fleet.run(fleet.start(fleet.store.run(Tell(key(fleet), "refused", 5_000))))
    began = fleet.time.moment
    fleet.run(call)
    assert fleet.time.moment - began >= 5.0


# The store.


@pytest.mark.parametrize("outage", [3.0, 40.0])
@pytest.mark.parametrize("how", ["fails", "hangs"])
def test_the_store_goes_at_any_step(how: str, outage: float) -> None:
    """F236: whichever step is the first that fails: no call fails, and few meet a 429."""
    for first in [*range(12), 20, 27, 28, 29, 36, 37, 44, 45, 60]:
        fleet = Fleet()

        def break_at(_: object, first: int = first, fleet: Fleet = fleet) -> None:
            if len(fleet.store.steps) >= first:
                setattr(fleet.store, how, True)
                fleet.store.before = None

        fleet.store.before = break_at
        calls = load(fleet, 9)
        fleet.pass_time(1.0)
        while fleet.store.before is not None and not all(call.done() for call in calls):
            fleet.pass_time(0.1)
        fleet.pass_time(outage)
        fleet.store.fails = fleet.store.hangs = False
        assert succeeded(fleet, calls), first
        assert fleet.refused <= A_HANDFUL, first
        fleet.close()


@pytest.mark.parametrize("moment", [0.0, 4.0, 11.1, 30.0])
def test_the_store_forgets(fleet: Fleet, moment: float) -> None:
    """F237: a store that was emptied is told what is known of the bucket before a call goes on."""
    began = fleet.time.moment
    calls = load(fleet, 20)
    fleet.pass_time(moment)
    fleet.store.flush()
    assert succeeded(fleet, calls)
    assert fleet.refused == 0
    assert fleet.time.moment - began <= (CLIENTS * 20 - 28) / 2 + 2


def test_a_store_that_comes_back_is_told(fleet: Fleet) -> None:
    """F237: what was sent without the store counts when it is back, although it had none of it."""
    boxc = fleet.client()
    fleet.store.fails = True
    fleet.run(*(fleet.get(boxc) for _ in range(40)))
    fleet.store.fails = False
    fleet.pass_time(1)
    fleet.run(*(fleet.get(boxc) for _ in range(40)))
    assert fleet.refused == 0
    assert [step.what for step in fleet.store.steps if isinstance(step, Tell)] == ["met"]
    assert boxc._caller.limiter.api._mirror.is_alone is False  # type: ignore[attr-defined]


def test_without_the_store_a_process_takes_its_share(fleet: Fleet) -> None:
    """F236: alone it starts as if the bucket were full, and takes ``rate_share`` of the rate."""
    fleet.store.fails = True
    boxc = fleet.client(rate_share=0.5)
    calls = [fleet.get(boxc) for _ in range(30)]
    fleet.pass_time(0.9)
    assert fleet.sent == []
    fleet.pass_time(9.1)
    assert len(fleet.sent) == 10
    fleet.run(*calls)


def test_a_store_that_is_closed_first(fleet: Fleet) -> None:
    """F236: clients whose store was closed before them go on, and close."""
    calls = load(fleet, 6)
    fleet.pass_time(0.2)
    fleet.run(fleet.start(fleet.store.aclose()))
    assert succeeded(fleet, calls)
    assert fleet.refused == 0


def test_a_refusal_without_the_store_pauses_the_process(fleet: Fleet) -> None:
    """F236: a 429 without a store pauses the process, as without the option."""
    fleet.store.fails = True
    boxc = fleet.client()
    fleet.pass_time(5)
    call = fleet.get(boxc)
    fleet.pass_time(0.4)
    fleet.service.fill_bucket(30)
    fleet.run(call, fleet.get(boxc))
    assert fleet.refused == 1


CALL = st.tuples(
    st.just("call"),
    st.integers(0, 2),
    st.booleans(),
    st.sampled_from((None, None, None, 1.0, 4.0)),
    st.sampled_from((1, 1, 5, 12)),
)
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 60))
TIME = st.tuples(st.just("time"), st.sampled_from((0.0, 0.1, 0.5, 1.0, 3.0)))
STORE = st.tuples(st.just("store"), st.sampled_from(("fails", "hangs", "flush", "back")))


@given(st.lists(st.one_of(CALL, CALL, CALL, CANCEL, TIME, TIME, STORE), max_size=25))
def test_any_interleaving(events: list[Any]) -> None:
    """F236, F238: whatever happens in whatever order, calls end, none is refused, nothing stays."""
    fleet = Fleet()
    clients = made(fleet, 3)
    calls: list[Any] = []
    for name, *values in events:
        match name:
            case "call":
                number, background, deadline, times = values
                view = clients[number].with_options(background=background, deadline=deadline)
                calls += (fleet.get(view) for _ in range(times))
                fleet.settle()
            case "cancel" if values[0] < len(calls):
                calls[values[0]].cancel()
            case "time":
                fleet.pass_time(*values)
            case "store":
                fleet.store.fails = values == ["fails"]
                fleet.store.hangs = values == ["hangs"]
                if values == ["flush"]:
                    fleet.store.flush()
    fleet.run(*(call for call in calls if not call.cancelled()))
    fleet.store.fails = fleet.store.hangs = False
    assert fleet.refused <= A_HANDFUL * sum(event[0] == "store" for event in events)
    fleet.pass_time(60)
    state = fleet.store.state(key(fleet))
    assert state is None or state.level_at(fleet.store.now()) == 0
    for client in clients:
        queue: Any = client._caller.limiter.api
        assert queue._lines is None or (queue._lines.waiting, queue._lines.served) == (
            [0, 0],
            set(),
        )
    fleet.close()
