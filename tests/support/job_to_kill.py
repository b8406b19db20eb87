"""Script that a test runs and kills: a batch that creates one credential for each of thirty names.

Prints each outcome as a line of JSON, once it is in the journal. Argument: path of the journal.
"""

import asyncio
import json
import sys
from typing import Any

from boxapis import BoxC, batch

NAMES = [f"name-{number}" for number in range(30)]


async def create_credentials(journal: str) -> None:
    """Creates the credentials that earlier runs have not created."""
    async with BoxC.from_env() as boxc:

        async def create(name: str) -> int:
            """Creates one credential."""
            return (await boxc.credentials.create("Janio", {"api_key": name})).id

        options: dict[str, Any] = {"client": boxc, "concurrency": 4, "key": str, "journal": journal}
        async with batch.run(create, NAMES, summary=lambda number: number, **options) as outcomes:
            async for outcome in outcomes:
                line = [outcome.key, outcome.status, outcome.summary]
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(create_credentials(sys.argv[1]))
