"""Gives a transport a clock that the test moves, and shows its state for the running loop."""

from typing import TypeVar

from boxapis._core.clock import Clock
from boxapis.transports import DirectTransport, HttpxTransport
from boxapis.transports.direct import Network

__all__ = ["network", "timed"]

T = TypeVar("T", DirectTransport, HttpxTransport)


def timed(transport: T, clock: Clock) -> T:
    """Makes the transport read this clock from its first request on."""
    transport.now = clock.now
    return transport


def network(transport: DirectTransport) -> Network:
    """The connections of a transport on the running loop; it must have been used before."""
    assert transport.latest is not None
    return transport.latest
