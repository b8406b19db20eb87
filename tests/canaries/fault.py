"""One fault: what the service does, where, and what the caller does meanwhile."""

from collections.abc import Callable
from typing import Any, Literal

from attrs import field, frozen

from tests.canaries.service import Call, Play

EACH = 4

Act = Literal["plain", "cancel", "timeout", "deadline", "close"]
Place = Literal["", "refused", "hole", "unknown", "distrusted", "expired", "not TLS", "proxy"]


async def nothing(call: Call) -> None:
    """Does nothing: the connection ends."""


@frozen
class Fault:
    """One fault.

    Attributes:
        name: The name, which begins with the fault's number in the catalogue.
        play: The function with which the service handles a request.
        at_accept: Whether it does so on connect, before there is a request.
        times: How often, before it is healthy again.
        act: What the caller does while the request is under way.
        place: Another address for the service, at which it is never reached.
        door: The only client it makes sense for, "tracker" or "boxc"; "" for both.
        turn: A position among similar faults, met by one operation in four each; None for all.
        options: Options of the client.
    """

    name: str
    play: Play = nothing
    at_accept: bool = False
    times: int = 1_000_000
    act: Act = "plain"
    place: Place = ""
    door: str = ""
    turn: int | None = None
    options: dict[str, Any] = field(factory=dict)

    def suits(self, door: str) -> bool:
        """Whether it can happen to this client."""
        return not self.door or self.door == door

    def is_due(self, number: int) -> bool:
        """Whether the operation of this number meets it."""
        return self.turn is None or (self.turn + number) % EACH == 0


def saying(make: Callable[[Call], bytes]) -> Play:
    """Answers with these bytes and ends the connection."""

    async def play(call: Call) -> None:
        """Writes them."""
        call.writer.write(make(call))
        await call.writer.drain()

    return play
