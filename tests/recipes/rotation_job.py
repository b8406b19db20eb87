"""Rotation of credentials by one process, which a scheduler restarts until all is done.

Copy it, install ``boxapis``, and let systemd or Kubernetes run ``python rotation_job.py``, with

* ``PLAN``, a CSV file with the columns ``id,name,carrier,secret``: a row with an id updates that
  credential, one without creates one of this carrier, under a name of your own;
* ``SECRETS``, a folder with a file for each ``secret`` of the plan: all parameters, as JSON. A new
  value is a new file, so that the plan says which one is meant;
* ``JOURNAL``, a file on a volume that outlives the process;
* what `BoxC.from_env` reads.

At BoxC's two calls a second 2,000 changes take 17 minutes on one machine and on ten, so start with
this before `rotation_workers.py`: more machines buy survival, not speed. A new value is sent at
least once, and may come twice. A creation is never repeated: one that was cut off is ``unknown``;
look for it in BoxC's list.

Exit status 0: all is done. 1: run it again. 2: a person must look before it is run again.
"""

import asyncio
import csv
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boxapis import (
    BatchStoppedError,
    BoxC,
    ConfigurationError,
    OutcomeUnknownError,
    RateLimitError,
    ServerError,
    TransportError,
    batch,
)

PASSES = (TransportError, RateLimitError, ServerError, OutcomeUnknownError)
Item = tuple[dict[str, str], dict[str, str]]


def items(rows: list[dict[str, str]], secrets: Path) -> Iterator[Item]:
    """Each row with its parameters; a file that cannot be read ends the run before the row."""
    for row in rows:
        yield row, json.loads((secrets / row["secret"]).read_text("utf-8"))


async def rotate_all() -> int:
    """Does what earlier runs have not done; returns the exit status."""
    plan, secrets, journal = (Path(os.environ[name]) for name in ("PLAN", "SECRETS", "JOURNAL"))
    with plan.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    left, stuck = len(rows), 0
    try:
        client = BoxC.from_env()
    except ConfigurationError as error:
        print(error)
        return 2
    async with client as boxc:

        async def store(item: Item) -> int:
            row, params = item
            if row["id"]:
                return (await boxc.credentials.update(int(row["id"]), params)).id
            return (await boxc.credentials.create(row["carrier"], params)).id

        options: dict[str, Any] = {
            "client": boxc,
            "journal": journal,
            "key": lambda item: item[0]["id"] or item[0]["name"],
            "version": lambda item: item[0]["secret"] if item[0]["id"] else "",
            "repeat_unknown": lambda item: bool(item[0]["id"]),  # a PUT may come twice, no POST
            "summary": lambda number: number,
        }
        async with batch.run(store, items(rows, secrets), **options) as outcomes:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, outcomes.stop)
            async for outcome in outcomes:
                left -= outcome.ok
                unknown = outcome.status == "unknown" and not rows[outcome.index]["id"]
                refused = outcome.status == "failed" and not isinstance(outcome.error, PASSES)
                stuck += unknown or refused
                print(outcome.key, outcome.status, outcome.error or "", flush=True)
    if left > stuck:
        return 1
    return 2 if stuck else 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(rotate_all()))
    except (BatchStoppedError, FileNotFoundError, KeyError, ValueError) as error:
        # Every other item would meet it, or a variable, file or column is missing or wrong.
        print(f"{type(error).__name__}: {error}")
        sys.exit(2)
