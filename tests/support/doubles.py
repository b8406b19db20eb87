"""Doubles: a clock that only a test moves, and an in-memory Box Tracker, which counts and holds."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import orjson

from boxapis._core.clock import Clock
from boxapis.transports import Request, Response

PORTAL = "cmdBoxTPortalHandShake"
WEB = "cmdBoxTWebAPIHandShake"
CUSTOMER = "cmdBoxTPortalCustomerHandShake"
LOG_OUT = "cmdBoxTPortalCustomerLogOut"
JOB_SITES = "cmdBoxTPortalJobsiteList"
PAYMENT = "cmdBoxTPortalProcessPayment"
_MARKS = {JOB_SITES: "search", PAYMENT: "transaction_id"}

IDLE_LIMIT = 300.0


def marked(command: str, number: int) -> dict[str, int]:
    """An argument that tells one call of `JOB_SITES` or `PAYMENT` from another."""
    return {_MARKS[command]: number}


def mark_in(arguments: Mapping[str, str]) -> str:
    """The number of the call that `marked` gave to it; empty if it has none."""
    return next((arguments[name] for name in _MARKS.values() if name in arguments), "")


C = TypeVar("C")


class FakeClock:
    """Time that stands still until a test moves it; sleepers wake when it passes them.

    Attributes:
        flows: Whether a sleep moves the time itself, and ends at once.
        slept: The length of each sleep, in seconds.
    """

    def __init__(self, *, flows: bool = False) -> None:
        self.flows = flows
        self.slept: list[float] = []
        self.moment = 1000.0
        self.chance = 0.5
        self.sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        """The current time, in seconds."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Waits until a test has moved the clock so far."""
        self.slept.append(seconds)
        if self.flows:
            await asyncio.sleep(0)
            self.advance(seconds)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.moment + seconds, future))
        await future

    def advance(self, seconds: float) -> None:
        """Moves the clock and wakes the sleepers that are due."""
        self.moment += seconds
        due = [future for moment, future in self.sleepers if moment <= self.moment]
        self.sleepers = [entry for entry in self.sleepers if entry[0] > self.moment]
        for future in due:
            if not future.done():
                future.set_result(None)

    @property
    def clock(self) -> Clock:
        """This clock as the client takes it."""
        return Clock(self.now, self.sleep, lambda: self.chance)


class FakeTracker:
    """A transport that is Box Tracker: keys that expire, counts of commands, gates to hold answers.

    Attributes:
        counts: Requests by command.
        requests: All requests, in order.
        gates: An event by command: the command is not answered until its event is set.
        answers: Functions that may answer a request instead; None lets it pass.
        passwords: Customers and their passwords.
    """

    def __init__(self, time: FakeClock) -> None:
        self.time = time
        self.counts: Counter[str] = Counter()
        self.requests: list[Request] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.answers: list[Callable[[Request], Any]] = []
        self.passwords = {"jane": "jane-password", "joe": "joe-password"}
        self.last_used: dict[str, float] = {}
        self.owners: dict[str, str] = {}
        self.in_flight = 0
        self.peak = 0
        self.closed = False
        self._numbers = itertools.count(1)

    async def send(self, request: Request, *, deadline: float) -> Response:
        """Counts the request, waits at its gate, answers."""
        self.counts[request.operation] += 1
        self.requests.append(request)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            gate = self.gates.get(request.operation)
            await (gate.wait() if gate is not None else asyncio.sleep(0))
            return self._respond(request)
        finally:
            self.in_flight -= 1

    async def aclose(self) -> None:
        """Notes that the client has closed it."""
        self.closed = True

    def expire_all(self) -> None:
        """Ends every session in the service; the client does not know it."""
        self.last_used = dict.fromkeys(self.last_used, float("-inf"))

    def forget_all(self) -> None:
        """A restart of the service: no key is valid any more."""
        self.last_used.clear()

    def _respond(self, request: Request) -> Response:
        for answer in self.answers:
            special = answer(request)
            if isinstance(special, Exception):
                raise special
            if special is not None:
                return special if isinstance(special, Response) else json_response(special)
        return json_response(self._answer(request.operation, request.arguments))

    def _answer(self, command: str, arguments: dict[str, str]) -> dict[str, Any]:
        match command:
            case "cmdBoxTPortalHandShake" | "cmdBoxTWebAPIHandShake":
                if arguments["password"] != "api-password":
                    return {"status": 500, "errorString": "ERROR: Invalid Credentials"}
                return {"status": 200, "sessionKey": self._new_key("api")}
            case "cmdBoxTPortalCustomerHandShake":
                return self._customer_handshake(arguments)
        for name in ("session_key_api", "session_key_customer", "key"):
            if name in arguments:
                status = self._use(arguments[name])
                if status is not None:
                    return {"status": status, "errorString": "ERROR: Invalid Session Key"}
        if command == LOG_OUT:
            del self.last_used[arguments["session_key_customer"]]
        return {"status": 200, "arguments": arguments}

    def _customer_handshake(self, arguments: dict[str, str]) -> dict[str, Any]:
        status = self._use(arguments["session_key_api"])
        if status is not None:
            return {"status": status, "errorString": "ERROR: Invalid Session Key"}
        name, key = arguments["username_customer"], arguments.get("session_key_customer")
        if key is not None:
            status = self._use(key)
            if status is not None:
                return {"status": status, "errorString": "ERROR: Invalid Session Key"}
            return {"status": 200, "sessionKey": key, "customerID": 13913}
        if self.passwords.get(name) != arguments.get("password_customer"):
            return {"status": 305, "errorString": "ERROR: Invalid Credentials"}
        return {"status": 200, "sessionKey": self._new_key(name), "customerID": 13913}

    def _new_key(self, owner: str) -> str:
        key = f"{owner}-key-{next(self._numbers)}"
        self.last_used[key] = self.time.moment
        self.owners[key] = owner
        return key

    def _use(self, key: str) -> int | None:
        last = self.last_used.get(key)
        if last is None:
            return 508
        if self.time.moment - last >= IDLE_LIMIT:
            return 507
        self.last_used[key] = self.time.moment
        return None


_made: list[Any] = []


def closed_later(client: C) -> C:
    """A client that the fixture ``closing`` closes at the end of the test."""
    _made.append(client)
    return client


async def close_all() -> None:
    """Closes the clients of a test."""
    while _made:
        await _made.pop().aclose()


def json_response(body: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(status, (("Content-Type", "application/json"),), orjson.dumps(body))


async def until(condition: Callable[[], bool]) -> None:
    """Lets other tasks run until the condition holds; fails when it never does."""
    for _ in range(20_000):
        if condition():
            return
        await asyncio.sleep(0)
    message = "it never came about"
    raise AssertionError(message)


def handshakes(tracker: FakeTracker) -> tuple[int, int]:
    """The numbers of portal and customer handshakes so far."""
    return tracker.counts[PORTAL], tracker.counts[CUSTOMER]
