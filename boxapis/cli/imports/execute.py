"""Carries a plan out: one call for each row, at the pace of the rate limit, journaled."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from boxapis import AuthenticationError, BoxC, PermissionDeniedError, batch
from boxapis.batch import Outcome, Outcomes, Progress
from boxapis.cli.imports.plan import Plan, Step
from boxapis.cli.imports.results import Total, result_of

__all__ = ["carry_out"]

Say = Callable[[str], None]


async def carry_out(
    plan: Plan,
    client: BoxC,
    journal: Path,
    *,
    repeat_unknown: bool,
    on_progress: Callable[[Progress], None],
    say: Say,
) -> Total:
    """Sends what the plan says, and tells what became of each row.

    Updates are repeated when an earlier run has left them unknown, which does no harm; creations
    only on demand. A token or scope that is refused is refused for every row, so the rest is left.

    Raises:
        ConfigurationError: the journal cannot be used. Nothing was sent.
    """

    async def send(step: Step) -> int:
        if step.id is None:
            made = await client.credentials.create(step.row.carrier or "", step.row.params)
            return made.id
        row = step.row
        return (await client.credentials.update(step.id, row.params, carrier=row.carrier)).id

    def may_repeat(step: Step) -> bool:
        return repeat_unknown or step.id is not None

    found: dict[str, Outcome[int]] = {}
    running = batch.run(
        send,
        plan.steps,
        client=client,
        key=_key,
        journal=journal,
        repeat_unknown=may_repeat,
        again=plan.again,
        summary=_summary,
        on_progress=on_progress,
    )
    interrupted: list[bool] = []
    trouble = ""
    try:
        async with client, running as outcomes:
            with _interruptible(outcomes, interrupted, say):
                async for outcome in outcomes:
                    found[outcome.key] = outcome
                    if isinstance(outcome.error, AuthenticationError | PermissionDeniedError):
                        outcomes.stop()
    except OSError as error:
        trouble = f"the journal cannot be written: {error.strerror or type(error).__name__}"
    return Total(result_of(plan, found), interrupted=bool(interrupted), trouble=trouble)


def _key(step: Step) -> str:
    return step.row.key


def _summary(number: int) -> dict[str, int]:
    return {"id": number}


@contextmanager
def _interruptible(outcomes: Outcomes[Any], pressed: list[bool], say: Say) -> Iterator[None]:
    """Ctrl-C stops, and lets the calls under way end; a second one cuts them off."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        if pressed and task is not None:
            task.cancel()
            return
        pressed.append(True)
        outcomes.stop()
        say("calls under way come to their end; Ctrl-C again cuts them off")

    try:
        loop.add_signal_handler(signal.SIGINT, stop)
    except (NotImplementedError, RuntimeError, ValueError):  # not on this system or thread
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
