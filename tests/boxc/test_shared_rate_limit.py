"""One rate limit for all processes of a user: whose turn it is, and what leaves no trace."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from boxapis import BoxC, ConfigurationError, Limits, RequestTimeoutError, Secret
from boxapis._sansio.boxc.reservations import PLACE, Draw, Tell
from boxapis.boxc._rate_limits import user_name
from boxapis.transports import ScriptedTransport
from tests.boxc.test_users import token_of
from tests.support.boxc_fleet import Fleet
from tests.support.doubles import json_response
from tests.support.still_loop import StillLoop


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """A fleet, which is closed and looked through afterwards."""
    fleet = Fleet()
    yield fleet
    fleet.close()


def told(fleet: Fleet) -> list[str]:
    """Returns what was reported to the store, in order."""
    return [step.what for step in fleet.store.steps if isinstance(step, Tell)]


def level(fleet: Fleet) -> float:
    """Returns the level of the shared bucket, in places."""
    (key,) = fleet.store.states
    state: Any = fleet.store.state(key)
    return float(state.level_at(fleet.store.now()) / PLACE)


@pytest.mark.parametrize("travel", [0.0, 0.2])
def test_eight_processes_are_one_client(fleet: Fleet, travel: float) -> None:
    """F233: 504 calls of 8 processes take 99 % of the rate, meet no 429 and get equal shares."""
    fleet.travel = travel
    ends: list[float] = []

    async def work(boxc: BoxC) -> None:
        await asyncio.gather(*(boxc.request("GET", "/shops") for _ in range(63)))
        ends.append(fleet.time.moment)

    began = fleet.time.moment
    fleet.run(*(fleet.start(work(fleet.client())) for _ in range(8)))
    assert (len(fleet.sent), fleet.refused) == (504, 0)
    assert (504 - 30) / 2 / (max(ends) - began) >= 0.99
    assert min(ends) - began >= 0.95 * (max(ends) - began)
    draws = sum(isinstance(step, Draw) for step in fleet.store.steps)
    assert draws <= 2 * 504


def test_a_backlog_that_never_ends_is_shared(fleet: Fleet) -> None:
    """F233: a process with a thousand calls gets no more than one with a few at a time."""
    boxc = fleet.client()
    calls = [fleet.get(boxc) for _ in range(300)]

    async def one_after_the_other(boxc: BoxC) -> None:
        while True:
            await asyncio.gather(*(boxc.request("GET", "/shops") for _ in range(2)))

    calls += (fleet.start(one_after_the_other(fleet.client())) for _ in range(3))
    fleet.pass_time(30)
    before = fleet.counts()
    fleet.pass_time(60)
    shares = [after - before for after, before in zip(fleet.counts(), before, strict=True)]
    assert fleet.refused == 0
    assert sum(shares) >= 119
    assert max(shares) - min(shares) <= 2
    for call in calls:
        call.cancel()
    fleet.settle()


def test_the_place_of_a_background_call_goes_to_the_foreground(fleet: Fleet) -> None:
    """F238: a place that was reserved for a background call is the foreground's when it is due."""
    boxc, other = fleet.client(), fleet.client()
    fleet.run(*(fleet.get(other) for _ in range(28)))
    order: list[str] = []

    async def call(view: BoxC, name: str) -> None:
        await view.request("GET", "/shops")
        order.append(name)

    view = boxc.with_options(background=True)
    calls = [fleet.start(call(view, f"background {n}")) for n in range(2)]
    fleet.settle()
    calls += (fleet.start(call(boxc, f"foreground {n}")) for n in range(2))
    fleet.run(*calls)
    assert order == ["foreground 0", "foreground 1", "background 0", "background 1"]
    assert told(fleet) == []


