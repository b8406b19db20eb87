"""Measures BoxC calls under the rate limit, in simulated time.

The event loop itself has the simulated clock, so it does not matter how the client waits. The
service is the sandbox's BoxC, with the documented leaky bucket.
"""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from benchmarks.measures.job import Job, Numbers
from boxapis import BoxC, RateLimitError
from boxapis._core.clock import Clock, clocked
from boxapis.sandbox import BoxCService, RateLimit, SandboxClock
from boxapis.transports import Request, Response, ScriptedTransport

__all__ = ["measure", "run_simulated"]

_LATENCY = 0.05


class _JumpingSelector(selectors.DefaultSelector):
    """A selector that advances a simulated clock instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Returns what is ready; if nothing is, advances the clock by ``timeout`` seconds."""
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class _SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop with a simulated clock."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Returns the simulated time in seconds."""
        return self._jumping.now


def run_simulated(coroutine: Any) -> Any:
    """Runs a coroutine in simulated time."""
    with asyncio.Runner(loop_factory=_SimulatedLoop) as runner:
        return runner.run(coroutine)


class _LoopClock(SandboxClock):
    """A clock for the sandbox that reads the event loop's."""

    def now(self) -> float:
        """Returns the simulated time in seconds."""
        return asyncio.get_running_loop().time()


def measure(job: Job) -> Numbers:
    """Makes ``tasks`` calls at once and measures the share of the rate limit they used."""
    numbers: Numbers = run_simulated(_measure(job.tasks))
    return numbers


async def _measure(calls: int) -> Numbers:
    loop = asyncio.get_running_loop()
    service = BoxCService()
    number = service.add_credential("DHLeC", {"ekp": "1"})
    service.use_clock(_LoopClock())
    transport = ScriptedTransport(lambda request: _respond(service, request))
    clock = Clock(loop.time, asyncio.sleep, lambda: 0.5)
    token = service.issue_token()
    async with clocked(BoxC, clock)(token, transport=transport) as boxc:
        outcomes = await asyncio.gather(
            *(boxc.credentials.get(number) for _ in range(calls)), return_exceptions=True
        )
    return _numbers(outcomes, service, loop.time())


def _numbers(outcomes: list[Any], service: BoxCService, seconds: float) -> Numbers:
    limit = RateLimit()
    answered = sum(not isinstance(outcome, BaseException) for outcome in outcomes)
    refused = sum(request.status == 429 for request in service.requests)  # noqa: PLR2004 - Too Many Requests
    return {
        "calls": answered,
        "errors": len(outcomes) - answered,
        "raised_429": sum(isinstance(outcome, RateLimitError) for outcome in outcomes),
        "answers_429": refused,
        "simulated_seconds": seconds,
        "share": answered / (limit.size + limit.leak * seconds),
    }


async def _respond(service: BoxCService, request: Request) -> Response:
    await asyncio.sleep(_LATENCY / 2)
    path, _, query = request.target.partition("?")
    headers: Mapping[str, str] = {name.lower(): value for name, value in request.headers}
    answer = service.handle(
        request.method,
        path,
        query=dict(parse_qsl(query)),
        headers=headers,
        body=request.body or b"",
    )
    await asyncio.sleep(_LATENCY / 2)
    kind = (("Content-Type", answer.content_type),)
    return Response(answer.status, (*kind, *answer.headers.items()), answer.body)
