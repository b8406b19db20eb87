"""The vendor's examples, with aiohttp: both handshakes before every command, no session kept."""

from typing import Any

from benchmarks import wire
from benchmarks.contenders import with_aiohttp


class Contender(with_aiohttp.Contender):
    """Three requests for each call."""

    async def call(self) -> Any:
        """Makes the API handshake, the customer handshake and the command."""
        portal = await self.fetch(wire.CONTROLLER, {**wire.portal_handshake()}, {})
        key = portal["sessionKey"]
        customer = await self.fetch(wire.CONTROLLER, {**wire.customer_handshake(key)}, {})
        arguments = wire.customer_command(key, customer["sessionKey"])
        return await self.fetch(wire.CONTROLLER, arguments, {})
