"""Runs the demo: both clients against a sandbox over real sockets."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from boxapis import BoxAPIError, BoxC, BoxTracker, Limits, Timeouts
from boxapis._core.clock import Clock, clocked
from boxapis.cli.demo.boxc import BoxCDemo
from boxapis.cli.demo.boxtracker import COMMAND_COUNT, BoxTrackerDemo
from boxapis.cli.demo.steps import ActionResult, DemoResult, Step, StepResult
from boxapis.sandbox import Sandbox

__all__ = ["run_demo"]

_HOUR = 3600.0


async def run_demo(report: Callable[[StepResult], None]) -> DemoResult:
    """Runs every step in a new sandbox; an error in a step ends the demo.

    Args:
        report: Called with the result of each step as soon as it ends.
    """
    began = anyio.current_time()
    results: list[StepResult] = []
    with Sandbox() as sandbox:
        async with _open_steps(sandbox) as steps:
            for step in steps:
                results.append(await _run_step(step))
                report(results[-1])
                if results[-1].error:
                    break
        return DemoResult(
            steps=tuple(results),
            planned=len(steps),
            requests=sandbox.boxtracker.counts + sandbox.boxc.counts,
            seconds=anyio.current_time() - began,
        )


@asynccontextmanager
async def _open_steps(sandbox: Sandbox) -> AsyncIterator[tuple[Step, ...]]:
    """The steps, for as long as both clients are open."""
    given = sandbox.environment
    # Both sides share one clock, so client and server age together when it is moved.
    clock = Clock(now=sandbox.clock.now)
    tracker = clocked(BoxTracker, clock)(
        given["BOXTRACKER_USERNAME"],
        given["BOXTRACKER_PASSWORD"],
        base_url=given["BOXTRACKER_BASE_URL"],
        limits=Limits(max_connections=COMMAND_COUNT),
        # The clock is moved while requests are running, which must not time out by that.
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
        yield BoxTrackerDemo(sandbox, tracker).steps() + BoxCDemo(sandbox, boxc).steps()


async def _run_step(step: Step) -> StepResult:
    began = anyio.current_time()
    result, error = ActionResult("", ()), ""
    try:
        result = await step.action()
    except* Exception as errors:  # noqa: BLE001 - reported as the step's error
        error = _error_text(errors)
    return StepResult(
        service=step.service,
        title=step.title,
        summary=result.summary,
        checks=result.checks,
        error=error,
        seconds=anyio.current_time() - began,
    )


def _error_text(error: BaseException) -> str:
    """Name of the first error of a group, with its text if it is ours and so shows no secret."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    text = f": {error}" if isinstance(error, BoxAPIError) else ""
    return f"{type(error).__name__}{text}"
