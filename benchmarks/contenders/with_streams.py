"""A minimal client on asyncio streams, without deadlines and error handling."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.contenders._plain_client import PlainClient, QueryParameters

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Contender(PlainClient):
    """A last-in, first-out list of idle connections."""

    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:  # noqa: ARG002 - part of the protocol
        """Stores the address."""
        parts = urlsplit(url)
        self._host, self._port = parts.hostname, parts.port
        self._context = ssl.create_default_context(cafile=ca_file) if ca_file else None
        self._idle: list[_Streams] = []

    async def fetch(self, path: str, params: QueryParameters, headers: dict[str, str]) -> Any:
        """Gets a path and decodes the JSON."""
        query = f"?{urlencode(params)}" if params else ""
        return await self._exchange(f"GET {path}{query}", headers)

    async def store(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        """Posts JSON to a path and decodes that of the response."""
        content = json.dumps(body)
        more = {"Content-Type": "application/json", "Content-Length": len(content)}
        return await self._exchange(f"POST {path}", {**headers, **more}, content)

    async def _exchange(self, start: str, headers: Mapping[str, object], content: str = "") -> Any:
        """Writes a request, reads the head, then the body."""
        reader, writer = self._idle.pop() if self._idle else await self._connect()
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        host = f"Host: {self._host}:{self._port}"
        writer.write(f"{start} HTTP/1.1\r\n{host}\r\n{lines}\r\n{content}".encode())
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
