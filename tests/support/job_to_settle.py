"""Script that a test runs and kills: a batch of 200 shipments that looks up what is unknown.

Prints each outcome as a line of JSON, once it is in the journal. Arguments: path of the journal,
and the file of the shared time.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from boxapis import BoxC, batch
from boxapis._core.client import Client
from boxapis._core.clock import Clock
from boxapis.batch import Settlement
from tests.support.boxc_records import SHIPMENT
from tests.support.moved_time import SharedTime

ORDERS = [f"order-{number}" for number in range(200)]
AT_ONCE = 4


async def make_shipments(journal: str) -> None:
    """Makes the shipments that earlier runs have not made."""
    async with BoxC.from_env() as boxc:

        async def make(order: str) -> int:
            """Makes the shipment of one order."""
            given: Any = {**SHIPMENT, "order_number": order}
            return (await boxc.shipments.create(given)).id

        async def look_up(order: str) -> Settlement:
            """Finds the shipment of one order."""
            async for shipment in boxc.shipments.list(order_number=order):
                return Settlement.done(shipment.id)
            return Settlement.not_done()

        options: dict[str, Any] = {"client": boxc, "concurrency": AT_ONCE, "settle": look_up}
        options |= {"key": str, "journal": journal, "summary": lambda number: number}
        async with batch.run(make, ORDERS, **options) as outcomes:
            async for outcome in outcomes:
                line = [outcome.key, outcome.status, outcome.summary]
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    _time = SharedTime(Path(sys.argv[2]))
    Client._clock = Clock(_time.now, _time.sleep, wall=_time.now)
    asyncio.run(make_shipments(sys.argv[1]))
