"""The session machine's service: Box Tracker with a clock of its own, and answers held back."""

import asyncio
from collections import Counter
from typing import Any

from attrs import define, field

from boxapis import BoxAPIError, ConnectionLostError, RequestTimeoutError
from boxapis.transports import Request, Response
from tests.support import doubles
from tests.support.doubles import IDLE_LIMIT, PAYMENT, PORTAL, FakeClock, json_response, mark_in

__all__ = ["Answer", "Line", "Person", "Service", "Watcher", "Wire"]

Answer = dict[str, Any] | BoxAPIError


@define
class Person:
    """A customer, as the service knows him.

    Attributes:
        number: The customer's id.
        locked: Whether his password is refused.
    """

    number: int
    locked: bool = False


@define(eq=False)
class Wire:
    """One request on its way.

    name: The command's name.
        arguments: The decoded arguments.
        started: The time at which it left, on the client's clock.
        deadline: The time at which it must be over.
        answer: The answer it will get, where that is decided already.
        answer: What it will be answered, where that is already known.
        gate: Set when its held answer is let go.
        generation: The generation of its customer's session, by the model.
        again: Whether it is a handshake repeated on another API session.
        over: The API session on which the handshake was refused before.
        dropped: Whether the session it opens is no longer wanted.
    """

    name: str
    arguments: dict[str, str]
    started: float
    deadline: float
    answer: Answer | None = None
    gate: "asyncio.Future[None] | None" = None
    generation: int = 0
    again: bool = False
    over: str = ""
    dropped: bool = False

    @property
    def user(self) -> str:
        """The customer's user name."""
        return self.arguments.get("username_customer", "")

    @property
    def api(self) -> str:
        """The API session's key."""
        return self.arguments.get("session_key_api", "")

    @property
    def key(self) -> str | None:
        """The customer session's key."""
        return self.arguments.get("session_key_customer")

    def is_over(self, moment: float) -> bool:
        """Whether it is still held when its deadline passes."""
        return self.gate is not None and not self.gate.done() and self.deadline <= moment


class Watcher:
    """Observes every request when it leaves, and every answer when it arrives."""

    def leaves(self, wire: Wire) -> None:
        """A request leaves the client."""

    def arrives(self, wire: Wire, answer: Answer) -> None:
        """An answer arrives; the client has not read it yet."""

    def is_cut(self, wire: Wire) -> None:
        """The client no longer waits for the answer."""


@define(eq=False)
class Service:
    """Box Tracker: sessions that expire by a clock of its own, and faults on demand.

    Attributes:
        moment: The service's own time.
        used: The time at which each valid key was last used.
        people: The customers by user name.
        handing: How a key is confirmed: with the "same" key, a "new" one beside it, one in the
            "place" of it, or an answer "bare" of keys.
        trouble: The status of every portal handshake; 200 for success.
        kills: Whether another program takes every session over as soon as it is opened.
        refuses: The status with which the next command of a customer is refused.
        carried_out: The number of times that each payment was made.
    """

    moment: float = 0.0
    used: dict[str, float] = field(factory=dict)
    people: dict[str, Person] = field(factory=dict)
    handing: str = "same"
    trouble: int = 200
    kills: bool = False
    refuses: int = 0
    carried_out: Counter[str] = field(factory=Counter)
    _made: int = 0

    def alive(self, key: str | None) -> bool:
        """Whether the service accepts a key."""
        last = self.used.get(key or "")
        return last is not None and self.moment - last < IDLE_LIMIT

    def grant(self, owner: str) -> str:
        """Makes a new key."""
        self._made += 1
        key = f"{owner}-key-{self._made}"
        self.used[key] = self.moment
        return key

    def answer(self, wire: Wire) -> dict[str, Any]:
        """Decides the answer to a request now."""
        if wire.name == PORTAL:
            return self._portal()
        for key in (wire.api, wire.key):
            if key is not None and not self.alive(key):
                return {"status": 507 if key in self.used else 508}
        self._touch(wire)
        match wire.name:
            case doubles.CUSTOMER:
                return self._customer(wire)
            case doubles.LOG_OUT:
                del self.used[wire.key or ""]
                return {"status": 200}
            case _:
                return self._command(wire)

    def _touch(self, wire: Wire) -> None:
        for key in (wire.api, wire.key):
            if key is not None:
                self.used[key] = self.moment

    def _portal(self) -> dict[str, Any]:
        if self.trouble != 200:
            return {"status": self.trouble, "errorString": "ERROR: no"}
        return {"status": 200, "sessionKey": self.grant("api")}

    def _customer(self, wire: Wire) -> dict[str, Any]:
        person = self.people[wire.user]
        answer = {"status": 200, "customerID": person.number}
        if wire.key is None:
            if person.locked:
                return {"status": 305, "errorString": "ERROR: Invalid Credentials"}
            return answer | {"sessionKey": self.grant(wire.user)}
        match self.handing:
            case "bare":
                return {"status": 200} if wire.generation else answer
            case "same":
                return answer | {"key": wire.key}
            case "place":
                del self.used[wire.key]
        return answer | {"sessionKey": self.grant(wire.user)}

    def _command(self, wire: Wire) -> dict[str, Any]:
        if self.kills:
            del self.used[wire.key or ""]
            return {"status": 508}
        if self.refuses:
            status, self.refuses = self.refuses, 0
            return {"status": status}
        if wire.name == PAYMENT:
            self.carried_out[mark_in(wire.arguments)] += 1
        return {"status": 200, "arguments": wire.arguments}


