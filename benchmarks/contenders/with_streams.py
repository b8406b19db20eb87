"""A hand-cut loop over asyncio streams: no deadline, no errors, no care. It is the limit."""

import asyncio
import json
import ssl
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.contenders._peer import Fields, Peer

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Contender(Peer):
    """A list of idle connections, last in first out."""

    async def setup(self, url: str, tasks: int, authority: str | None = None) -> None:  # noqa: ARG002 - of the interface
        """Notes where to go."""
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._context = ssl.create_default_context(cafile=authority) if authority else None
        self._idle: list[_Streams] = []

    async def fetch(self, path: str, params: Fields, headers: dict[str, str]) -> Any:
        """Writes a request, reads to the end of the head, then the body."""
        reader, writer = self._idle.pop() if self._idle else await self._connect()
        query = f"?{urlencode(params)}" if params else ""
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(
            f"GET {path}{query} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{more}\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await reader.readexactly(int(length))
        self._idle.append((reader, writer))
        return json.loads(body)

    async def _connect(self) -> _Streams:
        return await asyncio.open_connection(self._host, self._port, ssl=self._context)

    async def close(self) -> None:
        """Closes every connection."""
        for _, writer in self._idle:
            writer.close()
        for _, writer in self._idle:
            await writer.wait_closed()
