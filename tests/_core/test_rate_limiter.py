"""BoxC's rate limit: the client against the sandbox's real bucket, on simulated time."""

import asyncio
from typing import Any

import pytest

from boxapis import (
    BoxC,
    ClientClosedError,
    ConfigurationError,
    RateLimitError,
    RequestTimeoutError,
    Retries,
)
from boxapis._core.clock import clocked
from boxapis._core.rate_limiter import RateLimitQueue
from boxapis._sansio.boxc.ratelimit import Bucket
from boxapis.sandbox import BoxCService
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.doubles import FakeClock, json_response, until

pytestmark = pytest.mark.flowing_time


class Counter:
    """BoxC as the sandbox simulates it, without sockets, on the test's own time."""

    def __init__(self, time: FakeClock) -> None:
        from boxapis.sandbox import RateLimit  # noqa: PLC0415 - used here alone

        self.level = 0.0
        self.moment = time.moment
        self.time = time
        self.refused = 0
        self.order: list[str] = []
        self.limit = RateLimit()

    def __call__(self, request: Request) -> Response:
        """Counts a request, and refuses it when the bucket is full."""
        now = self.time.moment
        self.level = max(0.0, self.level - self.limit.leak * (now - self.moment))
        self.moment = now
        self.order.append(request.target)
        if self.level + 1 > self.limit.size:
            self.refused += 1
            return self.headed(json_response({"code": 1015, "message": "x", "errors": []}, 429))
        self.level += 1
        return self.headed(json_response({"shops": []}))

    def headed(self, answer: Response) -> Response:
        """The answer with both headers."""
        headers = (("X-Rate-Limit", "30"), ("X-Rate-Requests", str(int(self.level + 0.999))))
        return Response(answer.status, (*answer.headers, *headers), answer.body)


def client(counter: Any, time: FakeClock, **options: Any) -> BoxC:
    """A client of the simulated service."""
    return clocked(BoxC, time.clock)("token", transport=ScriptedTransport(counter), **options)


async def test_alone_it_is_never_refused(time: FakeClock) -> None:
    """A client alone makes 500 calls in order at 99 % of the allowed rate, and meets no 429."""
    counter = Counter(time)
    began = time.moment
    async with client(counter, time) as boxc:
        await asyncio.gather(*(boxc.request("GET", f"/shops/{n}") for n in range(500)))
    took = time.moment - began
    assert counter.refused == 0
    assert (500 - 30) / 2 <= took <= (500 - 28) / 2 / 0.99
    assert counter.order == [f"/v1/shops/{n}" for n in range(500)]


async def test_others_use_the_bucket(time: FakeClock) -> None:
    """While others fill the bucket, every call is served in the end."""
    counter = Counter(time)

    def crowded(request: Request) -> Response:
        counter.level = min(30.0, counter.level + 1)
        return counter(request)

    async with client(crowded, time) as boxc:
        answers = await asyncio.gather(
            *(boxc.request("GET", f"/shops/{n}") for n in range(200)), return_exceptions=True
        )
    assert not [answer for answer in answers if isinstance(answer, Exception)]


async def test_refusal_without_a_bucket(time: FakeClock) -> None:
    """F48: code 1015 on every attempt ends in a RateLimitError after five rounds."""
    refusal = json_response({"code": 1015, "message": "Too many", "errors": []}, 429)
    transport = ScriptedTransport(lambda _: refusal)
    async with clocked(BoxC, time.clock)("token", transport=transport) as boxc:
        with pytest.raises(RateLimitError) as caught:
            await boxc.request("POST", "/shops")
    assert len(transport.requests) == 6
    assert caught.value.attempts == 6
    assert not caught.value.may_have_been_applied


async def test_wait_is_visible(time: FakeClock) -> None:
    """F93: ``on_wait`` is called before each wait, and an error it raises affects no call."""
    waits: list[float] = []

    def on_wait(seconds: float) -> None:
        waits.append(seconds)
        raise ValueError

    async with client(Counter(time), time, on_wait=on_wait) as boxc:
        await asyncio.gather(*(boxc.request("GET", "/shops") for _ in range(40)))
    assert len(waits) == 12
    assert waits == sorted(waits)
    assert waits[0] == pytest.approx(0.5)


async def test_share(time: FakeClock) -> None:
    """Two processes that share a user get half the rate each."""
    began = time.moment
    async with client(Counter(time), time, rate_share=0.5) as boxc:
        await asyncio.gather(*(boxc.request("GET", "/shops") for _ in range(100)))
    assert time.moment - began >= (100 - 15) / 1.0


@pytest.mark.parametrize("share", [0, -1, 1.5, True, "half"])
def test_bad_share(share: Any) -> None:
    """A share is above 0 and up to 1."""
    with pytest.raises(ConfigurationError):
        BoxC("token", transport=ScriptedTransport(), rate_share=share)


async def test_track_is_limited_by_itself(time: FakeClock) -> None:
    """A refusal of ``/track`` delays tracking alone."""

    def answer(request: Request) -> Response:
        if request.operation == "GET /track" and len(transport.requests) == 1:
            return json_response({"code": 1015, "message": "x", "errors": []}, 429)
        return json_response({})

    transport = ScriptedTransport(answer)
    async with clocked(BoxC, time.clock)("token", transport=transport) as boxc:
        await boxc.request("GET", "/track/1Z")
        before = len(time.slept)
        await boxc.request("GET", "/shops")
    assert len(time.slept) == before
    assert len(transport.requests) == 3