class Line:
    """A transport to the service that can hold every answer until the test lets it go.

    Attributes:
        held: The commands whose answers are held; it changes nothing for those held already.
        early: Whether a request is carried out when it arrives, or when its answer is let go.
        parked: The requests whose answers are held.
        closed: Whether the client has closed it.
    """

    def __init__(
        self, service: Service, clock: FakeClock, watcher: Watcher, *, early: bool
    ) -> None:
        self.held: tuple[str, ...] = ()
        self.early, self.closed = early, False
        self.parked: list[Wire] = []
        self.counts: Counter[str] = Counter()
        self._service = service
        self._clock = clock
        self._watcher = watcher

    async def send(self, request: Request, *, deadline: float) -> Response:
        """Carries one request; its answer waits where it is held."""
        wire = Wire(request.operation, request.arguments, self._clock.moment, deadline)
        self.counts[wire.name] += 1
        self._watcher.leaves(wire)
        if self.early:
            wire.answer = self._service.answer(wire)
        try:
            await self._wait(wire)
        except asyncio.CancelledError:
            self._watcher.is_cut(wire)
            raise
        answer = wire.answer or self._service.answer(wire)
        self._watcher.arrives(wire, answer)
        if isinstance(answer, BoxAPIError):
            raise answer
        return json_response(answer)

    async def _wait(self, wire: Wire) -> None:
        if wire.name not in self.held:
            await asyncio.sleep(0)
            return
        wire.gate = asyncio.get_running_loop().create_future()
        self.parked.append(wire)
        try:
            await wire.gate
        finally:
            self.parked.remove(wire)

    def let_go(self, wire: Wire, answer: Answer | None = None) -> None:
        """Releases a held answer: the true one, or another."""
        wire.answer = answer or wire.answer
        if wire.gate is not None and not wire.gate.done():
            wire.gate.set_result(None)

    def let_all_go(self) -> None:
        """Releases all answers, and holds no further ones."""
        self.held = ()
        for wire in self.parked:
            self.let_go(wire)

    def time_passes(self) -> None:
        """Ends the requests whose deadline has passed."""
        for wire in self.parked:
            if wire.is_over(self._clock.moment):
                self.let_go(wire, RequestTimeoutError("held too long", phase="total", sent=True))

    async def aclose(self) -> None:
        """Ends the requests that are left."""
        self.closed = True
        for wire in self.parked:
            self.let_go(wire, ConnectionLostError("cut off", phase="read", sent=True))
