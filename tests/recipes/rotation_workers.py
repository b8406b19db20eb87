"""Rotation of credentials by workers on many machines, which share a queue in PostgreSQL.

Copy it, install ``'boxapis[redis]' 'procrastinate>=3.9' 'psycopg[binary]'``, and run
``python rotation_workers.py setup`` once, ``plan FILE`` for each plan, ``work`` on as many machines
as you like, each restarted by its scheduler, and ``report`` whenever you want, with

* ``DATABASE_URL`` of PostgreSQL, whose rows of jobs hold names and references, no secret;
* ``SECRETS``, a folder that all workers have, with a file for each ``secret`` of the plan: all
  parameters, as JSON. A new value is a new file, so that the plan fixes which one is meant, however
  often it is sent. Where you have a vault, read a fixed version of an entry instead;
* ``BOXAPIS_STORE``, through which the workers share one rate limit, and what `BoxC.from_env` reads.

Restart workers whatever their exit status (``Restart=always``, a
Deployment); the sweeper beside each one judges what a dead worker leaves behind. What holds:

* A new value is sent at least once, and once in effect: the plan fixes it, so it may come twice.
  ``report`` names what was begun more than once.
* A creation is never repeated. One that was cut off is ``aborted``, and ``report`` says when it
  began, and its id if that was still noted: look for it in BoxC's list.
* Not guaranteed: a worker that stood still, and was not killed, may send its value late, even after
  that of a later plan. End such a worker before you plan the next value.

The plan is a CSV file with the columns ``id,name,carrier,secret``: a row with an id updates that
credential, one without creates one of this carrier, under a name of your own.
"""

import asyncio
import csv
import json
import logging
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException, JobAborted
from procrastinate.jobs import Job, Status
from procrastinate.worker import Worker

from boxapis import (
    BoxAPIError,
    BoxC,
    OutcomeUnknownError,
    RateLimitError,
    ServerError,
    TransportError,
)
from boxapis.batch import meets_every_item

SECRETS = Path(os.environ["SECRETS"])
HEARTBEAT = float(os.environ.get("HEARTBEAT", "10"))  # seconds
DEAD = 3 * HEARTBEAT  # seconds without a heartbeat
QUEUE, AT_ONCE, MOST_ATTEMPTS = "rotation", 4, 5
REPEATABLE = {"rotate"}  # tasks that do no harm when they are done twice
PASSES = (TransportError, RateLimitError, ServerError, OutcomeUnknownError)
TABLE = "CREATE TABLE IF NOT EXISTS rotation_items (item text PRIMARY KEY, credential bigint)"
REPORT = """
SELECT task_name, status, item, credential, (
    SELECT array_agg(at::text ORDER BY at) FROM procrastinate_events
    WHERE job_id = job.id AND type = 'started') AS begun
FROM rotation_items JOIN procrastinate_jobs AS job ON args->>'item' = item ORDER BY job.id"""

logging.getLogger("procrastinate.blueprints").setLevel("ERROR")  # its tasks have names of their own
CONNECTOR = PsycopgConnector(conninfo=os.environ["DATABASE_URL"])
APP = App(connector=CONNECTOR)


class Judgement(BaseRetryStrategy):
    """Begins again what failed for now, and is repeatable or was certainly not carried out."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Returns when to begin a job again; None leaves it failed or aborted."""
        repeatable = job.task_name in REPEATABLE
        if isinstance(exception, asyncio.CancelledError):  # its worker was asked to stop
            return RetryDecision() if repeatable else None
        if not isinstance(exception, BoxAPIError):
            return None
        passes = isinstance(exception, PASSES) and job.attempts + 1 < MOST_ATTEMPTS
        if (passes or meets_every_item(exception)) and (
            repeatable or not exception.may_have_been_applied
        ):
            return RetryDecision(retry_in={"seconds": int(DEAD)})
        return None