async def test_cancelled_in_the_rate_limit_queue() -> None:
    """F83: a caller cancelled in the queue takes no place in the bucket; the others keep order."""
    time = FakeClock()
    line = RateLimitQueue(Bucket(), time.clock, None)
    served: set[RateLimitQueue] = set()
    for _ in range(28):
        assert await line.acquire(served)
    waiting = [asyncio.create_task(line.acquire(served)) for _ in range(6)]
    await until(lambda: bool(time.sleepers))
    waiting[0].cancel()
    waiting[3].cancel()
    for _ in range(4):
        time.advance(0.5)
        await asyncio.sleep(0)
        for _ in range(5):
            await asyncio.sleep(0)
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(outcome, asyncio.CancelledError) for outcome in outcomes] == [
        True,
        False,
        False,
        True,
        False,
        False,
    ]
    assert line.gate.wait(time.moment) > 0
    await line.aclose()


async def test_closing_ends_the_queue(time: FakeClock) -> None:
    """Closing turns away every caller that waits for the rate limit."""
    frozen = FakeClock()
    boxc = clocked(BoxC, frozen.clock)("token", transport=ScriptedTransport(Counter(frozen)))
    calls = [asyncio.create_task(one(boxc)) for _ in range(50)]
    await until(lambda: sum(call.done() for call in calls) == 28)
    await boxc.aclose()
    errors = (await asyncio.gather(*calls, return_exceptions=True))[28:]
    assert {type(error) for error in errors} == {ClientClosedError}
    with pytest.raises(ClientClosedError):
        await one(boxc)
    assert [asyncio.current_task()] == list(asyncio.all_tasks())


async def one(boxc: BoxC) -> Any:
    """One call."""
    return await boxc.request("GET", "/shops")


async def test_early_refusal_is_possible() -> None:
    """F92: a deadline that cannot be met at the end of the queue is refused at once."""
    time = FakeClock()
    line = RateLimitQueue(Bucket(), time.clock, None)
    for _ in range(28):
        await line.acquire(set())
    assert await line.acquire(set(), until=time.moment + 0.1) is None
    await line.aclose()


def test_the_sandbox_has_the_same_bucket() -> None:
    """The service of these tests has the sandbox's bucket: 30 deep, leaking 2 per second."""
    limit = BoxCService().rate_limit
    assert (limit.size, limit.leak) == (30, 2.0)
    assert Retries().throttle_rounds == 5


async def test_deadline_that_the_queue_cannot_meet(time: FakeClock) -> None:
    """F92: a deadline that the queue cannot meet is refused at once; without one, calls wait."""
    counter = Counter(time)
    async with client(counter, time) as boxc:
        hurried = boxc.with_options(deadline=2.0)
        outcomes = await asyncio.gather(
            *(hurried.request("GET", "/shops") for _ in range(100)), return_exceptions=True
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, RequestTimeoutError)]
        assert 66 <= len(refused) <= 70
        assert {(error.phase, error.sent) for error in refused} == {("queue", False)}
        assert len(counter.order) == 100 - len(refused)
        await boxc.request("GET", "/shops")


async def test_ten_thousand_in_the_queue(time: FakeClock) -> None:
    """F92: ten thousand calls are served in the order in which they were made."""
    counter = Counter(time)
    async with client(counter, time) as boxc:
        await asyncio.gather(*(boxc.request("GET", f"/shops/{n}") for n in range(10_000)))
    assert counter.order == [f"/v1/shops/{n}" for n in range(10_000)]
    assert counter.refused == 0


async def test_many_refusals_share_one_pause(time: FakeClock) -> None:
    """F52: 500 calls that meet a full bucket share one pause: few are refused, all are served."""
    counter = Counter(time)
    counter.level = 30.0
    served: list[str] = []

    async def answer(request: Request) -> Response:
        given = counter(request)
        await asyncio.sleep(0)
        served.extend([request.target] if given.status == 200 else [])
        return given

    async with client(answer, time) as boxc:
        await asyncio.gather(*(boxc.request("GET", f"/shops/{n}") for n in range(500)))
    everything = [f"/v1/shops/{n}" for n in range(500)]
    assert 0 < counter.refused < 30
    assert sorted(served[:30]) == sorted(everything[:30])
    assert served[30:] == everything[30:]


async def test_a_cancelled_request_is_reported(time: FakeClock) -> None:
    """A call cancelled while it waits for its response leaves no ticket open in the bucket."""
    gate = asyncio.Event()

    async def respond(_: Request) -> Any:
        await gate.wait()

    async with clocked(BoxC, time.clock)("token", transport=ScriptedTransport(respond)) as boxc:
        calls = [asyncio.create_task(boxc.request("GET", "/shops")) for _ in range(5)]
        bucket: Any = boxc._caller.limiter.api.gate
        await until(lambda: bucket._sent == 5)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert (bucket._sent, bucket._ended) == (5, 5)
