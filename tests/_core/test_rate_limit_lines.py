"""The two lines in front of BoxC's rate limit: who passes first, and what is left of the others."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxapis import BoxC, BoxTracker, ConfigurationError, RequestTimeoutError, batch
from boxapis._core.clock import clocked
from boxapis._core.rate_limiter import RateLimitQueue
from boxapis._sansio.boxc.ratelimit import Bucket
from boxapis.sandbox import BoxCService
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.doubles import FakeClock, json_response, until
from tests.support.still_loop import StillLoop


class Service:
    """BoxC with the sandbox's bucket: the paths it has answered, in order, and its refusals."""

    def __init__(self, time: FakeClock) -> None:
        self.limit = BoxCService().rate_limit
        self.time, self.moment, self.level = time, time.moment, 0.0
        self.paths: list[str] = []
        self.refused = 0

    def __call__(self, request: Request) -> Response:
        """Responds to a request."""
        leaked = self.limit.leak * (self.time.moment - self.moment)
        self.level, self.moment = max(0.0, self.level - leaked), self.time.moment
        if self.level + 1 > self.limit.size:
            self.refused += 1
            return json_response({"code": 1015, "message": "x", "errors": []}, 429)
        self.level += 1
        self.paths.append(request.target.removeprefix("/v1"))
        return json_response({"shops": []})

    def client(self, **options: Any) -> BoxC:
        """Returns a client of this service."""
        return clocked(BoxC, self.time.clock)("t", transport=ScriptedTransport(self), **options)


def get(boxc: BoxC, path: str) -> "asyncio.Task[Any]":
    """Starts a call."""
    return asyncio.create_task(boxc.request("GET", path))


async def passing(time: FakeClock, seconds: float) -> None:
    """Lets time pass, half a second at a time, as long as it takes to free one place."""
    for _ in range(round(seconds * 2)):
        for _ in range(20):
            await asyncio.sleep(0)
        time.advance(0.5)
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_foreground_does_not_wait_for_the_background(time: FakeClock) -> None:
    """F154: with 500 background calls waiting, calls answer within 2 s; each line keeps order."""
    service = Service(time)
    async with service.client() as boxc:
        view = boxc.with_options(background=True)
        calls = [get(view, f"/background/{n}") for n in range(500)]
        for start in (0, 3):
            await passing(time, 60)
            calls += (get(boxc, f"/foreground/{start + n}") for n in range(3))
            await passing(time, 2)
            assert all(call.done() for call in calls[-3:])
        await passing(time, 116)
        assert all(call.done() for call in calls)
    background = [path for path in service.paths if path.startswith("/b")]
    assert background == [f"/background/{n}" for n in range(500)]
    foreground = [path for path in service.paths if path.startswith("/f")]
    assert foreground == [f"/foreground/{n}" for n in range(6)]
    assert service.refused == 0


@pytest.mark.parametrize("is_background", [False, True])
async def test_a_new_call_passes_none_that_waits(time: FakeClock, *, is_background: bool) -> None:
    """A place is free, and the call that waits for it not yet awake: a new one does not take it."""
    service = Service(time)
    async with service.client() as boxc:
        calls = [get(boxc, "/shops") for _ in range(28)]
        calls.append(get(boxc.with_options(background=is_background), "/first"))
        await until(lambda: bool(time.sleepers))
        time.moment += 0.5  # the timer of the first is late
        calls.append(get(boxc.with_options(background=is_background), "/second"))
        await passing(time, 3)
        assert all(call.done() for call in calls)
    assert service.paths[28:] == ["/first", "/second"]


async def test_expected_wait_counts_its_line(time: FakeClock) -> None:
    """The foreground counts the calls of the foreground, the background those of both lines."""
    async with Service(time).client() as boxc:
        view = boxc.with_options(background=True)
        calls = [get(boxc, "/shops") for _ in range(30)]
        calls += (get(view, "/shops") for _ in range(10))
        await until(lambda: bool(time.sleepers))
        assert (boxc.expected_wait(), view.expected_wait()) == (1.5, 6.5)
        assert view.with_options(background=False).expected_wait() == 1.5
        assert view.with_options(timeout=3).expected_wait() == 6.5
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
        assert (boxc.expected_wait(), view.expected_wait()) == (0.5, 0.5)


async def test_cancelled_calls_are_forgotten(time: FakeClock) -> None:
    """F202: cancelled calls are forgotten while others use up the rate, and not in their turn."""
    async with Service(time).client() as boxc:
        view = boxc.with_options(background=True)
        steady = [get(boxc, "/shops") for _ in range(40)]
        await until(lambda: bool(time.sleepers))
        for caller in (view, boxc) * 5:
            waiting = get(caller, "/late")
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
        lines: Any = boxc._caller.limiter.api._lines
        assert [len(line) for line in lines.waiters] == [12, 0]
        for call in steady:
            call.cancel()


