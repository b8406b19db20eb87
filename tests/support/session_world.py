"""The session machine's world: a client, three customers, one service, and no real time.

Each event is a method here; `test_session_machine` chooses the order. After each step `check`
compares what was sent, what was answered and what is left over with `session_book`, and where
nothing else is under way, cost and outcome of a call with `session_forecast`.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from attrs import define

from boxapis import BoxAPIError, BoxTracker, ConnectionLostError, Customer, Limits, Retries
from boxapis._core.clock import clocked
from tests.support.doubles import (
    CUSTOMER,
    JOB_SITES,
    LOG_OUT,
    PAYMENT,
    PORTAL,
    FakeClock,
    mark_in,
    marked,
)
from tests.support.fleet import with_keys
from tests.support.memory_store import Memory, memory_store
from tests.support.session_book import Book
from tests.support.session_forecast import Forecast, forecast, renewal
from tests.support.session_notes import Call, Holder
from tests.support.session_service import Answer, Line, Person, Service, Wire
from tests.support.still_loop import StillLoop

__all__ = ["MANY", "Flavour", "World"]

MANY = 100
COMMANDS = (JOB_SITES, PAYMENT)
HELD = {
    "all": (*COMMANDS, PORTAL, CUSTOMER, LOG_OUT),
    "commands": COMMANDS,
    "logins": (CUSTOMER,),
    "API logins": (PORTAL,),
    "handshakes": (PORTAL, CUSTOMER),
    "ends": (CUSTOMER, LOG_OUT),
}
REFUSALS = (507, 508, 600, 700)


@define
class Flavour:
    """The options of one world.

    Attributes:
        connections: How many requests the client may have under way at once.
        handing: How the service confirms a key: see `Service`.
        keep_alive: Whether the client keeps sessions alive.
        early: Whether held requests are carried out before they are held.
        shares: Whether the client has a store, which no other one uses.
    """

    connections: int = MANY
    handing: str = "same"
    keep_alive: bool = False
    early: bool = False
    shares: bool = False


class World:
    """The client, its customers, the service, and every call under way."""

    def __init__(self, flavour: Flavour) -> None:
        self.flavour = flavour
        self.clock = FakeClock()
        self.loop = StillLoop(self.clock)
        self.service = Service(handing=flavour.handing)
        self.calls: dict[asyncio.Task[Any], Call] = {}
        self.log_outs: set[asyncio.Task[None]] = set()
        self.errors: list[BoxAPIError] = []
        self.numbers = iter(range(1, 10**9))
        self.open()

    def open(self) -> None:
        """Makes a new client, and a customer of each kind."""
        flavour = self.flavour
        self.closing: asyncio.Task[None] | None = None
        self.book = Book(self.clock, flavour.keep_alive, flavour.connections < MANY)
        self.line = Line(self.service, self.clock, self.book, early=flavour.early)
        self.store = memory_store(Memory(self.clock.clock)) if flavour.shares else None
        self.client = clocked(BoxTracker, self.clock.clock)(
            "api-user",
            "api-password",
            transport=self.line,
            limits=Limits(max_connections=flavour.connections),
            retries=Retries.none(),
            keep_alive=flavour.keep_alive,
            store=self.store,
        )
        if self.store is not None:
            with_keys(self.client)
        self.customers: dict[int, Customer] = {}
        self.holders: dict[int, Holder] = {}
        for who in range(3):
            self.make(who)

    def make(self, who: int) -> None:
        """Makes a customer with a password (0), a key (1) or both (2), under a new user name."""
        number = next(self.numbers)
        name = f"user{number}"
        self.service.people[name] = Person(number)
        password = None if who == 1 else "customer-password"
        key = None if who == 0 else self.service.grant(name)
        holder = Holder(name, number, has_password=who != 1, key=key, used=self.clock.moment)
        holder.state = "none" if key is None else "given"
        self.holders[who] = self.book.holders[name] = holder
        self.customers[who] = self.client.customer(name, password, session_key=key)

    # State

    @property
    def is_open(self) -> bool:
        """Whether the client has not been closed."""
        return self.closing is None

    @property
    def is_calm(self) -> bool:
        """Whether nothing is under way but commands whose answers are held."""
        busy = self.line.held or self.log_outs or self.closing
        few = self.calls and self.flavour.connections < MANY
        return not (busy or few or {wire.name for wire in self.line.parked} - {*COMMANDS})

    def is_known(self, who: int) -> bool:
        """Whether the cost of a customer's next call can be forecast."""
        return self.is_calm and self.holders[who].sure and not self.book.blurred

    @property
    def is_healthy(self) -> bool:
        """Whether the API session can be opened, and there is no standby."""
        quiet = self.book.now < self.book.api_cool_down_until
        return self.service.trouble == 200 and not quiet and not self.book.is_standby_kept

    # The user

    def start(self, who: int, name: str, deadline: float | None = None) -> asyncio.Task[Any]:
        """Starts one call, or a handshake where there is no command."""
        until = None if deadline is None else self.clock.moment + deadline
        call = Call(next(self.numbers), self.holders[who], name, until)
        self.book.begins(call)
        customer = self.customers[who].with_options(deadline=deadline)
        work: Coroutine[Any, Any, Any] = (
            customer.command(name, **marked(name, call.number)) if name else customer.handshake()
        )
        task = self.loop.start(work)
        self.calls[task] = call
        return task

    def count(self, expected: Forecast, who: int, name: str, calls: int = 1) -> None:
        """Makes calls on a quiet client, and compares cost and outcome with the forecast."""
        before = self.line.counts.copy()
        started = [self.start(who, name) for _ in range(calls)]
        self.settle()
        spent = self.line.counts - before
        endings = ", ".join(sorted({_ending(task) for task in started}))
        cost = Forecast(spent.pop(PORTAL, 0), spent.pop(CUSTOMER, 0), spent.total(), endings)
        assert cost == expected, f"not as forecast: {cost}, but {expected}"

    def forecast(self, who: int, calls: int = 1) -> Forecast:
        """Forecasts calls of a customer."""
        connections = self.flavour.connections
        return forecast(self.book, self.service, self.holders[who], calls, connections)

    def call(self, who: int, calls: int = 1) -> None:
        """Makes reading calls at once."""
        if self.is_known(who):
            self.count(self.forecast(who, calls), who, JOB_SITES, calls)
            return
        for _ in range(calls):
            self.start(who, JOB_SITES)

    def pay(self, who: int) -> None:
        """Makes a changing call."""
        self.start(who, PAYMENT)

    def hurry(self, who: int) -> None:
        """Makes a call with a deadline of half a minute."""
        self.start(who, JOB_SITES, deadline=30.0)

    def log_in(self, who: int) -> None:
        """Makes an explicit handshake."""
        holder, known = self.holders[who], self.is_known(who)
        self.book.asks(holder)
        if not known:
            self.start(who, "")
            return
        self.count(renewal(self.book, self.service, holder), who, "")
        holder.asked = False

    def log_out(self, who: int) -> None:
        """Logs out; on a quiet client the service must have forgotten the session afterwards."""
        holder, sure = self.holders[who], self.is_calm and self.is_healthy
        key = holder.key
        was_alive = self.book.ends(holder)
        self.log_outs.add(self.loop.start(self.customers[who].logout()))
        self.settle()
        if self.flavour.connections == MANY:
            self.check_no_waiters(holder)
        assert self.customers[who].session_key is None, "logged out there alone"
        assert not (was_alive and sure and self.service.alive(key)), "logged out here alone"

    def cancel(self, place: int) -> None:
        """Cancels a caller: the first, the last, or one in between."""
        waiting = list(self.calls)
        if waiting:
            task = waiting[place % len(waiting)]
            self.calls[task].cancelled = True
            task.cancel()

    def another(self, who: int) -> None:
        """Replaces a customer object by a new one, which has no cool-down."""
        if self.is_calm and not self.calls:
            self.make(who)

    def close_or_reopen(self) -> None:
        """Closes the client, whatever is under way; if it is closed already, makes a new one."""
        if self.is_open:
            self.book.closes()
            self.closing = self.loop.start(self.client.aclose())
            self.settle()
            self.check_no_waiters()
        else:
            self.finish()
            self.open()

    def check_no_waiters(self, holder: Holder | None = None) -> None:
        """Calls on a session that was ended have failed at once, but for those already sent."""
        sent = {mark_in(wire.arguments) for wire in self.line.parked}
        for call in self.calls.values():
            ends = holder is None or holder is call.holder
            assert not ends or str(call.number) in sent, "a call waits for a session that ended"

    def finish(self) -> None:
        """Closing takes at most seven seconds, and leaves nothing behind."""
        self.settle()
        for seconds in (2.0, 5.0):
            self.pass_time(seconds)
            self.settle()
        assert self.closing is not None
        assert self.closing.done(), "closing takes too long"
        self.book.closed = True
        assert not self.calls, "a call still waits after the end"
        assert self.line.closed, "the transport was left open"
        self.close_store()
        assert not asyncio.all_tasks(self.loop), "a task was left running"

    def close_store(self) -> None:
        """Closes the store, which does not belong to the client."""
        if self.store is not None:
            self.loop.start(self.store.aclose())
            self.loop.settle()

    # The service

    def refuse(self, who: int, status: int) -> None:
        """The next command is refused though its session is good: one renewal, one repeat."""
        if not (self.is_known(who) and self.is_healthy):
            return
        expected = self.forecast(who)
        if expected.ending == "answer":
            self.service.refuses = status
            self.count(self.renewed_once_more(who, expected), who, JOB_SITES)

    def renewed_once_more(self, who: int, expected: Forecast) -> Forecast:
        """The forecast with one more refusal."""
        if expected.commands == 2:
            return Forecast(expected.portal, expected.customer, 2, "SessionExpiredError")
        locked = who != 1 and self.service.people[self.holders[who].name].locked
        commands, ending = (1, "AuthenticationError") if locked else (2, "answer")
        return Forecast(expected.portal + 1, expected.customer + 1, commands, ending)

    def duel(self, who: int) -> None:
        """Another program takes over every session at once: one repeat, and no endless duel."""
        self.service.kills = True
        self.start(who, JOB_SITES)
        self.settle()
        self.service.kills = False

    def lose(self, which: str) -> None:
        """The service ends sessions: "all", those of one level, or all its memory in a "restart".

        "rival": those of one user, as a second program does where each user has one session.
        """
        rival = f"{self.holders[0].name}-"
        for key in list(self.service.used):
            level = "api" if key.startswith("api-") else "customers"
            if which == "restart" or (which == "rival" and key.startswith(rival)):
                del self.service.used[key]
            elif which in ("all", level):
                self.service.used[key] = float("-inf")

    def trouble(self, what: int | str) -> None:
        """From now on portal handshakes have this status, or customers' passwords are refused."""
        if isinstance(what, int):
            self.service.trouble = what
        for person in self.service.people.values():
            person.locked = what == "lock"

    # Time

    def time(self, whose: str, seconds: float) -> None:
        """Time passes for "both", for the "client", or for the "service" while it is suspended."""
        if whose != "client":
            self.service.moment += seconds
        if whose != "service":
            self.pass_time(seconds)

    def pass_time(self, seconds: float) -> None:
        """Moves the client's clock."""
        self.clock.advance(seconds)
        self.line.time_passes()
        self.book.time_passes()

    def idle(self) -> None:
        """Ten idle minutes pass: a session that is kept alive survives them."""
        kept, keys = self.holders[1], (self.book.api_key, self.holders[1].key or "")
        sure = self.flavour.keep_alive and self.is_healthy and self.is_calm and not self.calls
        sure = sure and self.book.is_fresh(kept) and all(map(self.is_safe, keys))
        for _ in range(10):
            self.time("both", 60.0)
            self.settle()
        assert not sure or self.clock.moment - kept.used < 181.0, "a session was not kept alive"

    def is_safe(self, key: str) -> bool:
        """Whether the service accepts a key for three more minutes."""
        return key in self.service.used and self.service.moment - self.service.used[key] < 60.0

    def wall_clock(self, seconds: float) -> None:
        """The wall clock is set to another time; nothing may depend on it."""
        time.time = _shifted(getattr(time.time, "shift", 0.0) + seconds)

    # Held answers

    def hold(self, which: str) -> None:
        """From now on these answers are held; answers held already stay so."""
        self.line.held = HELD.get(which, ())

    def answer(self, place: int, what: int | str | None) -> None:
        """Releases one of the held answers, or sends another in its place."""
        parked = self.line.parked
        if parked:
            wire = parked[place % len(parked)]
            self.line.let_go(wire, _forged(wire, what))

    def let_go(self) -> None:
        """Releases all answers in the order of their requests; none is held any more."""
        self.line.let_all_go()

    def overtake(self, who: int, which: str) -> None:
        """An answer is held while its session is lost and renewed by another call."""
        self.line.held = COMMANDS
        self.start(who, JOB_SITES)
        self.settle()
        self.line.held = ()
        self.lose(which)
        self.call(who)

    def linger(self, who: int) -> None:
        """An answer takes half a minute: the age of a session counts from the request."""
        self.line.held = COMMANDS
        self.start(who, JOB_SITES)
        self.settle()
        self.time("both", 30.0)
        self.let_go()

    # Invariants

    def happens(self, name: str, *arguments: Any) -> None:
        """One of the events above happens, and the client reacts to it."""
        getattr(self, name)(*arguments)
        self.settle()

    def settle(self) -> None:
        """Lets the client run until it waits."""
        self.loop.settle()
        self.check()

    def check(self) -> None:
        """Checks that every finished call ended as it must, and that all requests were allowed."""
        for task in [task for task in self.calls if task.done()]:
            self.ended(task, self.calls.pop(task))
        for task in [task for task in self.log_outs if task.done()]:
            self.log_outs.discard(task)
            assert isinstance(task.exception(), BoxAPIError | None)
        book, line = self.book, self.line
        assert not book.faults, "; ".join(book.faults)
        late = [holder for holder in book.holders.values() if holder.late_keys]
        is_left_to_others = self.flavour.shares and self.closing is not None
        assert not late or is_left_to_others, "a session that came too late was not logged out"
        assert max(self.service.carried_out.values(), default=0) <= 1, "paid twice"
        waits = not (line.held or line.parked) and (self.calls or self.log_outs)
        assert not waits, "a call waits forever"
        outlived = [call for call in self.calls.values() if call.is_late(self.clock.moment)]
        assert not outlived, "a call outlives its deadline"

    def ended(self, task: asyncio.Task[Any], call: Call) -> None:
        """Checks the outcome of a finished call."""
        del self.book.calls[call.number]
        if task.cancelled():
            self.book.judge(call, asyncio.CancelledError())
            return
        error = task.exception()
        self.book.judge(call, error or task.result())
        if isinstance(error, BoxAPIError):
            assert not any(error is other for other in self.errors), "two callers share an error"
            self.errors.append(error)

    def check_recovery(self) -> None:
        """After any events new calls succeed; then the client is closed."""
        self.let_go()
        self.settle()
        if not self.is_open:
            self.close_or_reopen()
        self.trouble(200)
        self.pass_time(61.0)
        self.settle()
        for who in self.holders:
            self.call(who)
            self.settle()
        for who in (0, 2):
            self.log_in(who)
            self.settle()
            self.count(Forecast(commands=2), who, JOB_SITES, 2)
        self.close_or_reopen()
        self.finish()

    def leave(self) -> None:
        """Cleans up, also where a check has failed."""
        time.time = getattr(time.time, "true", time.time)
        if not self.book.closed:
            for task in (*self.calls, *self.log_outs):
                task.add_done_callback(_read)
            self.let_go()
            self.loop.start(self.client.aclose())
            for _ in range(2):
                self.loop.settle()
                self.clock.advance(10.0)
            self.close_store()
        self.loop.leave()


def _ending(task: asyncio.Task[Any]) -> str:
    error = task.exception()
    return "answer" if error is None else type(error).__name__


def _read(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


def _forged(wire: Wire, what: int | str | None) -> Answer | None:
    """Another answer, where it can be given: what was carried out is not refused afterwards."""
    if what == "lost":
        return ConnectionLostError("lost", phase="read", sent=True)
    ours = wire.name in (PORTAL, CUSTOMER) or what in (*REFUSALS, 301, 900)
    if not isinstance(what, int) or wire.answer is not None or not ours:
        return None
    return {"status": what, "errorString": "ERROR: no"}


def _shifted(shift: float) -> Callable[[], float]:
    """A wall clock set to another time."""
    true: Callable[[], float] = getattr(time.time, "true", time.time)

    def shifted() -> float:
        return true() + shift

    vars(shifted).update(shift=shift, true=true)
    return shifted
