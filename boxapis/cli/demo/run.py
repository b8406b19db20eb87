"""The demo: both services played by the sandbox, both clients over real sockets."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from boxapis import BoxAPIError, BoxC, BoxTracker, Limits, Timeouts
from boxapis._core.clock import Clock, clocked
from boxapis.cli.demo.boxc import BoxCDemo
from boxapis.cli.demo.boxtracker import COMMANDS, BoxTrackerDemo
from boxapis.cli.demo.values import Finding, Outcome, Plan, Step
from boxapis.sandbox import Sandbox

__all__ = ["run_demo"]

_HOUR = 3600.0


async def run_demo(report: Callable[[Step], None]) -> Outcome:
    """Takes every step on a sandbox of its own, and stops at one that breaks off.

    Args:
        report: Called with each step as soon as it was taken.
    """
    began = anyio.current_time()
    steps: list[Step] = []
    with Sandbox() as sandbox:
        async with _planned(sandbox) as plans:
            for plan in plans:
                steps.append(await _taken(plan))
                report(steps[-1])
                if steps[-1].error:
                    break
        return Outcome(
            steps=tuple(steps),
            planned=len(plans),
            requests=sandbox.boxtracker.counts + sandbox.boxc.counts,
            seconds=anyio.current_time() - began,
        )


@asynccontextmanager
async def _planned(sandbox: Sandbox) -> AsyncIterator[tuple[Plan, ...]]:
    """The steps, for as long as both clients are open."""
    given = sandbox.environment
    # One clock for both sides: when it is moved, client and server grow older together.
    clock = Clock(now=sandbox.clock.now)
    tracker = clocked(BoxTracker, clock)(
        given["BOXTRACKER_USERNAME"],
        given["BOXTRACKER_PASSWORD"],
        base_url=given["BOXTRACKER_BASE_URL"],
        limits=Limits(max_connections=COMMANDS),
        # The clock is moved under running requests, which must not take it for their own time.
        timeouts=Timeouts(read=_HOUR, total=_HOUR, call=_HOUR),
        proxy=False,
    )
    boxc = clocked(BoxC, clock)(
        client_id=given["BOXC_CLIENT_ID"],
        client_secret=given["BOXC_CLIENT_SECRET"],
        base_url=given["BOXC_BASE_URL"],
        accounts_url=given["BOXC_ACCOUNTS_URL"],
        proxy=False,
    )
    async with tracker, boxc:
        yield BoxTrackerDemo(sandbox, tracker).plans() + BoxCDemo(sandbox, boxc).plans()


async def _taken(plan: Plan) -> Step:
    began = anyio.current_time()
    finding, error = Finding("", ()), ""
    try:
        finding = await plan.action()
    except* Exception as errors:  # noqa: BLE001 - the step says it; nothing may end the report
        error = _words(errors)
    return Step(
        service=plan.service,
        title=plan.title,
        happened=finding.happened,
        checks=finding.checks,
        error=error,
        seconds=anyio.current_time() - began,
    )


def _words(error: BaseException) -> str:
    """The first error of a group; the text only of ours, which shows no secret."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    text = f": {error}" if isinstance(error, BoxAPIError) else ""
    return f"{type(error).__name__}{text}"
