"""niquests: an `AsyncSession` with room for all tasks."""

from typing import Any

import niquests  # type: ignore[import-not-found,unused-ignore]  # may be absent

from benchmarks.contenders._plain_client import PlainClient, QueryParameters


class Contender(PlainClient):
    """A session that builds queries and decodes JSON itself."""

    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:
        """Opens the session, without revocation checks, which need another server."""
        self._url = url
        self._session = niquests.AsyncSession(
            pool_maxsize=tasks,
            timeout=60.0,
            verify=ca_file or True,
            revocation_configuration=None,
        )

    async def fetch(self, path: str, params: QueryParameters, headers: dict[str, str]) -> Any:
        """Gets a path and decodes the JSON."""
        texts = {name: str(value) for name, value in params.items()}  # it accepts no numbers
        response = await self._session.get(self._url + path, params=texts, headers=headers)
        response.raise_for_status()
        return response.json()

    async def store(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        """Posts JSON to a path and decodes that of the response."""
        response = await self._session.post(self._url + path, json=body, headers=headers)
        response.raise_for_status()
        return response.json()

    async def close(self) -> None:
        """Closes the session."""
        await self._session.close()
