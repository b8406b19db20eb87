"""boxapis with its default transport: session, deadline, decoding and errors included.

BoxC's rate limit is kept by the client, two calls a second, and nothing switches it off. So the
bucket is made to leak at once here: all of its arithmetic runs, and nobody waits for it.
"""

import ssl
from collections.abc import Awaitable
from typing import Any, Final
from unittest.mock import patch

from benchmarks import wire
from boxapis import BoxC, BoxTracker, Limits
from boxapis._sansio.boxc import ratelimit
from boxapis.transports import Transport

_AT_ONCE: Final = 1e9


class Contender:
    """Both doors of the library on one origin."""

    def transport(self, limits: Limits, context: ssl.SSLContext | None) -> Transport | None:  # noqa: ARG002 - for others
        """None: the default one."""
        return None

    async def setup(self, url: str, tasks: int, authority: str | None = None) -> None:
        """Makes the clients. Nothing is sent yet."""
        self._leak = patch.object(ratelimit, "_LEAK_RATE", _AT_ONCE)
        self._leak.start()
        limits = Limits(max_connections=tasks)
        context = ssl.create_default_context(cafile=authority) if authority else None
        own = self.transport(limits, context)
        if own is not None:
            context = None
        self._tracker = BoxTracker(
            wire.API_USER,
            wire.API_PASSWORD,
            base_url=url + wire.CONTROLLER,
            limits=limits,
            transport=own,
            ssl_context=context,
        )
        self._customer = self._tracker.customer(wire.CUSTOMER, wire.CUSTOMER_PASSWORD)
        self._boxc = BoxC(
            wire.TOKEN,
            base_url=url + wire.BOXC_PATH,
            limits=limits,
            transport=own,
            ssl_context=context,
        )

    def call(self) -> Awaitable[Any]:
        """One customer command."""
        return self._customer.command(wire.COMMAND, offset=0)

    def boxc_get(self) -> Awaitable[Any]:
        """One credential as a checked value."""
        return self._boxc.credentials.get(wire.CREDENTIAL_ID)

    async def boxc_list(self) -> int:
        """All credentials as checked values; how many there were."""
        found = 0
        async for _ in self._boxc.credentials.list(limit=wire.PAGE):
            found += 1
        return found

    async def close(self) -> None:
        """Ends both clients."""
        self._leak.stop()
        await self._tracker.aclose()
        await self._boxc.aclose()