async def test_a_background_deadline_is_refused_at_once(time: FakeClock) -> None:
    """A background call that cannot meet its deadline behind both lines is refused at once."""
    async with Service(time).client() as boxc:
        calls = [get(boxc, "/shops") for _ in range(32)]
        await until(lambda: bool(time.sleepers))
        hurried = boxc.with_options(background=True, deadline=2.0)
        with pytest.raises(RequestTimeoutError):
            await hurried.request("GET", "/shops")
        for call in calls:
            call.cancel()


async def test_a_throttled_call_keeps_its_line(time: FakeClock) -> None:
    """A background call that met a 429 goes to the head of its own line, behind the foreground."""
    service = Service(time)
    service.level = 30.0
    async with service.client() as boxc:
        view = boxc.with_options(background=True)
        calls = [get(view, "/first")]
        await until(lambda: service.refused == 1)
        calls += (get(view, "/second"), get(boxc, "/foreground"))
        while not all(call.done() for call in calls):
            await until(lambda: bool(time.sleepers) or all(call.done() for call in calls))
            time.advance(0.5)
    assert service.paths == ["/foreground", "/first", "/second"]


def test_a_deadline_passed_by_overtaking() -> None:
    """F155: a background call that is overtaken until its deadline has passed ends then."""
    time = FakeClock()
    loop, service = StillLoop(time), Service(time)

    async def make() -> BoxC:
        return service.client()

    boxc = loop.run_until_complete(make())
    for _ in range(28):
        loop.start(boxc.request("GET", "/shops"))
    late = loop.start(boxc.with_options(background=True, deadline=2.0).request("GET", "/late"))
    for _ in range(4):
        assert not late.done()
        loop.start(boxc.request("GET", "/shops"))
        loop.start(boxc.request("GET", "/shops"))
        loop.settle()
        time.advance(0.5)
    loop.settle()
    error = late.exception()
    assert isinstance(error, RequestTimeoutError)
    assert (error.phase, error.sent, "/late" in service.paths) == ("queue", False, False)
    closing = loop.start(boxc.aclose())
    loop.settle()
    assert closing.done()
    loop.leave()


@pytest.mark.flowing_time
async def test_a_batch_is_in_the_background(time: FakeClock) -> None:
    """F154: what the function and the source of a batch call waits behind calls from outside."""
    service = Service(time)
    reports: list[batch.Progress] = []
    async with service.client() as boxc:

        async def source() -> AsyncIterator[int]:
            for number in range(60):
                yield number
            await boxc.request("GET", "/source")

        async def twice(number: int) -> None:
            await asyncio.create_task(boxc.request("GET", f"/item/{number}"))
            await boxc.request("GET", f"/item/{number}")

        options: dict[str, Any] = {"on_progress": reports.append, "calls_per_item": 2}
        async with batch.run(twice, source(), client=boxc, **options) as outcomes:
            async for outcome in outcomes:
                assert outcome.ok
                if outcome.index == 30:
                    began = time.moment
                    waiting = len(service.paths)
                    await boxc.request("GET", "/foreground")
                    assert time.moment - began <= 1.0
                    assert service.paths[waiting:].index("/foreground") <= 2
    assert service.refused == 0
    assert len(service.paths) == 122


async def test_tasks_of_a_batch_leave_no_mark(time: FakeClock) -> None:
    """After a batch, and beside it, the calls of its caller are in the foreground."""
    async with Service(time).client() as boxc:
        seen: list[float] = []

        async def look(_: int) -> None:
            seen.append(boxc.expected_wait())

        calls = [get(boxc.with_options(background=True), "/shops") for _ in range(30)]
        await until(lambda: bool(time.sleepers))
        async with batch.run(look, range(1)) as outcomes:
            assert boxc.expected_wait() == 0.5
            assert [outcome.ok async for outcome in outcomes] == [True]
        assert (boxc.expected_wait(), seen) == (0.5, [1.5])
        for call in calls:
            call.cancel()


async def test_the_progress_of_a_batch_counts_both_lines(time: FakeClock) -> None:
    """What is left of a batch waits behind all calls, wherever its progress is asked for."""
    async with Service(time).client() as boxc:
        calls = [get(boxc.with_options(background=True), "/shops") for _ in range(30)]
        await until(lambda: bool(time.sleepers))
        async with batch.run(lambda _: asyncio.sleep(0), range(4), client=boxc) as outcomes:
            assert outcomes.progress.eta == 3.0
            outcomes.stop()
        for call in calls:
            call.cancel()


@pytest.mark.parametrize("value", [1, "yes", 0.0])
def test_bad_background(value: Any) -> None:
    """``background`` is True or False; Box Tracker takes it, too, where it changes nothing."""
    tracker = BoxTracker("u", "p", transport=ScriptedTransport())
    assert tracker.with_options(background=True)._options.background
    for client in (tracker, BoxC("t", transport=ScriptedTransport())):
        with pytest.raises(ConfigurationError, match="background"):
            client.with_options(background=value)


