"""boxapis with its default transport: session, deadline, decoding and errors included.

The client keeps BoxC's rate limit of two calls per second, and no option switches it off. Here the
bucket leaks at once, so its arithmetic runs but no call waits.
"""

import ssl
from collections.abc import Awaitable
from typing import Any, Final
from unittest.mock import patch

from benchmarks import wire
from boxapis import BoxAPIError, BoxC, BoxTracker, Limits
from boxapis._sansio.boxc import ratelimit
from boxapis.transports import Transport

_AT_ONCE: Final = 1e9
_CREDENTIAL: Final = wire.CREDENTIAL.removeprefix(wire.BOXC_PATH)


class Contender:
    """Both clients of the library on one origin."""

    def transport(self, limits: Limits, context: ssl.SSLContext | None) -> Transport | None:  # noqa: ARG002 - for subclasses
        """Returns the transport of both clients; None for the default."""
        return None

    async def setup(self, url: str, tasks: int, ca_file: str | None = None) -> None:
        """Creates the clients. Nothing is sent yet."""
        self._leak = patch.object(ratelimit, "_LEAK_RATE", _AT_ONCE)
        self._leak.start()
        limits = Limits(max_connections=tasks)
        context = ssl.create_default_context(cafile=ca_file) if ca_file else None
        transport = self.transport(limits, context)
        if transport is not None:
            context = None
        self._tracker = BoxTracker(
            wire.API_USER,
            wire.API_PASSWORD,
            base_url=url + wire.CONTROLLER,
            limits=limits,
            transport=transport,
            ssl_context=context,
        )
        self._customer = self._tracker.customer(wire.CUSTOMER, wire.CUSTOMER_PASSWORD)
        self._boxc = BoxC(
            wire.TOKEN,
            base_url=url + wire.BOXC_PATH,
            limits=limits,
            transport=transport,
            ssl_context=context,
        )

    def call(self) -> Awaitable[Any]:
        """Sends a customer command."""
        return self._customer.command(wire.COMMAND, offset=0)

    def boxc_get(self) -> Awaitable[Any]:
        """Gets one credential as a typed value."""
        return self._boxc.credentials.get(wire.CREDENTIAL_ID)

    def boxc_request(self) -> Awaitable[Any]:
        """Gets one credential as decoded JSON."""
        return self._boxc.request("GET", _CREDENTIAL)

    def boxc_create(self) -> Awaitable[Any]:
        """Stores a credential, which it returns as a typed value."""
        return self._boxc.credentials.create(wire.CARRIER, wire.SECRETS)

    async def boxc_list(self) -> tuple[int, Any]:
        """Gets all credentials as typed values; returns the sum of their ids, and the last."""
        total, last = 0, None
        async for last in self._boxc.credentials.list(limit=wire.PAGE):
            total += last.id
        return total, last

    async def refused(self, name: str) -> BoxAPIError:
        """Makes a call that is refused at length, and returns the error."""
        try:
            if name == "similarWOs":
                await self._customer.command(wire.REFUSED_COMMAND)
            else:
                await self._boxc.request(
                    "GET", f"{wire.REFUSED.removeprefix(wire.BOXC_PATH)}/{name}"
                )
        except BoxAPIError as error:
            return error
        message = "the call was not refused"
        raise ValueError(message)

    async def close(self) -> None:
        """Closes both clients."""
        self._leak.stop()
        await self._tracker.aclose()
        await self._boxc.aclose()
