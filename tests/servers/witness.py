"""A connection that is idle beside those of the client, and sees when the server ends it."""

import asyncio
import base64
import contextlib

from tests.servers.site import PASSWORD, USER, Site

__all__ = ["Witness"]


class Witness:
    """A connection over which one request is made, on the way that the client's take."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, site: Site) -> "Witness":
        """Connects, makes a request and reads the beginning of the response."""
        reader, writer = await asyncio.open_connection("127.0.0.1", site.front.port)
        given = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        host = f"127.0.0.1:{site.port}"
        permission, target = f"Proxy-Authorization: Basic {given}\r\n", "/v1/shops/ready"
        if site.kind.role == "forward" and site.ssl_context is not None:
            writer.write(f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n{permission}\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
        elif site.kind.role == "forward":
            target = f"http://{host}{target}"
        if site.ssl_context is not None:
            await writer.start_tls(site.ssl_context, server_hostname="127.0.0.1")
        writer.write(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n{permission}\r\n".encode())
        assert await reader.readuntil(b"\r\n\r\n")
        return cls(reader, writer)

    async def end(self) -> None:
        """Waits until the server has ended the connection, which was idle for long enough."""
        with contextlib.suppress(ConnectionError):
            await self._reader.read()
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