def test_cancelled_calls_leave_no_trace(fleet: Fleet) -> None:
    """F238: a reserved place for which no call waits any more goes back when it is due."""
    boxc = fleet.client()
    fleet.run(*(fleet.get(boxc) for _ in range(28)))
    waiting = [fleet.get(boxc) for _ in range(9)]
    fleet.settle()
    assert level(fleet) == 29
    for call in waiting[:-1]:
        call.cancel()
    fleet.pass_time(0.4)
    waiting[-1].cancel()
    fleet.pass_time(0.6)
    assert told(fleet) == ["back"]
    assert level(fleet) == 26
    queue: Any = boxc._caller.limiter.api
    assert (queue._lines.waiting, queue._lines.served) == ([0, 0], set())


def test_a_request_that_was_not_sent_gives_its_place_back(fleet: Fleet) -> None:
    """F238: a call that waits for a connection until its deadline has passed takes no place."""
    boxc = fleet.client(limits=Limits(max_connections=1))
    fleet.travel = 2.0
    first = fleet.get(boxc)
    fleet.settle()
    (error,) = fleet.run(fleet.get(boxc.with_options(deadline=1.0)))
    assert isinstance(error, RequestTimeoutError)
    assert told(fleet) == ["back"]
    fleet.run(first)
    assert len(fleet.sent) == 1
    assert level(fleet) == 0


def test_closing_gives_the_reserved_place_back(fleet: Fleet) -> None:
    """F238: closing a client turns its calls away, and its place goes back before it ends."""
    boxc, other = fleet.client(), fleet.client()
    fleet.run(*(fleet.get(other) for _ in range(28)))
    calls = [fleet.get(boxc) for _ in range(3)]
    fleet.settle()
    assert level(fleet) == 29
    fleet.run(fleet.start(boxc.aclose()))
    assert {type(error).__name__ for error in fleet.run(*calls)} == {"ClientClosedError"}
    assert level(fleet) == 28
    assert len(asyncio.all_tasks(fleet.loop)) == 0


def test_another_loop_draws_places_of_its_own(fleet: Fleet) -> None:
    """A place that was reserved on a loop that ended is lost, and calls on the next one go on."""
    boxc = fleet.client()
    fleet.run(*(fleet.get(boxc) for _ in range(28)))
    fleet.get(boxc)
    fleet.settle()
    fleet.loop.leave()
    fleet.loop = StillLoop(fleet.time)
    began = fleet.time.moment
    fleet.run(fleet.get(boxc))
    assert (fleet.time.moment - began, len(fleet.sent), told(fleet)) == (1.0, 29, [])


def test_deadlines_are_judged_by_the_last_place(fleet: Fleet) -> None:
    """F92: what cannot be met behind all processes is refused at once, and no place is drawn."""
    others = [fleet.client() for _ in range(7)]
    boxc = fleet.client()
    calls = [fleet.get(other) for other in others for _ in range(40)]
    calls += (fleet.get(boxc) for _ in range(9))
    fleet.pass_time(10)
    steps = len(fleet.store.steps)
    late = fleet.get(boxc.with_options(deadline=3.0))
    fleet.settle()
    error = late.exception()
    assert isinstance(error, RequestTimeoutError)
    assert (error.phase, error.sent, len(fleet.store.steps)) == ("queue", False, steps)
    forecast = boxc.expected_wait()
    began = fleet.time.moment
    fleet.run(fleet.get(boxc))
    assert forecast == pytest.approx(fleet.time.moment - began, rel=0.15)
    for call in calls:
        call.cancel()
    fleet.settle()


def test_waits_are_reported(fleet: Fleet) -> None:
    """F93: ``on_wait`` is called before a call waits, also for what only the store knows."""
    waits: list[float] = []
    fleet.run(*(fleet.get(fleet.clients[0] if n else fleet.client()) for n in range(28)))
    boxc = fleet.client(on_wait=waits.append)
    fleet.run(*(fleet.get(boxc) for _ in range(3)))
    assert waits == [0.5, 1.0, 1.5]
    fleet.run(*(fleet.get(boxc) for _ in range(2)))
    assert waits == [0.5, 1.0, 1.5, 0.5, 1.0]


# Whose bucket it is.


