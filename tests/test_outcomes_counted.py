"""What errors say was carried out, against what a server on the other side has carried out.

Every kind of operation, both transports, every phase in which a request can stand still, and
everything that can end it there. After the call has ended the server goes on, so that a request
that was left behind can still arrive, and is counted.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import product
from typing import Any, get_args

import pytest
import trustme

from boxapis import BoxAPIError, BoxC, BoxTracker, CallTrace, Timeouts
from boxapis._core.clock import Clock, clocked
from boxapis.transports import DirectTransport, HttpxTransport
from tests.support.doubles import PAYMENT
from tests.support.held_server import End, HeldServer, MovedTime, Phase
from tests.support.peers import server_context, trusting
from tests.support.timed import timed

pytestmark = pytest.mark.servers

AGES = 10_000.0  # seconds: only the limit that a test is about may end a call
LIMIT = 10.0
PATIENT = Timeouts(
    connect=AGES,
    write=AGES,
    read=AGES,
    read_changing=AGES,
    total=AGES,
    total_changing=AGES,
    call=AGES,
)
TRANSPORTS: dict[str, Any] = {"direct": DirectTransport, "httpx": HttpxTransport}
KINDS = {
    "read": ("GET", "/shops/7"),
    "idempotent": ("PUT", "/shops/7"),
    "changing": ("POST", "/shops"),
    "payment": ("", ""),
}
"""Method and path of an operation of BoxC; the payment is a command of Box Tracker."""

UNSENT = ("connect", "tls")
"""The phases in which no byte of the request has left."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority for these tests alone."""
    return trustme.CA()


CELLS = [
    pytest.param(*cell, id="-".join(cell))
    for cell in product(TRANSPORTS, KINDS, get_args(Phase), get_args(End))
]


class Run:
    """One call, and what became of it.

    Attributes:
        traces: The trace of each call.
        error: What the call raised.
    """

    def __init__(self, server: HeldServer, time: MovedTime) -> None:
        self._server = server
        self._time = time
        self.traces: list[CallTrace] = []
        self.error: BaseException | None = None

    @property
    def says_maybe(self) -> bool:
        """Whether the error, or a cancelled call's trace, says it may have been carried out."""
        if isinstance(self.error, BoxAPIError):
            assert self.traces[-1].may_have_been_applied is self.error.may_have_been_applied
        return self.traces[-1].may_have_been_applied

    async def follow(self, call: Awaitable[object]) -> None:
        """Runs a call to the phase where the server stops, and ends it each time it gets there."""
        server, seen = self._server, 0
        task = asyncio.ensure_future(call)
        server.is_holding = True
        while not task.done():
            if server.reached > seen:
                seen = server.reached
                self._end(task)
            server.changed.clear()
            stopped = asyncio.ensure_future(server.changed.wait())
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
        self.error = asyncio.CancelledError() if task.cancelled() else task.exception()

    def _end(self, task: "asyncio.Future[object]") -> None:
        match self._server.end:
            case "cancelled":
                task.cancel()
            case "timeout" | "deadline":
                self._time.skip(LIMIT + 1)
            case _:  # the server has ended it
                pass

    async def resume(self) -> None:
        """Lets the server go on, and waits for every task that the call has left behind."""
        self._server.resume()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            await asyncio.wait(left, timeout=30)


@asynccontextmanager
async def client(
    transport: str, kind: str, server: HeldServer, run: Run, time: MovedTime, tls: Any
) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """A client whose call is ready to be made, as a function; Box Tracker's is logged in."""
    options: dict[str, Any] = {"timeouts": PATIENT, "proxy": False, "ssl_context": tls}
    clock = Clock(time.now, time.sleep, lambda: 0.5)
    sender = timed(TRANSPORTS[transport](**options), clock)
    limit: dict[str, Any] = {server.end: LIMIT} if server.end in ("timeout", "deadline") else {}
    shared: dict[str, Any] = {"transport": sender, "trace": run.traces.append, "timeouts": PATIENT}
    url = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.port}"
    if kind != "payment":
        async with clocked(BoxC, clock)("token", base_url=f"{url}/v1", **shared) as boxc:
            method, path = KINDS[kind]
            yield lambda: boxc.with_options(**limit).request(method, path)
        return
    async with clocked(BoxTracker, clock)("user", "password", base_url=url, **shared) as tracker:
        customer = tracker.customer("jane", "jane-password")
        await customer.handshake()
        yield lambda: customer.with_options(**limit).command(PAYMENT)


async def played(
    transport: str,
    kind: str,
    server: HeldServer,
    time: MovedTime,
    tls: Any,
) -> Run:
    """Makes one call against a server, and lets everything end."""
    run = Run(server, time)
    try:
        async with client(transport, kind, server, run, time, tls) as call:
            await run.follow(call())
            await run.resume()
    finally:
        server.close()
    return run


@pytest.mark.parametrize(("transport", "kind", "phase", "end"), CELLS)
async def test_errors_agree_with_the_server(
    transport: str, kind: str, phase: Phase, end: End, authority: trustme.CA
) -> None:
    """F96, F127: an error never denies what the server did, and a changing call is done once."""
    is_secure = phase == "tls"
    server = HeldServer(phase, end, server_context(authority) if is_secure else None)
    tls = trusting(authority) if is_secure else None
    run = await played(transport, kind, server, MovedTime(), tls)

    assert run.error is not None
    assert isinstance(run.error, asyncio.CancelledError) is (end == "cancelled")
    if server.executed and kind != "read":
        assert run.says_maybe
        assert "Nothing was" not in str(run.error)
    if server.received:
        assert "Nothing was sent" not in str(run.error)
    if kind in ("changing", "payment"):
        assert server.received <= 1
    if kind == "read":
        assert not run.says_maybe
    if phase in UNSENT:
        # A server that hangs up during the handshake of TLS has not seen the request either.
        assert (server.received, run.says_maybe) == (0, False)
    if phase in ("half", "lost"):
        assert server.executed > 0


@pytest.mark.parametrize("is_refusing", [False, True], ids=["done", "refused"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_server_counts(transport: str, kind: str, *, is_refusing: bool) -> None:
    """F127: what is answered is carried out once, and what is refused is not, as the error says."""
    server = HeldServer("connect", "peer", None)
    server.is_refusing = is_refusing
    time = MovedTime()
    run = Run(server, time)
    try:
        async with client(transport, kind, server, run, time, None) as call:
            if is_refusing:
                with pytest.raises(BoxAPIError, match="Nothing was changed"):
                    await call()
            else:
                await call()
    finally:
        server.close()
    assert (server.received, server.executed) == (1, 0 if is_refusing else 1)
    assert run.traces[-1].may_have_been_applied is (not is_refusing and kind != "read")
