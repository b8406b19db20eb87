"""wreq: a client of the Rust library of that name, with room for all tasks."""

from pathlib import Path
from typing import Any

import wreq  # type: ignore[import-not-found,unused-ignore]  # may be absent

from benchmarks.contenders._plain_client import PlainClient, QueryParameters


class Contender(PlainClient):
    """A client that builds queries and decodes JSON itself."""

    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:
        """Opens the client."""
        self._url = url
        self._client = wreq.Client(
            http1_only=True,
            raise_for_status=True,
            pool_max_size=tasks,
            pool_max_idle_per_host=tasks,
            tls_verify=Path(ca_file) if ca_file else True,
        )

    async def fetch(self, path: str, params: QueryParameters, headers: dict[str, str]) -> Any:
        """Gets a path and decodes the JSON."""
        response = await self._client.get(self._url + path, query=params, headers=headers)
        return await response.json()

    async def store(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        """Posts JSON to a path and decodes that of the response."""
        response = await self._client.post(self._url + path, json=body, headers=headers)
        return await response.json()

    async def close(self) -> None:
        """Closes the client."""
        self._client.close()
