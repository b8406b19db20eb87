"""aiohttp: a `ClientSession` with room for all tasks."""

import ssl
from typing import Any

import aiohttp  # type: ignore[import-not-found,unused-ignore]  # may be absent

from benchmarks.contenders._peer import Fields, Peer


class Contender(Peer):
    """One session, and its own query building and decoding."""

    async def setup(self, url: str, tasks: int, authority: str | None = None) -> None:
        """Opens the session."""
        context = ssl.create_default_context(cafile=authority) if authority else True
        self._session = aiohttp.ClientSession(
            base_url=url,
            connector=aiohttp.TCPConnector(limit=tasks, ssl=context),
            raise_for_status=True,
        )

    async def fetch(self, path: str, params: Fields, headers: dict[str, str]) -> Any:
        """GETs a path and decodes the JSON."""
        async with self._session.get(path, params=params, headers=headers) as response:
            return await response.json()

    async def close(self) -> None:
        """Closes the session."""
        await self._session.close()
