"""A job for a process of its own, which a test kills: one credential for each of thirty names.

Says each outcome on stdout as JSON, once it is journaled. Arguments: the journal's path.
"""

import asyncio
import json
import sys
from typing import Any

from boxapis import BoxC, batch

NAMES = [f"name-{number}" for number in range(30)]


async def work(journal: str) -> None:
    """Creates what is left to create."""
    async with BoxC.from_env() as boxc:

        async def create(name: str) -> int:
            """One item."""
            return (await boxc.credentials.create("Janio", {"api_key": name})).id

        options: dict[str, Any] = {"client": boxc, "concurrency": 4, "key": str, "journal": journal}
        async with batch.run(create, NAMES, summary=lambda made: made, **options) as outcomes:
            async for outcome in outcomes:
                said = [outcome.key, outcome.status, outcome.summary]
                sys.stdout.write(json.dumps(said) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
