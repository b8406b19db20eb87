"""Stress over a whole client: cancellations, resets, refused keys and throttling, all at once.

After each step the records must agree: a changing command is carried out at most once, whatever
was refused before; every call ends in an answer of its own or in an error of ours; no request
carries a key that has been idle for more than five minutes; handshakes stay few; and when the
storm is over, a hundred calls are simply answered. ``BOXAPIS_STRESS=60`` makes it that many times
as long.
"""

import asyncio
import os
import random
from collections import Counter
from typing import Any

import pytest

from boxapis import (
    BoxAPIError,
    BoxTracker,
    ConnectError,
    ConnectionLostError,
    Customer,
    Limits,
)
from boxapis._core.clock import clocked
from boxapis.transports import Request, Response
from tests.support.doubles import (
    IDLE_LIMIT,
    JOB_SITES,
    PAYMENT,
    FakeClock,
    FakeTracker,
    mark_in,
    marked,
    until,
)

pytestmark = pytest.mark.flowing_time

STEPS = 40 * int(os.environ.get("BOXAPIS_STRESS", "1"))


_TOO_MANY = Response(429)
_EXPIRED = {"status": 507, "errorString": "ERROR: Session Expired"}


class Storm:
    """Box Tracker with random faults, which records what it saw."""

    def __init__(self, time: FakeClock, seed: int) -> None:
        self.time = time
        self.chance = random.Random(seed)  # noqa: S311 - weather, not cryptography
        self.server = FakeTracker(time)
        self.server.answers.append(self.weather)
        self.calm = False
        self.carried_out: Counter[str] = Counter()

    def weather(self, request: Request) -> Any:
        """Decides what becomes of a request."""
        self.check_age(request)
        answer = None if self.calm else self.draw(request)
        refused = isinstance(answer, ConnectError) or answer in (_TOO_MANY, _EXPIRED)
        if request.operation == PAYMENT and not refused and self.is_live(request):
            self.carried_out[mark_in(request.arguments)] += 1
        return answer

    def is_live(self, request: Request) -> bool:
        """Whether the service would accept both keys of a request."""
        names = ("session_key_api", "session_key_customer")
        used = (self.server.last_used.get(request.arguments[name]) for name in names)
        return all(last is not None and self.time.moment - last < IDLE_LIMIT for last in used)

    def draw(self, request: Request) -> Any:
        """A random fault, or None."""
        match self.chance.randrange(12):
            case 0:
                return ConnectError("refused", phase="connect")
            case 1:
                return ConnectionLostError("reset", phase="read", sent=True)
            case 2:
                return _TOO_MANY
            case 3 if "HandShake" not in request.operation:
                return _EXPIRED
            case 4:
                return Response(503)
            case _:
                return None

    def check_age(self, request: Request) -> None:
        """Checks that no key is sent that was idle for more than five minutes."""
        for name in ("session_key_api", "session_key_customer"):
            last = self.server.last_used.get(request.arguments.get(name, ""))
            assert last is None or last == float("-inf") or self.time.moment - last <= 300


async def call(customer: Customer, command: str, number: int) -> str:
    """One call, whose answer must be its own."""
    body = await customer.command(command, **marked(command, number))
    assert mark_in(body["arguments"]) == str(number)
    return "answered"


def judge(outcomes: list[Any]) -> None:
    """Checks that every call ended in an answer, an error of ours, or its own cancellation."""
    for outcome in outcomes:
        assert outcome == "answered" or isinstance(outcome, BoxAPIError | asyncio.CancelledError)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("connections", [3, 50])
async def test_storm(seed: int, connections: int) -> None:
    """After every step the records agree, and afterwards all calls succeed."""
    time = FakeClock(flows=True)
    storm = Storm(time, seed)
    time.chance = 0.5
    async with clocked(BoxTracker, time.clock)(
        "api-user",
        "api-password",
        transport=storm.server,
        limits=Limits(max_connections=connections),
    ) as client:
        customers = [client.customer("jane", "jane-password") for _ in range(3)]
        numbers = iter(range(10**9))
        for step in range(STEPS):
            await one_step(storm, customers, numbers, step)
            # A handshake outlives the callers that were cancelled, and ends by itself.
            await until(lambda: storm.server.in_flight == 0)
        await all_calls_succeed(storm, time, customers, numbers)
    assert [asyncio.current_task()] == list(asyncio.all_tasks())


async def one_step(storm: Storm, customers: list[Customer], numbers: Any, step: int) -> None:
    """Thirty calls, some of them cancelled; then time passes, or the service forgets sessions."""
    calls = [
        asyncio.create_task(
            call(
                storm.chance.choice(customers),
                storm.chance.choice((JOB_SITES, JOB_SITES, PAYMENT)),
                next(numbers),
            )
        )
        for _ in range(30)
    ]
    for _ in range(storm.chance.randrange(40)):
        await asyncio.sleep(0)
        if storm.chance.random() < 0.2:
            storm.chance.choice(calls).cancel()
    judge(await asyncio.gather(*calls, return_exceptions=True))
    assert max(storm.carried_out.values(), default=0) <= 1
    if step % 5 == 0:
        storm.chance.choice((storm.server.expire_all, storm.server.forget_all))()
    storm.time.advance(storm.chance.choice((0, 1, 100, 250, 400)))


async def all_calls_succeed(
    storm: Storm, time: FakeClock, customers: list[Customer], numbers: Any
) -> None:
    """Checks that a hundred calls after the faults are all answered."""
    storm.calm = True
    time.advance(61)  # any cool-down is over
    calls = (call(customer, JOB_SITES, next(numbers)) for customer in customers for _ in range(34))
    assert set(await asyncio.gather(*calls)) == {"answered"}


async def test_payments_reach_the_service_once() -> None:
    """With lost answers and refused keys no payment is carried out twice."""
    time = FakeClock(flows=True)
    server = FakeTracker(time)
    chance = random.Random(7)  # noqa: S311 - weather, not cryptography
    done: Counter[str] = Counter()

    def weather(request: Request) -> Any:
        if request.operation != PAYMENT:
            return None
        match chance.randrange(4):
            case 0:
                return {"status": 507, "errorString": "ERROR: Session Expired"}
            case 1:
                return ConnectError("refused", phase="connect")
            case 2:
                done[mark_in(request.arguments)] += 1
                return ConnectionLostError("reset", phase="read", sent=True)
            case _:
                done[mark_in(request.arguments)] += 1
                return None

    server.answers.append(weather)
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server
    ) as client:
        customer = client.customer("jane", "jane-password")
        calls = [asyncio.create_task(call(customer, PAYMENT, number)) for number in range(500)]
        judge(await asyncio.gather(*calls, return_exceptions=True))
    assert max(done.values()) == 1
    assert len(done) > 20
