"""Several clients of BoxC, as if each were a process, on one store and one clock.

The sandbox's BoxC counts their requests. Time moves on when nothing is left to do.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from boxapis import BoxC
from boxapis._core.clock import Clock, clocked
from boxapis._core.store import Store
from boxapis.boxc._rate_limits import user_name
from boxapis.sandbox import BoxCService, RateLimit, SandboxClock
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.doubles import FakeClock
from tests.support.memory_store import Memory, memory_store
from tests.support.still_loop import StillLoop

__all__ = ["Fleet"]


class _Moved(SandboxClock):
    """The sandbox's clock on a test's time."""

    def __init__(self, time: FakeClock) -> None:
        super().__init__(running=False)
        object.__setattr__(self, "_time", time)

    def now(self) -> float:
        time: FakeClock = self.__dict__["_time"]
        return time.moment


class Fleet:
    """Clients, their store, the service and the loop.

    Attributes:
        store: What the stores of all clients hold, each of which is its own way there.
        stores: These ways.
        sent: The time of each accepted request, and the client that sent it.
        refused: Number of requests that met a 429.
        travel: Seconds for which a request travels, and its response.
    """

    def __init__(self) -> None:
        self.time = FakeClock()
        self.loop = StillLoop(self.time)
        self.clock = Clock(self.time.now, self.time.sleep, lambda: 0.5)
        self.store = Memory(self.clock)
        self.stores: list[Store] = []
        self.service = BoxCService(rate_limit=RateLimit(), clock=_Moved(self.time))
        self.sent: list[tuple[float, int]] = []
        self.refused = 0
        self.travel = 0.0
        self.clients: list[BoxC] = []

    def client(self, token: str | None = None, **options: Any) -> BoxC:
        """Returns a further client, of the sandbox's user unless a token is given."""
        number = len(self.clients)

        async def respond(request: Request) -> Response:
            if self.travel:
                await self.time.sleep(self.travel)
            response = self.respond(request, number)
            if self.travel:
                await self.time.sleep(self.travel)
            return response

        self.stores.append(memory_store(self.store))
        given: dict[str, Any] = {"store": self.stores[-1]} | options
        made = clocked(BoxC, self.clock)(
            None if "client_id" in options else token or self.service.ready_token,
            transport=ScriptedTransport(respond),
            **given,
        )
        self.clients.append(made)
        return made

    def made(self, clients: int = 8) -> list[BoxC]:
        """Returns new clients, each with its part of the rate for the time without a store."""
        return [self.client(rate_share=1 / clients) for _ in range(clients)]

    def load(self, calls: int, clients: int = 8) -> "list[asyncio.Task[Any]]":
        """Starts calls of new clients, so many each."""
        return [self.get(boxc) for boxc in self.made(clients) for _ in range(calls)]

    def answers(self, tasks: "list[asyncio.Task[Any]]") -> bool:
        """Whether every call was answered, and was carried out once."""
        outcomes = self.run(*tasks)
        return len(self.sent) == len(tasks) and not any(isinstance(o, Exception) for o in outcomes)

    @property
    def key(self) -> str:
        """The key of the bucket of the sandbox's user."""
        return user_name(str(self.service.user_id))

    def respond(self, request: Request, client: int) -> Response:
        """Has the sandbox respond, and counts."""
        headers = {name.lower(): value for name, value in request.headers}
        path, _, _ = request.target.partition("?")
        response = self.service.handle(
            request.method, path, headers=headers, body=request.body or b""
        )
        if response.status == 429:
            self.refused += 1
        elif path.startswith("/v1"):
            self.sent.append((self.time.moment, client))
        kind = (("Content-Type", response.content_type),) if response.content_type else ()
        return Response(response.status, (*response.headers.items(), *kind), response.body)

    def counts(self) -> list[int]:
        """Returns the number of accepted requests of each client."""
        return [sum(client == n for _, client in self.sent) for n in range(len(self.clients))]

    # Time.

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Starts work, which begins when time moves."""
        return self.loop.start(work)

    def get(self, boxc: Any, path: str = "/shops") -> "asyncio.Task[Any]":
        """Starts a call."""
        return self.start(boxc.request("GET", path))

    def settle(self) -> None:
        """Lets everything happen that needs no time."""
        self.loop.settle()

    def pass_time(self, seconds: float) -> None:
        """Lets time pass, from one event to the next."""
        end = self.time.moment + seconds
        while True:
            self.settle()
            coming = self.next_moment()
            if coming is None or coming > end:
                break
            self.time.advance(max(0.0, coming - self.time.moment))
        self.time.advance(end - self.time.moment)
        self.settle()

    def run(self, *tasks: "asyncio.Task[Any]") -> list[Any]:
        """Lets time pass until tasks are done; returns their values or errors."""
        self.settle()
        while not all(task.done() for task in tasks):
            coming = self.next_moment()
            assert coming is not None, "it never came about"
            self.time.advance(max(0.0, coming - self.time.moment))
            self.settle()
        return [None if t.cancelled() else t.exception() or t.result() for t in tasks]

    def next_moment(self) -> float | None:
        """Returns the time at which a sleep or a timeout ends."""
        later = [timer.when() for timer in vars(self.loop)["_scheduled"] if not timer.cancelled()]
        later += [moment for moment, future in self.time.sleepers if not future.done()]
        return min(later, default=None)

    def close_stores(self) -> None:
        """Closes the store of each client."""
        self.run(*(self.start(store.aclose()) for store in self.stores))

    def close(self) -> None:
        """Closes clients and store, and checks that no task is left."""
        try:
            self.run(*(self.start(client.aclose()) for client in self.clients))
            self.close_stores()
            assert not asyncio.all_tasks(self.loop)
        finally:
            self.loop.leave()