CALL = st.tuples(
    st.just("call"), st.booleans(), st.booleans(), st.sampled_from((None, None, None, 1.0, 4.0))
)
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 30), st.integers(0, 3))
TIME = st.tuples(st.just("time"), st.sampled_from((0.0, 0.1, 0.5, 0.5, 1.0, 3.0)))
PAUSE = st.tuples(st.just("pause"), st.sampled_from((0.2, 2.0)))


class Model:
    """A queue, the calls made on it, and the two lines as plain lists of their numbers."""

    def __init__(self, places: int) -> None:
        self.time = FakeClock()
        self.loop = StillLoop(self.time)
        self.bucket: Any = Bucket()
        for _ in range(28 - places):
            self.bucket.take(self.time.moment)
        self.taken = self.bucket._sent
        self.queue = RateLimitQueue(self.bucket, self.time.clock, None)
        self.served: set[RateLimitQueue] = set()
        self.lines: tuple[deque[int], deque[int]] = (deque(), deque())
        self.calls: list[asyncio.Task[Any]] = []
        self.ends: list[float | None] = []
        self.log: list[tuple[int, bool]] = []
        self.checked = 0

    def call(self, background: bool, front: bool, deadline: float | None) -> None:  # noqa: FBT001
        """Makes a call, which is refused at once exactly if its deadline cannot be met."""
        number, now = len(self.calls), self.time.moment
        ahead = sum(map(len, self.lines[: background + 1]))
        if front:
            ahead = len(self.lines[0]) if background else 0
        until = None if deadline is None else now + deadline
        may_go = until is None or now + self.bucket.wait(now, ahead) <= until
        line = self.lines[background]
        (line.appendleft if front else line.append)(number)
        self.ends.append(until)
        self.calls.append(self.loop.start(self._one(number, background, front, until)))
        self.settle()
        refused = (number, False) in self.log
        assert refused is not may_go

    async def _one(self, number: int, *options: Any) -> None:
        background, front, until = options
        ticket = await self.queue.acquire(
            self.served, background=background, front=front, until=until
        )
        self.log.append((number, ticket is not None))

    def cancel(self, number: int, steps: int) -> None:
        """Cancels a call a few steps of the loop after a place became free."""
        self.time.advance(0.5)
        for _ in range(steps):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()
        if number < len(self.calls) and not self.calls[number].done():
            self.calls[number].cancel()
            for line in self.lines:
                if number in line:
                    line.remove(number)
        self.settle()

    def settle(self) -> None:
        """Lets all calls go on, and compares the tickets with the lines."""
        self.loop.settle()
        while self.checked < len(self.log):
            number, has_ticket = self.log[self.checked]
            self._check(number, has_ticket=has_ticket)
            self.checked += 1

    def _check(self, number: int, *, has_ticket: bool) -> None:
        foreground, background = self.lines
        if not has_ticket:
            assert self.ends[number] is not None
            for line in self.lines:
                if number in line:
                    line.remove(number)
        elif number in background:
            assert not foreground
            assert background.popleft() == number
        else:
            assert foreground.popleft() == number

    def finish(self) -> None:
        """Lets every call that is left end, and counts the tickets."""
        for _ in range(200):
            self.time.advance(0.5)
            self.settle()
        assert all(call.done() for call in self.calls)
        assert (list(map(len, self.lines)), self.served) == ([0, 0], set())
        assert self.queue.expected_wait(self.served, 28, background=True) == 0
        granted = sum(has_ticket for _, has_ticket in self.log)
        assert self.bucket._sent - self.taken == granted + self.bucket._ended


@settings(max_examples=300)
@given(st.integers(0, 3), st.lists(st.one_of(CALL, CALL, CALL, CANCEL, TIME, PAUSE), max_size=30))
def test_the_lines_as_a_model_has_them(places: int, events: list[Any]) -> None:
    """Tickets come in the order of the lines, the foreground first, and none is lost."""
    model = Model(places)
    try:
        for name, *values in events:
            if name in ("call", "cancel"):
                getattr(model, name)(*values)
            elif name == "pause":
                model.queue.pause(*values)
            else:
                model.time.advance(*values)
                model.settle()
        model.finish()
    finally:
        model.loop.leave()


def test_a_ticket_given_to_a_cancelled_call_goes_back() -> None:
    """F83: a call cancelled in the step in which its ticket came leaves the place to the next."""
    returned = 0
    for steps in range(6):
        model = Model(0)
        for background in (False, True):
            model.call(background, front=False, deadline=None)
        model.cancel(0, steps)
        model.finish()
        returned += model.bucket._ended
        model.loop.leave()
    assert returned
