"""Executes an import plan: one journaled call per row, at the pace of the rate limit."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from boxapis import BatchStoppedError, BoxC, batch
from boxapis.batch import Outcome, OutcomeStream, Progress
from boxapis.cli.imports.plan import ImportPlan, PlannedRow
from boxapis.cli.imports.results import ImportResult, row_results

__all__ = ["execute_plan"]

Notify = Callable[[str], None]


async def execute_plan(
    plan: ImportPlan,
    client: BoxC,
    journal: Path,
    *,
    repeat_unknown: bool,
    on_progress: Callable[[Progress], None],
    notify: Notify,
) -> ImportResult:
    """Sends the rows of a plan.

    An update that an earlier run left unknown is repeated, which does no harm; a creation only on
    request. After an error that every row would meet, the other rows are left.

    Args:
        plan: The plan.
        client: Client that is closed at the end.
        journal: File that records every call.
        repeat_unknown: Whether to create again what an earlier run may have created.
        on_progress: Called with the progress after each row.
        notify: Called with a line for the user.

    Raises:
        ConfigurationError: The journal cannot be used. Nothing was sent.
    """

    async def send(planned: PlannedRow) -> int:
        row = planned.row
        if planned.id is None:
            return (await client.credentials.create(row.carrier or "", row.params)).id
        return (await client.credentials.update(planned.id, row.params, carrier=row.carrier)).id

    found: dict[str, Outcome[int]] = {}
    running = batch.run(
        send,
        plan.rows,
        client=client,
        key=lambda planned: planned.row.key,
        journal=journal,
        repeat_unknown=lambda planned: repeat_unknown or planned.id is not None,
        repeat_done=plan.again,
        summary=lambda number: {"id": number},
        on_progress=on_progress,
    )
    interrupted: list[bool] = []
    failure = ""
    try:
        async with client, running as outcomes:
            with _interruptible(outcomes, interrupted, notify):
                async for outcome in outcomes:
                    found[outcome.key] = outcome
    except BatchStoppedError:  # the row that met the error names it
        pass
    except OSError as error:
        failure = f"the journal cannot be written: {error.strerror or type(error).__name__}"
    return ImportResult(row_results(plan, found), interrupted=bool(interrupted), failure=failure)


@contextmanager
def _interruptible(
    outcomes: OutcomeStream[Any], interrupted: list[bool], notify: Notify
) -> Iterator[None]:
    """Makes Ctrl-C wait for the running calls; a second one cancels them."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupt() -> None:
        if interrupted and task is not None:
            task.cancel()
            return
        interrupted.append(True)
        outcomes.stop()
        notify("waiting for the running calls; press Ctrl-C again to cancel them")

    try:
        loop.add_signal_handler(signal.SIGINT, interrupt)
    except (NotImplementedError, RuntimeError, ValueError):  # not on this system or thread
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
