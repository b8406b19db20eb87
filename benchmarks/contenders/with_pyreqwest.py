"""pyreqwest: a client of the Rust library reqwest, with room for all tasks."""

from pathlib import Path
from typing import Any

from pyreqwest.client import (  # type: ignore[import-not-found,unused-ignore]  # may be absent
    ClientBuilder,
)

from benchmarks.contenders._plain_client import PlainClient, QueryParameters


class Contender(PlainClient):
    """A client that builds queries and decodes JSON itself."""

    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:
        """Opens the client."""
        builder = ClientBuilder().max_connections(tasks).error_for_status(enable=True)
        if ca_file:
            builder = builder.add_root_certificate_pem(Path(ca_file).read_bytes())  # noqa: ASYNC240 - once
        self._url = url
        self._client = builder.build()

    async def fetch(self, path: str, params: QueryParameters, headers: dict[str, str]) -> Any:
        """Gets a path and decodes the JSON."""
        request = self._client.get(self._url + path).query(params).headers(headers).build()
        response = await request.send()
        return await response.json()

    async def store(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        """Posts JSON to a path and decodes that of the response."""
        request = self._client.post(self._url + path).body_json(body).headers(headers).build()
        response = await request.send()
        return await response.json()

    async def close(self) -> None:
        """Closes the client."""
        await self._client.close()
