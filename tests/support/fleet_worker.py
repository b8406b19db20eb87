"""Script that a test runs, stops and kills: a process of a fleet, which calls when it is told to.

Argument: the store's file. Each line on stdin is a number of calls to make at once, 0 for an
explicit handshake; the answer is a line with that number, or the class of the first error.
"""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any

from boxapis import BoxTracker
from boxapis.options import Sharing
from boxapis.stores import SQLiteStore

LEASE = 0.5


async def work(path: str) -> None:
    """Makes calls until stdin ends."""
    user, password = (
        os.environ[f"BOXTRACKER_CUSTOMER_{name}"] for name in ("USERNAME", "PASSWORD")
    )
    async with (
        SQLiteStore(path) as store,
        BoxTracker.from_env(store=store, sharing=Sharing(lease=LEASE)) as tracker,
    ):
        customer = tracker.customer(user, password)
        while line := await asyncio.to_thread(sys.stdin.readline):
            number = int(line)
            calls: list[Coroutine[Any, Any, Any]] = [
                customer.command("cmdBoxTPortalJobsiteList", offset=0) for _ in range(number)
            ]
            calls = calls or [customer.handshake()]
            answers = await asyncio.gather(*calls, return_exceptions=True)
            failed = [answer for answer in answers if isinstance(answer, BaseException)]
            sys.stdout.write(f"{type(failed[0]).__name__ if failed else number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
