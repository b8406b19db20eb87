"""Jobs of Celery that call BoxC and Box Tracker; for the pools ``prefork``, ``threads``, ``solo``.

Copy it with `blocking.py`, install ``'boxapis[fleet]' 'celery[redis]'``, and run
``celery -A celery_tasks worker``, with

* ``CELERY_BROKER_URL`` and ``CELERY_RESULT_BACKEND``, for instance ``redis://127.0.0.1``;
* what `BoxC.from_env` and `BoxTracker.from_env` read;
* ``BOXAPIS_STORE``, for instance ``sqlite:/run/app/store.db``, so that all processes share sessions
  and the rate limit.

Give tasks ids, and never passwords: the broker keeps the arguments of tasks unencrypted. A task
that changes something has no automatic retry: after an `OutcomeUnknownError` look up whether it was
carried out.
"""

import os
from typing import Any

from blocking import Blocking
from celery import Celery
from celery.signals import worker_process_shutdown

from boxapis import BoxC, BoxTracker, Customer, RateLimitError, ServerError, TransportError

app = Celery("celery_tasks")
boxc = Blocking(BoxC.from_env, deadline=60)  # opened by the first task of a process: after the fork
tracker = Blocking(BoxTracker.from_env, deadline=60)
AGAIN: dict[str, Any] = {  # for tasks that only read
    "autoretry_for": (TransportError, RateLimitError, ServerError),
    "retry_backoff": True,
    "max_retries": 5,
}


@app.task(**AGAIN)
def order_number(shipment: int) -> str | None:
    """Reads the order number of a shipment at BoxC."""
    found: str | None = boxc.run(lambda client: client.shipments.get(shipment)).order_number
    return found


@app.task(**AGAIN)
def count_job_sites() -> int:
    """Counts the job sites of one customer, whose password the workers have."""

    def customer(client: BoxTracker) -> Customer:
        names = ("BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD")
        return client.customer(*(os.environ[name] for name in names))

    async def count(client: BoxTracker) -> int:
        return len([site async for site in customer(client).job_sites.list()])

    counted: int = tracker.run(count)
    return counted


@worker_process_shutdown.connect
def close(**_: Any) -> None:
    """Closes the clients of a process of the pool, which ends without Python's own exit."""
    boxc.close()
    tracker.close()
