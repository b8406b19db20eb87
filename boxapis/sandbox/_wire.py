"""Connections of the server that can send an answer twice, in one piece."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_NAME: Final = "boxapis.sandbox.wire"


class Wire:
    """The transport of one connection, with a way to hold back and double what is written."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Everything but writing and closing is `transport`'s own."""
        self._transport = transport
        self._held: list[bytes] | None = None

    def __getattr__(self, name: str) -> Any:
        """What the server asks of any transport."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send, or hold back."""
        if self._held is None:
            self._transport.write(data)
        else:
            self._held.append(data)

    def close(self) -> None:
        """Send what is held back, and end."""
        self._let_go()
        self._transport.close()

    @contextmanager
    def twice(self) -> Generator[None]:
        """Send all that is written in the block at its end, two times over, in one write."""
        self._held = []
        try:
            yield
        finally:
            self._let_go()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held:
            self._transport.write(b"".join(held) * 2)


class WireProtocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it; the application finds the connection's `Wire` in the scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the wire in between."""
        wire = Wire(transport)
        self.app_state = {**self.app_state, _NAME: wire}
        super().connection_made(cast("asyncio.Transport", wire))


def wire_of(scope: Scope) -> Wire | None:
    """The wire a request came over; None when it came over no socket of the sandbox's own."""
    wire = scope.get("state", {}).get(_NAME)
    return wire if isinstance(wire, Wire) else None
