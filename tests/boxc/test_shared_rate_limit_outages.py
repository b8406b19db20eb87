"""One rate limit for all processes of a user, while the store is out, hangs or has forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.boxc.reservations import Tell
from tests.support.boxc_fleet import Fleet

A_HANDFUL = 5


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """A fleet, which is closed and looked through afterwards."""
    fleet = Fleet()
    yield fleet
    fleet.close()


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
        calls = fleet.load(9)
        fleet.pass_time(1.0)
        while fleet.store.before is not None and not all(call.done() for call in calls):
            fleet.pass_time(0.1)
        fleet.pass_time(outage)
        fleet.store.fails = fleet.store.hangs = False
        assert fleet.answers(calls), first
        assert fleet.refused <= A_HANDFUL, first
        fleet.close()


@pytest.mark.parametrize("moment", [0.0, 4.0, 11.1, 30.0])
def test_the_store_forgets(fleet: Fleet, moment: float) -> None:
    """F237: a store that was emptied is told what is known of the bucket before a call goes on."""
    began = fleet.time.moment
    calls = fleet.load(20)
    fleet.pass_time(moment)
    fleet.store.flush()
    assert fleet.answers(calls)
    assert fleet.refused == 0
    assert fleet.time.moment - began <= (8 * 20 - 28) / 2 + 2


@pytest.mark.parametrize("calls", [0, 5])
def test_a_store_that_comes_back_is_told(fleet: Fleet, calls: int) -> None:
    """F237: what was sent without the store counts when it is back, although it had none of it."""
    boxc = fleet.client()
    fleet.run(*(fleet.get(boxc) for _ in range(calls)))
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


@pytest.mark.parametrize("moment", [0.0, 1.0, 20.0])
def test_an_outage_with_the_whole_rate(fleet: Fleet, moment: float) -> None:
    """F236: without ``rate_share`` each process finds its part by the line or by refusals."""
    calls = [fleet.get(boxc) for boxc in [fleet.client() for _ in range(8)] for _ in range(30)]
    fleet.store.fails = moment == 0
    fleet.pass_time(moment)
    fleet.store.fails = True
    fleet.pass_time(40)
    fleet.store.fails = False
    assert fleet.answers(calls)
    assert fleet.refused <= A_HANDFUL or moment == 0  # then no line was ever seen


def test_a_store_that_is_closed_first(fleet: Fleet) -> None:
    """F236: clients whose store was closed before them go on, and close."""
    calls = fleet.load(6)
    fleet.pass_time(0.2)
    fleet.close_stores()
    assert fleet.answers(calls)
    assert fleet.refused == 0


@pytest.mark.parametrize(("taken", "refused"), [(25, 0), (30, 1)])
def test_alone_a_process_learns_from_responses(fleet: Fleet, taken: int, refused: int) -> None:
    """F236: reports and a 429 correct the process's own bucket, as without the option."""
    fleet.store.fails = True
    boxc = fleet.client()
    fleet.run(fleet.get(boxc))
    fleet.pass_time(20)
    fleet.service.fill_bucket(taken)
    call = fleet.get(boxc)
    fleet.settle()
    fleet.run(call, *(fleet.get(boxc) for _ in range(9)))
    assert fleet.refused == refused


def test_the_store_is_tried_while_calls_wait(fleet: Fleet) -> None:
    """F236: a call that would wait for long goes on soon after the store is back."""
    fleet.store.fails = True
    call = fleet.get(fleet.client(rate_share=0.01))
    fleet.pass_time(1)
    fleet.store.fails = False
    fleet.pass_time(3)
    assert call.done()


def test_a_pause_whose_report_was_lost(fleet: Fleet) -> None:
    """F234, F236: the process that was refused keeps the pause itself when the store is back."""
    boxc = fleet.client()

    def lose(step: object) -> None:
        if isinstance(step, Tell):
            raise ConnectionResetError

    fleet.store.before = lose
    fleet.service.respond_next(429, 1015, headers={"Retry-After": "9"})
    call = fleet.get(boxc)
    fleet.pass_time(3)
    fleet.store.before = None
    fleet.pass_time(5.9)
    assert not fleet.sent
    fleet.run(call)


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
    clients = fleet.made(3)
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
    state = fleet.store.state(fleet.key)
    assert state is None or state.level_at(fleet.store.now()) == 0
    for client in clients:
        queue: Any = client._caller.limiter.api
        assert queue._lines is None or (queue._lines.waiting, queue._lines.served) == (
            [0, 0],
            set(),
        )
    fleet.close()
