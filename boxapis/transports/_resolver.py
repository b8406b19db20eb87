"""`Resolver`: host name look-ups, shared by all who wait for one and kept for ten seconds.

Promises: at most one look-up for each host and port is under way, in one thread, however many calls
wait for it; a caller who is cancelled ends it for no other. When the ten seconds are over, the next
caller asks again; while that answer takes its time, the last addresses go on being used. Addresses
of which none accepts a connection are forgotten.
"""

import asyncio
import copy
import ipaddress
import socket
from collections.abc import Callable
from functools import partial
from itertools import chain, zip_longest
from typing import Any

from attrs import frozen

from boxapis._core.single_flight import FlightGroup, SingleFlight
from boxapis._http.messages import Origin
from boxapis.errors import BoxAPIError

__all__ = ["Address", "Resolver"]

Address = tuple[Any, ...]
"""An entry of ``socket.getaddrinfo``."""

_KEPT = 10.0  # seconds
_PATIENCE = 0.25  # seconds that a look-up may take before the last addresses are used

_Failure = OSError | UnicodeError | RuntimeError


@frozen
class _Found:
    """The addresses of a host, and the time until which they are not looked up again."""

    addresses: tuple[Address, ...]
    until: float


class Resolver:
    """Looks up the names that one transport connects to, on one event loop.

    Args:
        now: Returns the time in seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._found: dict[Origin, _Found] = {}
        self._flights = FlightGroup()

    async def resolve(self, peer: Origin) -> tuple[Address, ...]:
        """Returns the addresses of a host, IPv6 and IPv4 in turn.

        Raises:
            OSError: the look-up failed.
            UnicodeError: the host is no valid name.
            RuntimeError: no thread can be started for the look-up.
        """
        found = self._found.get(peer)
        if found is not None and self._now() < found.until:
            return found.addresses
        try:
            ipaddress.ip_address(peer.host)
        except ValueError:
            return await self._resolve_name(peer, found)
        flags = socket.AI_NUMERICHOST  # needs no name server, and so no thread
        addresses = socket.getaddrinfo(peer.host, peer.port, type=socket.SOCK_STREAM, flags=flags)
        return self._keep(peer, addresses).addresses

    def forget(self, peer: Origin) -> None:
        """Looks the host up anew for the next caller, because none of its addresses accepted."""
        self._found.pop(peer, None)

    async def _resolve_name(self, peer: Origin, found: _Found | None) -> tuple[Address, ...]:
        flight = self._flights.get(peer)
        if flight is None:
            flight = self._flights.start(peer, partial(self._look_up, peer))
        if found is not None:
            await asyncio.wait((flight.task,), timeout=_PATIENCE)
            if not flight.settled:
                return found.addresses
        outcome: _Found | _Failure | BoxAPIError = await flight.outcome()
        if isinstance(outcome, _Found):
            return outcome.addresses
        raise copy.copy(outcome)  # each caller adds a traceback of its own

    async def _look_up(self, peer: Origin, flight: SingleFlight[Any]) -> _Found | _Failure:
        host, port = peer.host, peer.port
        try:
            loop = asyncio.get_running_loop()
            addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, RuntimeError) as error:
            return error.with_traceback(None)
        finally:
            self._flights.forget(peer, flight)
        return self._keep(peer, addresses)

    def _keep(self, peer: Origin, addresses: list[Address]) -> _Found:
        found = self._found[peer] = _Found(_in_turn(addresses), self._now() + _KEPT)
        return found

    async def aclose(self) -> None:
        """Ends every look-up under way; its thread, if it runs, ends by itself."""
        await self._flights.aclose(0.0)


def _in_turn(found: list[Address]) -> tuple[Address, ...]:
    first = [address for address in found if address[0] == found[0][0]]
    others = [address for address in found if address[0] != found[0][0]]
    in_turn = chain.from_iterable(zip_longest(first, others))
    return tuple(address for address in in_turn if address is not None)
