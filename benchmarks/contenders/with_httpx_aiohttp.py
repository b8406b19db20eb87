"""httpx-aiohttp: httpx's interface on aiohttp's connections."""

import ssl
from typing import Any

import httpx
import httpx_aiohttp  # type: ignore[import-not-found,unused-ignore]  # may be absent

from benchmarks.contenders._plain_client import PlainClient, QueryParameters


class Contender(PlainClient):
    """One client, as httpx's own, on another transport."""

    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:
        """Opens the client."""
        self._client = httpx_aiohttp.HttpxAiohttpClient(
            base_url=url,
            limits=httpx.Limits(max_connections=tasks, max_keepalive_connections=tasks),
            timeout=60.0,
            verify=ssl.create_default_context(cafile=ca_file) if ca_file else True,
        )

    async def fetch(self, path: str, params: QueryParameters, headers: dict[str, str]) -> Any:
        """Gets a path and decodes the JSON."""
        response = await self._client.get(path, params=params, headers=headers)
        response.raise_for_status()
        return response.json()

    async def store(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        """Posts JSON to a path and decodes that of the response."""
        response = await self._client.post(path, json=body, headers=headers)
        response.raise_for_status()
        return response.json()

    async def close(self) -> None:
        """Closes the client."""
        await self._client.aclose()
