"""Executes an import plan: one journaled call per row, at the pace of the rate limit.

Promises: a signal, a full disk, or an error that would meet every row ends the import in order: no
further row is begun, the calls under way end, and the journal says of each row what is known.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from boxapis import BatchStoppedError, BoxC, ConfigurationError, batch
from boxapis.batch import Outcome, OutcomeStream, Progress, read_journal
from boxapis.cli.error_report import EndedBySignalError
from boxapis.cli.imports.last_sent import LastSent
from boxapis.cli.imports.plan import ImportPlan, Past, PlannedRow
from boxapis.cli.imports.results import ImportResult, row_results

__all__ = ["Journaling", "execute_plan"]

Notify = Callable[[str], None]


@frozen(kw_only=True)
class Journaling:
    """The journal of an import, and how its entries are treated.

    Attributes:
        file: File that records every call.
        scope: Account and key that it is bound to.
        again: Whether to send rows that are done.
        repeat_unknown: Whether to create again what an earlier run may have created.
    """

    file: Path
    scope: dict[str, str]
    again: bool
    repeat_unknown: bool


async def execute_plan(
    plan: ImportPlan,
    past: Past,
    client: BoxC,
    journaling: Journaling,
    *,
    on_progress: Callable[[Progress], None],
    notify: Notify,
) -> ImportResult:
    """Sends the rows of a plan.

    An update that an earlier run left unknown is repeated, which does no harm; a creation only if
    the look-up says so, or on request.
    After an error that every row would meet, the other rows are left.

    Args:
        plan: The plan.
        past: What the plan was made from.
        client: The client.
        journaling: The journal.
        on_progress: Called with the progress after each row.
        notify: Called with a line for the user.

    Raises:
        ConfigurationError: The journal cannot be used. Nothing was sent.
        EndedBySignalError: A second signal cut calls off.
    """

    async def send(planned: PlannedRow) -> int:
        row = planned.row
        if planned.id is None:
            return (await client.credentials.create(row.carrier or "", row.params)).id
        last_sent.record(planned.id, planned.digest)
        return (await client.credentials.update(planned.id, row.params, carrier=row.carrier)).id

    found: dict[str, Outcome[int]] = {}
    last_sent = LastSent(journaling.scope)
    running = batch.run(
        send,
        plan.begun,
        client=client,
        key=lambda planned: planned.row.key,
        version=lambda planned: planned.version,
        journal=journaling.file,
        scope=journaling.scope,
        repeat_unknown=lambda planned: journaling.repeat_unknown or planned.action != "look up",
        repeat_done=journaling.again,
        summary=lambda number: {"id": number},
        on_progress=on_progress,
    )
    received: list[int] = []
    failure = ""
    try:
        async with running as outcomes:
            _check_unchanged(past, journaling)
            with _interruptible(outcomes, received, notify):
                async for outcome in outcomes:
                    found[outcome.key] = outcome
    except BatchStoppedError:  # the row that met the error names it
        pass
    except asyncio.CancelledError:
        if not received:
            raise
        raise EndedBySignalError(received[0]) from None
    except OSError as error:
        failure = f"the journal cannot be written: {error.strerror or type(error).__name__}"
    signal_number = received[0] if received else None
    return ImportResult(row_results(plan, found), signal_number=signal_number, failure=failure)


def _check_unchanged(past: Past, journaling: Journaling) -> None:
    """Makes sure, with the journal locked, that the plan is still right. Nothing is begun yet."""
    now = read_journal(journaling.file)
    keys = now.keys() | past.entries.keys()
    none = batch.JournalEntry()
    for before, after in ((past.entries.get(key, none), now.get(key, none)) for key in keys):
        if (before.attempts, before.summary) != (after.attempts, after.summary):
            raise ConfigurationError(
                "another run has used the journal since the plan was made",
                next_step="run the import again",
            )


@contextmanager
def _interruptible(
    outcomes: OutcomeStream[Any], received: list[int], notify: Notify
) -> Iterator[None]:
    """Makes SIGINT, SIGTERM and SIGHUP wait for the running calls; a second one cancels them."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def interrupt(number: int) -> None:
        received.append(number)
        if len(received) > 1:
            if task is not None:
                task.cancel()
            return
        outcomes.stop()
        again = "press Ctrl-C" if number == signal.SIGINT else "send a signal"
        notify(f"waiting for the running calls; {again} again to cancel them")

    before = {
        number: handler
        for name in ("SIGINT", "SIGTERM", "SIGHUP")
        if (number := getattr(signal, name, None)) is not None
        and ((handler := signal.getsignal(number)) is not signal.SIG_IGN or name == "SIGINT")
    }  # nohup ignores SIGHUP
    try:
        for number in before:
            loop.add_signal_handler(number, interrupt, number)
    except (NotImplementedError, RuntimeError, ValueError):  # not on this system or thread
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler or signal.SIG_DFL)