def test_each_user_has_a_bucket(fleet: Fleet) -> None:
    """F239: views of two users take places from two buckets, whatever client makes them."""
    tokens = [fleet.service.issue_token(user_id=n) for n in (7, 8)]
    first, second = fleet.client(), fleet.client()
    seven, eight = first.user(tokens[0]), second.user(tokens[1])
    fleet.run(*(fleet.get(view) for view in (seven, second.user(tokens[0])) for _ in range(14)))
    assert len(fleet.store.states) == 1
    began = fleet.time.moment
    fleet.run(*(fleet.get(eight) for _ in range(28)), *(fleet.get(first) for _ in range(28)))
    assert fleet.time.moment == began
    assert seven.expected_wait() == 0.0
    fleet.run(fleet.get(seven))
    assert fleet.time.moment == began + 0.5
    assert len(fleet.store.states) == 3
    assert fleet.refused == 0


def test_the_option_names_the_user_of_an_opaque_token(fleet: Fleet) -> None:
    """F239: ``bucket`` and ``sub`` mean the same user; without both the token is its own user."""

    def answer(_: Any) -> Any:
        return json_response({"shops": []})

    def keys(token: str, **options: Any) -> set[str]:
        boxc = fleet.client(token, **options)
        boxc._dispatcher.transport = ScriptedTransport(answer)  # type: ignore[union-attr]
        fleet.run(fleet.get(boxc), fleet.get(boxc.user(token)))
        found = set(fleet.store.states)
        fleet.store.flush()
        return found

    assert keys("opaque", bucket="12006") == keys(token_of(12006)) == {user_name("12006")}
    assert keys(token_of(1), bucket="12006") == {user_name("12006")}
    assert keys("opaque") == keys("opaque") != keys("opaquer")
    assert "12006" not in repr(keys(token_of(12006)))


@pytest.mark.parametrize("is_named", [False, True])
def test_the_first_token_brings_the_user(fleet: Fleet, is_named: bool) -> None:  # noqa: FBT001
    """F239: with client ID and secret no call passes before the user is known, nor beside it."""
    fleet.travel = 0.1
    client = fleet.service.client
    boxc = fleet.client(
        client_id=client.client_id,
        client_secret=Secret(client.secret),
        limits=Limits(max_connections=1),  # so that calls wait while the token is requested
        **({"bucket": str(fleet.service.user_id)} if is_named else {}),
    )
    other = fleet.client()
    calls = [fleet.get(caller) for caller in (boxc, other)]
    fleet.pass_time(0.05)
    fleet.run(*calls, *(fleet.get(caller) for caller in (boxc, other) for _ in range(39)))
    assert (len(fleet.sent), fleet.refused) == (80, 0)
    assert len(fleet.store.states) == 1
    assert abs(fleet.counts()[0] - fleet.counts()[1]) == 0


def test_a_refused_client_gets_its_error(fleet: Fleet) -> None:
    """With a wrong client secret every call ends in the error of the token; no step is made."""
    boxc = fleet.client(client_id=fleet.service.client.client_id, client_secret="wrong")
    errors = fleet.run(*(fleet.get(boxc) for _ in range(40)))
    assert {type(error).__name__ for error in errors} == {"AuthenticationError"}
    assert fleet.store.steps == []


@pytest.mark.parametrize("bucket", ["", 12006, b"7", True])
def test_bad_buckets(bucket: Any) -> None:
    """``bucket`` is text that is not empty, and ``store`` a store."""
    with pytest.raises(ConfigurationError, match="bucket"):
        BoxC("token", bucket=bucket, transport=ScriptedTransport())
    with pytest.raises(ConfigurationError, match="store"):
        BoxC("token", store=bucket, transport=ScriptedTransport())


def test_without_a_store_nothing_of_it_is_imported() -> None:
    """A client without a store imports no module that only stores need."""
    script = (
        "import sys, boxapis\n"
        "boxc = boxapis.BoxC('token', bucket='7')\n"
        "print([name for name in sys.modules if 'store' in name or 'shared_rate' in name])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
