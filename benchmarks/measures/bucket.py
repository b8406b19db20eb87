"""Five hundred BoxC calls against the real bucket, on a clock that jumps from event to event.

The event loop itself keeps the simulated time, so it does not matter by which means the client
waits. The other side is the sandbox's own BoxC, with the bucket as it is documented.
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

__all__ = ["measure", "simulated"]

_LATENCY = 0.05


class _JumpingSelector(selectors.DefaultSelector):
    """A selector that does not wait: it lets the time pass that it was to wait."""

    moment = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; the clock has then moved on by ``timeout``."""
        ready = super().select(0)
        if not ready and timeout:
            self.moment += timeout
        return ready


class _SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds take no time."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """The simulated moment."""
        return self._jumping.moment


def simulated(work: Any) -> Any:
    """Runs a coroutine in simulated time."""
    with asyncio.Runner(loop_factory=_SimulatedLoop) as runner:
        return runner.run(work)


class _LoopClock(SandboxClock):
    """The sandbox's clock, told by the event loop."""

    def now(self) -> float:
        """The simulated moment."""
        return asyncio.get_running_loop().time()


def measure(job: Job) -> Numbers:
    """``tasks`` calls at once: how many were answered, and which share of the rate they used."""
    numbers: Numbers = simulated(_measured(job.tasks))
    return numbers


async def _measured(calls: int) -> Numbers:
    loop = asyncio.get_running_loop()
    service = BoxCService()
    number = service.add_credential("DHLeC", {"ekp": "1"})
    service.use_clock(_LoopClock())
    transport = ScriptedTransport(lambda request: _answered(service, request))
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
    refused = sum(request.status == 429 for request in service.requests)  # noqa: PLR2004 - too many
    return {
        "calls": answered,
        "errors": len(outcomes) - answered,
        "raised_429": sum(isinstance(outcome, RateLimitError) for outcome in outcomes),
        "answers_429": refused,
        "simulated_seconds": seconds,
        "share": answered / (limit.size + limit.leak * seconds),
    }


async def _answered(service: BoxCService, request: Request) -> Response:
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
