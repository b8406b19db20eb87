"""Pairs of operations and faults to test, on ways in a fixed turn; or the whole product."""

import itertools
import os
from collections.abc import Iterator

from attrs import frozen

from boxapis.transports import DirectTransport, HttpxTransport
from tests.canaries.fault import EACH, Fault
from tests.canaries.faults import FAULTS
from tests.canaries.operations import OPERATIONS, Operation

__all__ = ["METHODS", "ROUTES", "TRANSPORTS", "Case", "cases_of"]

TRANSPORTS: tuple[type[DirectTransport] | type[HttpxTransport], ...] = (
    DirectTransport,
    HttpxTransport,
)
ROUTES = ("direct", "forward", "connect", "environment")
METHODS = ("GET", "POST")
_WAYS = tuple(itertools.product(TRANSPORTS, ROUTES, METHODS))
# TLS costs more than all the rest, so tunnels are used half as often.
_IN_TURN = (*_WAYS, *(way for way in _WAYS if way[1] in ("direct", "forward")))


@frozen
class Case:
    """One operation that meets one fault on one way.

    Attributes:
        operation: The operation that is called.
        fault: The fault it meets.
        transport: The name of the transport.
        route: Direct, through a forwarding proxy, or through a tunnel to TLS whose proxy is an
            option or is set in the environment.
        method: The HTTP method of Box Tracker commands.
    """

    operation: Operation
    fault: Fault
    transport: type[DirectTransport | HttpxTransport]
    route: str
    method: str

    def __str__(self) -> str:
        way = f"{self.transport.__name__}, {self.route}, {self.method}"
        return f"{self.operation.name}; {self.fault.name}; {way}"


def cases_of(operation: Operation) -> Iterator[Case]:
    """One operation's cases: each fault once, on ways in turn, so that every fault meets every way.

    With ``BOXAPIS_CANARIES=all`` it is the whole product.
    """
    everything = os.environ.get("BOXAPIS_CANARIES") == "all"
    first = OPERATIONS.index(operation)
    for number, fault in enumerate(FAULTS):
        if fault.suits(operation.door) and (everything or fault.is_due(first)):
            step = first if fault.turn is None else first // EACH
            turn = (step * 13 + number * 7) % len(_IN_TURN)
            for transport, route, method in _WAYS if everything else (_IN_TURN[turn],):
                yield Case(operation, fault, transport, _route(fault, route), method)


def _route(fault: Fault, route: str) -> str:
    """The route, or another where the fault's place needs it."""
    match fault.place:
        case "proxy":
            return "connect"
        case "expired" | "distrusted" | "not TLS" | "unknown" if route == "forward":
            return "direct"
        case _:
            return route
