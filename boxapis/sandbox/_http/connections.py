"""Server connections on which wire faults can strike a response."""

import asyncio
import os
import socket
import struct
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from boxapis.sandbox._response import WireFault

_SCOPE_KEY: Final = "boxapis.sandbox.connection"
_HEAD_END: Final = b"\r\n\r\n"
_LINGER_ZERO: Final = struct.pack("ii" if os.name == "posix" else "hh", 1, 0)


class Connection:
    """The transport of one server connection, which can hold back what is written."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Everything but writing and closing is left to `transport`."""
        self._transport = transport
        self._held: list[bytes] | None = None
        self._closing = False
        self._used = False

    def __getattr__(self, name: str) -> Any:
        """Every other attribute of the transport."""
        return getattr(self._transport, name)

    def mark_used(self) -> bool:
        """Note that a request arrived; returns whether it reuses the connection."""
        reused, self._used = self._used, True
        return reused

    def write(self, data: bytes) -> None:
        """Send the data, or hold it while a wire fault is being applied."""
        if self._held is None:
            self._transport.write(data)
        else:
            self._held.append(data)

    def close(self) -> None:
        """Close the connection, once a wire fault that is being applied is over."""
        if self._held is None:
            self._transport.close()
        self._closing = True

    @contextmanager
    def faulty(self, wire_fault: WireFault) -> Generator[None]:
        """Hold all that is written in the block, and apply the wire fault to it at the end."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            _apply(wire_fault, self._transport, b"".join(held))
            if self._closing and wire_fault != "never":
                self._transport.close()


class ConnectionProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with the connection's `Connection` in the ASGI scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put a `Connection` between protocol and transport."""
        connection = Connection(transport)
        self.app_state = {**self.app_state, _SCOPE_KEY: connection}
        super().connection_made(cast("asyncio.Transport", connection))


def connection_of(scope: Scope) -> Connection | None:
    """The connection of a request; None when it came over no socket of the sandbox."""
    connection = scope.get("state", {}).get(_SCOPE_KEY)
    return connection if isinstance(connection, Connection) else None


def _apply(wire_fault: WireFault, transport: asyncio.Transport, response: bytes) -> None:
    match wire_fault:
        case "twice":
            transport.write(response * 2)
        case "half":
            transport.write(_first_half(response))
            transport.close()
        case "reset":
            _reset(transport)
        case "never":
            pass


def _first_half(response: bytes) -> bytes:
    """The head and half of the body; half of the head where there is no body."""
    head, gap, body = response.partition(_HEAD_END)
    return head + gap + body[: len(body) // 2] if body else head[: len(head) // 2]


def _reset(transport: asyncio.Transport) -> None:
    """Close a connection with RST instead of FIN, as a crash does."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