def rows_of(path: str) -> list[dict[str, str]]:
    """The rows of a plan."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def params(secret: str) -> dict[str, str]:
    """The parameters that a plan refers to."""
    values: dict[str, str] = json.loads((SECRETS / secret).read_text("utf-8"))
    return values


@APP.task(name="rotate", queue=QUEUE, retry=Judgement(), pass_context=True)
async def rotate(context: JobContext, item: str, credential: int, secret: str) -> None:
    """Stores the new value; once more does no harm."""
    await context.additional_context["boxc"].credentials.update(credential, params(secret))


@APP.task(name="create", queue=QUEUE, retry=Judgement(), pass_context=True)
async def create(context: JobContext, item: str, carrier: str, secret: str) -> None:
    """Creates a credential and notes its id; aborted where it may have been created unnoticed."""
    values = params(secret)
    try:
        made = await context.additional_context["boxc"].credentials.create(carrier, values)
        note = "UPDATE rotation_items SET credential = %(made)s WHERE item = %(item)s"
        await CONNECTOR.execute_query_async(note, made=made.id, item=item)
    except Exception as error:
        if isinstance(error, BoxAPIError) and not error.may_have_been_applied:
            raise
        raise JobAborted from error


async def setup() -> None:
    """Makes the tables."""
    if not await APP.check_connection_async():
        await APP.schema_manager.apply_schema_async()
    await CONNECTOR.execute_query_async(TABLE)


async def plan(path: str) -> None:
    """Queues the rows that were not queued before: all of them, or none if it is interrupted."""
    insert = "INSERT INTO rotation_items (item) VALUES (%s) ON CONFLICT DO NOTHING"
    async with CONNECTOR.pool.connection() as connection:  # one transaction
        for row in rows_of(path):
            item = f"{row['id']} {row['secret']}" if row["id"] else row["name"]
            if not (await connection.execute(insert, [item])).rowcount:
                continue
            if row["id"]:  # an older plan's value for the same credential comes first
                later = rotate.configure(lock=f"credential {row['id']}", connection=connection)
                await later.defer_async(item=item, credential=int(row["id"]), secret=row["secret"])
            else:
                later = create.configure(connection=connection)
                await later.defer_async(item=item, carrier=row["carrier"], secret=row["secret"])


async def sweep() -> None:
    """Judges the jobs of dead workers by their kind; one sweeper at a time."""
    async with CONNECTOR.pool.connection() as connection:
        lock = await connection.execute("SELECT pg_try_advisory_xact_lock(hashtext('rotation'))")
        if not (await lock.fetchone() or [False])[0]:
            return
        jobs = APP.job_manager
        for job in await jobs.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=DEAD):
            try:
                if job.task_name in REPEATABLE and job.attempts + 1 < MOST_ATTEMPTS:
                    await jobs.retry_job(job)
                else:
                    await jobs.finish_job(job, Status.ABORTED, delete_job=False)
            except ConnectorException:  # its worker was alive after all, and has ended it
                continue


async def sweep_always() -> None:
    """Sweeps beside the worker, since a job that sweeps would stall with the others."""
    while True:
        await sweep()
        await asyncio.sleep(HEARTBEAT)


async def work() -> None:
    """Works until it is asked to stop, or until a job meets what every other would meet, too."""
    reasons: list[BoxAPIError] = []

    async def stop_for_all(call: Any, context: JobContext, worker: Worker) -> Any:
        try:
            return await call()
        except BoxAPIError as error:
            if meets_every_item(error):
                reasons.append(error)
                worker.stop()  # type: ignore[no-untyped-call]
            raise

    async with BoxC.from_env() as boxc, asyncio.TaskGroup() as group:
        sweeper = group.create_task(sweep_always())
        running = APP.run_worker_async(
            queues=[QUEUE],
            concurrency=AT_ONCE,
            additional_context={"boxc": boxc},
            worker_middleware=[stop_for_all],
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=DEAD,
            fetch_job_polling_interval=HEARTBEAT / 2,
            shutdown_graceful_timeout=25,  # less than the scheduler waits before it kills
        )
        task = group.create_task(running)
        task.add_done_callback(lambda _: sweeper.cancel())

        def end_worker(loop: asyncio.AbstractEventLoop, problem: dict[str, Any]) -> None:
            """The end of a job was not written, so the job stalls as soon as the worker is gone."""
            loop.default_exception_handler(problem)
            task.cancel()

        asyncio.get_running_loop().set_exception_handler(end_worker)
    if reasons:
        sys.exit(str(reasons[0]))


async def report() -> None:
    """Prints jobs by status, what was begun more than once, and what a person must look at."""
    rows = await CONNECTOR.execute_query_all_async(REPORT)
    statuses = Counter(f"{row['task_name']} {row['status']}" for row in rows)
    again = {row["item"]: len(row["begun"]) for row in rows if len(row["begun"] or ()) > 1}
    look = [
        {"item": row["item"], "begun": row["begun"], "credential": row["credential"]}
        for row in rows
        if row["status"] in {"aborted", "failed"}
    ]
    print(json.dumps({"jobs": statuses, "begun again": again, "look at": look}, indent=2))


async def main(command: str, *arguments: str) -> None:
    """Runs one command."""
    commands: dict[str, Any] = {"setup": setup, "plan": plan, "work": work, "report": report}
    async with APP.open_async():
        await commands[command](*arguments)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
