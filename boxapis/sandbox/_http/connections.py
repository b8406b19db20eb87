"""Connections of the server on which an answer can meet with a mishap."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from boxapis.sandbox._http.wire_faults import Mishap, let_befall

_NAME: Final = "boxapis.sandbox.wire"


class Wire:
    """The transport of one connection, with a way to hold back what is written."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Everything but writing and closing is `transport`'s own."""
        self._transport = transport
        self._held: list[bytes] | None = None
        self._closes = False
        self._used = False

    def __getattr__(self, name: str) -> Any:
        """What the server asks of any transport."""
        return getattr(self._transport, name)

    def use(self) -> bool:
        """Note that a request came over it; tells whether one had come before."""
        used, self._used = self._used, True
        return used

    def write(self, data: bytes) -> None:
        """Send, or hold back."""
        if self._held is None:
            self._transport.write(data)
        else:
            self._held.append(data)

    def close(self) -> None:
        """End the connection, but not before what is held back has met with its mishap."""
        if self._held is None:
            self._transport.close()
        self._closes = True

    @contextmanager
    def spoiling(self, mishap: Mishap) -> Generator[None]:
        """Let a mishap befall all that is written in the block, at its end and in one piece."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            let_befall(mishap, self._transport, b"".join(held))
            if self._closes and mishap != "never":
                self._transport.close()


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
