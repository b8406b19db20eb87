"""aiohttp: a `ClientSession` with room for all tasks."""

import ssl
from typing import Any

import aiohttp  # type: ignore[import-not-found,unused-ignore]  # may be absent

from benchmarks.contenders._plain_client import PlainClient, QueryParameters


class Contender(PlainClient):
    """A session that builds queries and decodes JSON itself."""

    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:
        """Opens the session."""
        context = ssl.create_default_context(cafile=ca_file) if ca_file else True
        self._session = aiohttp.ClientSession(
            base_url=url,
            connector=aiohttp.TCPConnector(limit=tasks, ssl=context),
            raise_for_status=True,
        )

    async def fetch(self, path: str, params: QueryParameters, headers: dict[str, str]) -> Any:
        """Gets a path and decodes the JSON."""
        async with self._session.get(path, params=params, headers=headers) as response:
            return await response.json()

    async def store(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        """Posts JSON to a path and decodes that of the response."""
        async with self._session.post(path, json=body, headers=headers) as response:
            return await response.json()

    async def close(self) -> None:
        """Closes the session."""
        await self._session.close()
