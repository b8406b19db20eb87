"""What a trace is told: exact seconds by a clock that only the test moves, and nothing secret."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from boxapis import (
    BoxAPIError,
    BoxC,
    BoxTracker,
    CallTrace,
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    Customer,
    Limits,
    RequestTrace,
    Retries,
    ServerError,
)
from boxapis._core.clock import clocked
from boxapis._http.messages import parse_base_url
from boxapis._sansio.boxc import responses
from boxapis.sandbox import Sandbox
from boxapis.transports import DirectTransport, HttpxTransport, Request, Response, Watch
from tests.support.doubles import (
    CUSTOMER,
    JOB_SITES,
    LOG_OUT,
    PAYMENT,
    PORTAL,
    FakeClock,
    FakeTracker,
    json_response,
    until,
)

CONNECT, SEND, WAIT = 0.5, 0.25, 2.0
ONE = CONNECT + SEND + WAIT


class Slow:
    """A transport that takes its time, and tells where; the first request opens its connection."""

    def __init__(self, time: FakeClock, answer: Callable[[Request], Any]) -> None:
        self.time = time
        self.answer = answer
        self.reused = False

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Connects, sends, waits, and gives or raises what the script says."""
        assert watch is not None
        if not self.reused:
            watch.connecting()
            self.time.advance(CONNECT)
        answer = self.answer(request)
        if isinstance(answer, ConnectError):
            raise answer
        watch.sending(reused=self.reused)
        self.time.advance(SEND)
        watch.waiting()
        self.time.advance(WAIT)
        self.reused = True
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Response) else json_response(answer)

    async def aclose(self) -> None:
        """Holds nothing."""


def in_turn(*answers: Any) -> Callable[[Request], Any]:
    """A script of answers, one for each request."""
    left = list(answers)
    return lambda _: left.pop(0)


@pytest.fixture
def told() -> list[CallTrace]:
    """What a trace was told."""
    return []


def boxc(time: FakeClock, answer: Callable[[Request], Any], **options: Any) -> BoxC:
    """A client of BoxC whose transport takes its time."""
    return clocked(BoxC, time.clock)("token", transport=Slow(time, answer), **options)


async def test_one_call(time: FakeClock, told: list[CallTrace]) -> None:
    """A call of one request is told once, with the seconds of each phase."""
    async with boxc(time, in_turn({}), trace=told.append) as client:
        await client.request("GET", "/warehouses")
    request = RequestTrace(
        attempt=1, after=0.0, status=200, reused=False, connect=CONNECT, send=SEND, wait=WAIT
    )
    assert told == [
        CallTrace(
            service="boxc",
            operation="GET /warehouses",
            kind="read",
            status=200,
            attempts=1,
            requests=(request,),
            connect=CONNECT,
            send=SEND,
            wait=WAIT,
            total=ONE,
        )
    ]


async def test_reading_the_answer(
    time: FakeClock, told: list[CallTrace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seconds of decoding are told apart from those of waiting."""
    monkeypatch.setattr(responses, "decode", lambda *_: time.advance(0.125))
    async with boxc(time, in_turn({}), trace=told.append) as client:
        await client.request("GET", "/warehouses")
    assert (told[0].decode, told[0].wait, told[0].total) == (0.125, WAIT, ONE + 0.125)


async def test_repeats_and_pauses(told: list[CallTrace]) -> None:
    """Each request has an entry of its own; what lies between two of them is the pause."""
    time = FakeClock(flows=True)
    fault = json_response({"status": 500, "code": None, "message": "no", "errors": []}, 503)
    none = ConnectError("no", phase="connect")
    async with boxc(time, in_turn(none, fault, {}), trace=told.append) as client:
        await client.request("GET", "/warehouses")
    [trace] = told
    first, second, third = trace.requests
    assert (first.outcome, first.phase, first.status, first.reused) == (
        "ConnectError",
        "connect",
        None,
        None,
    )
    assert (second.outcome, second.phase, second.status) == ("ServerError", None, 503)
    assert (third.outcome, third.status, third.reused) == (None, 200, True)
    assert [request.attempt for request in trace.requests] == [1, 2, 3]
    assert (trace.outcome, trace.status, trace.attempts) == (None, 200, 3)
    assert trace.pause == sum(time.slept) > 0
    assert (trace.connect, trace.send, trace.wait) == (2 * CONNECT, 2 * SEND, 2 * WAIT)
    assert third.after == pytest.approx(trace.total - SEND - WAIT)
    assert trace.total == pytest.approx(trace.pause + trace.connect + trace.send + trace.wait)


async def test_the_line_of_the_rate_limit(told: list[CallTrace]) -> None:
    """Seconds in front of the rate limit are the limiter's; the wait is that of ``on_wait``."""
    time, waits = FakeClock(flows=True), list[float]()

    async def send(request: Request, *, deadline: float) -> Response:
        return json_response({})

    client = boxc(time, in_turn(), trace=told.append, on_wait=waits.append)
    client._dispatcher.transport.send = send  # type: ignore[method-assign, union-attr]
    async with client:
        for _ in range(30):
            await client.request("GET", "/warehouses")
    assert [trace.limiter for trace in told] == pytest.approx([0.0] * 28 + waits)
    assert waits
    assert all(trace.total == trace.limiter for trace in told)


async def test_the_queue_for_a_place(
    time: FakeClock, server: FakeTracker, told: list[CallTrace]
) -> None:
    """Seconds without a place are the queue's, and the request begins after them."""
    gate = server.gates[JOB_SITES] = asyncio.Event()
    limits = Limits(max_connections=1)
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, limits=limits
    ) as tracker:
        customer = tracker.customer("jane", "jane-password")
        await customer.handshake()
        traced = customer.with_options(trace=told.append)
        calls = [asyncio.create_task(traced.command(JOB_SITES, offset=0)) for _ in range(2)]
        await until(lambda: server.counts[JOB_SITES] == 1)
        time.advance(3.0)
        gate.set()
        await asyncio.gather(*calls)
    first, second = told
    assert (first.queue, first.wait, first.total) == (0.0, 3.0, 3.0)
    assert (second.queue, second.wait, second.total) == (3.0, 0.0, 3.0)
    assert second.requests[0].after == 3.0


async def test_waiting_for_a_session(
    time: FakeClock, server: FakeTracker, told: list[CallTrace]
) -> None:
    """A handshake made for a call is the call's session, and a call of its own for the client."""
    gate = server.gates[CUSTOMER] = asyncio.Event()
    mine: list[CallTrace] = []
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, trace=told.append
    ) as tracker:
        customer = tracker.customer("jane", "jane-password").with_options(trace=mine.append)
        call = asyncio.create_task(customer.command(JOB_SITES, offset=0))
        await until(lambda: server.counts[CUSTOMER] == 1)
        time.advance(4.0)
        gate.set()
        await call
        await customer.logout()
    [trace] = mine
    assert (trace.operation, trace.session, trace.renewals, trace.attempts) == (JOB_SITES, 4, 1, 1)
    assert (trace.wait, trace.total) == (0.0, 4.0)
    assert [(one.operation, one.total) for one in told] == [
        (PORTAL, 0),
        (CUSTOMER, 4),
        (LOG_OUT, 0),
    ]


async def test_a_refused_key(
    client: BoxTracker, server: FakeTracker, told: list[CallTrace]
) -> None:
    """A refused key and its replay are two requests of one call, with a renewal between."""
    customer = client.customer("jane", "jane-password").with_options(trace=told.append)
    await customer.command(JOB_SITES, offset=0)
    server.forget_all()
    await customer.command(JOB_SITES, offset=0)
    outcomes = [request.outcome for request in told[1].requests]
    assert outcomes == ["SessionExpiredError", None]
    assert (told[1].renewals, told[1].attempts, told[1].outcome) == (1, 2, None)


async def test_a_token_is_a_call_of_its_own(time: FakeClock, told: list[CallTrace]) -> None:
    """The request for a token is told of by the client's trace, and waited for as a session."""

    def answer(request: Request) -> Any:
        if request.operation == "GET /warehouses":
            return {}
        return {"access_token": "t.o.k", "token_type": "Bearer", "expires_in": 3600}

    transport = Slow(time, answer)
    async with clocked(BoxC, time.clock)(
        client_id="id", client_secret="s", transport=transport, trace=told.append
    ) as client:
        await client.request("GET", "/warehouses")
    token, call = told
    assert (token.operation, token.total) != (call.operation, call.total)
    assert call.session == token.total == ONE
    assert (call.renewals, call.total) == (1, ONE + SEND + WAIT)


@pytest.mark.parametrize(
    ("method", "answer", "outcome", "applied"),
    [
        ("GET", {}, None, False),
        ("PUT", {}, None, True),
        ("POST", {}, None, True),
        ("POST", ConnectionLostError("no", phase="read", sent=True), "OutcomeUnknownError", True),
        ("POST", ConnectError("no", phase="dns"), "ConnectError", False),
        ("GET", ConnectionLostError("no", phase="read", sent=True), "ConnectionLostError", False),
    ],
)
async def test_outcomes(
    time: FakeClock,
    told: list[CallTrace],
    method: str,
    answer: Any,
    outcome: str | None,
    applied: bool,  # noqa: FBT001 - of the table
) -> None:
    """The trace says what became of the call as the error does, and of success what it did."""
    client = boxc(time, in_turn(answer), trace=told.append, retries=Retries.none())
    async with client:
        call = client.request(method, "/warehouses")
        result = (await asyncio.gather(call, return_exceptions=True))[0]
    if isinstance(result, BoxAPIError):
        assert (type(result).__name__, result.may_have_been_applied) == (outcome, applied)
        assert told[0].attempts == result.attempts == 1
    assert (told[0].outcome, told[0].may_have_been_applied) == (outcome, applied)


async def test_the_code_of_a_refusal(
    client: BoxTracker, server: FakeTracker, told: list[CallTrace]
) -> None:
    """The service's own number is told beside the status of HTTP."""
    server.answers.append(
        lambda request: (
            {"status": 900, "errorString": "no"} if request.operation == JOB_SITES else None
        )
    )
    customer = client.customer("jane", "jane-password").with_options(trace=told.append)
    with pytest.raises(ServerError):
        await customer.command(JOB_SITES, offset=0)
    assert (told[0].outcome, told[0].status, told[0].code) == ("ServerError", 200, 900)


async def test_cancelled_under_way(
    client: BoxTracker, server: FakeTracker, time: FakeClock, told: list[CallTrace]
) -> None:
    """A cancelled call is told of, with the phase it was in, and may have been carried out."""
    server.gates[PAYMENT] = asyncio.Event()
    customer = client.customer("jane", "jane-password").with_options(trace=told.append)
    call = asyncio.create_task(customer.command(PAYMENT, payment_mode=2))
    await until(lambda: server.counts[PAYMENT] == 1)
    time.advance(1.5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    [trace] = told
    assert (trace.outcome, trace.may_have_been_applied, trace.total) == (
        "CancelledError",
        True,
        1.5,
    )
    [request] = trace.requests
    assert (request.outcome, request.status, request.wait) == ("CancelledError", None, 1.5)


async def test_cancelled_while_connecting(time: FakeClock, told: list[CallTrace]) -> None:
    """What was cancelled before there was a connection was not carried out."""

    async def send(request: Request, *, deadline: float, watch: Watch | None = None) -> Response:
        assert watch is not None
        watch.connecting()
        await asyncio.Event().wait()
        return json_response({})

    client = boxc(time, in_turn(), trace=told.append)
    client._dispatcher.transport.send = send  # type: ignore[method-assign, union-attr]
    async with client:
        call = asyncio.create_task(client.request("POST", "/shipments"))
        await asyncio.sleep(0)
        time.advance(1.0)
        call.cancel()
        await asyncio.wait((call,))
    [trace] = told
    assert (trace.outcome, trace.may_have_been_applied) == ("CancelledError", False)
    assert (trace.connect, trace.send, trace.requests[0].reused) == (1.0, 0.0, None)


async def test_a_transport_that_is_late(told: list[CallTrace]) -> None:
    """What is told of a request that is over changes nothing, while the call goes on."""
    time, watches = FakeClock(flows=True), list[Watch]()

    async def send(request: Request, *, deadline: float, watch: Watch | None = None) -> Response:
        assert watch is not None
        watches.append(watch)
        if len(watches) == 1:
            raise ConnectError("no", phase="connect")
        watches[0].sending(reused=True)
        time.advance(1.0)
        watches[0].waiting()
        return json_response({})

    client = boxc(time, in_turn(), trace=told.append)
    client._dispatcher.transport.send = send  # type: ignore[method-assign, union-attr]
    async with client:
        await client.request("GET", "/warehouses")
    late, _ = told[0].requests
    assert (late.send, late.wait, late.reused) == (0.0, 0.0, None)


async def test_a_transport_that_does_not_tell(
    client: BoxTracker, server: FakeTracker, time: FakeClock, told: list[CallTrace]
) -> None:
    """With a transport of two plain methods everything is waiting, and reuse is not known."""
    gate = server.gates[JOB_SITES] = asyncio.Event()
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    work = customer.with_options(trace=told.append).command(JOB_SITES, offset=0)
    call = asyncio.create_task(work)
    await until(lambda: server.counts[JOB_SITES] == 1)
    time.advance(2.0)
    gate.set()
    await call
    [request] = told[0].requests
    assert (request.connect, request.send, request.wait, request.reused) == (0.0, 0.0, 2.0, None)


async def test_a_signature_that_nobody_can_read(time: FakeClock, told: list[CallTrace]) -> None:
    """A transport whose ``send`` shows no signature is called as plainly as possible."""

    class Odd:
        """Can be called, and that is all."""

        __signature__ = "none"

        async def __call__(self, request: Request, *, deadline: float) -> Response:
            return json_response({})

    client = boxc(time, in_turn(), trace=told.append)
    client._dispatcher.transport.send = Odd()  # type: ignore[method-assign, union-attr]
    async with client:
        assert await client.request("GET", "/warehouses") == {}
    assert told[0].status == 200


async def test_a_trace_that_fails(time: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """F93: what a trace raises never touches the call; the log has its class and nothing else."""

    def fail(_: CallTrace) -> None:
        raise ValueError("secret")

    async with boxc(time, in_turn({"a": 1}), trace=fail) as client:
        assert await client.request("GET", "/warehouses") == {"a": 1}
    assert caplog.messages == ["trace failed with ValueError"]
    assert caplog.records[0].exc_info is None


async def test_whom_a_view_tells(time: FakeClock, told: list[CallTrace]) -> None:
    """A view tells its own trace in place of the client's, and a view without one the client's."""
    other: list[CallTrace] = []
    async with boxc(time, lambda _: {}, trace=told.append) as client:
        await client.with_options(trace=other.append).request("GET", "/a")
        await client.with_options(timeout=1.0).request("GET", "/b")
    assert [trace.operation for trace in other] == ["GET /a"]
    assert [trace.operation for trace in told] == ["GET /b"]


async def test_views_of_box_tracker(client: BoxTracker, told: list[CallTrace]) -> None:
    """On a client of Box Tracker a view's customers tell its trace, too."""
    customer = client.with_options(trace=told.append).customer("jane", "jane-password")
    assert isinstance(customer, Customer)
    await customer.command(JOB_SITES, offset=0)
    assert [trace.operation for trace in told] == [JOB_SITES]


@pytest.mark.parametrize("door", [BoxC, BoxTracker])
def test_a_trace_is_callable(door: Any) -> None:
    """What cannot be called is refused when the client is made."""
    with pytest.raises(ConfigurationError, match="trace must be callable"):
        door("one", *(["two"] if door is BoxTracker else []), trace=1)


async def test_what_was_refused_before_is_no_call(time: FakeClock, told: list[CallTrace]) -> None:
    """A call that is refused for its arguments has no name that is safe, and is not told of."""
    async with boxc(time, in_turn(), trace=told.append) as client:
        with pytest.raises(ConfigurationError):
            await client.request("BREW", "/coffee")
    assert told == []


async def test_the_log_at_debug(time: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG the log has one line a call, whose only argument is the trace."""
    caplog.set_level(logging.DEBUG, "boxapis")
    async with boxc(time, in_turn({})) as client:
        await client.request("GET", "/warehouses")
    [record] = caplog.records
    assert record.getMessage() == (
        "boxc GET /warehouses: done in 2.7500 s (limiter 0.0000, queue 0.0000, session 0.0000,"
        " pause 0.0000, connect 0.5000, send 0.2500, wait 2.0000, decode 0.0000); HTTP 200"
    )
    assert isinstance(record.args, tuple)
    assert [type(argument) for argument in record.args] == [CallTrace]


async def test_the_log_of_a_failure(time: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """The line of a failure names its class, its number, and the phase in which it failed."""
    caplog.set_level(logging.DEBUG, "boxapis")
    answers = in_turn(
        json_response({"status": 404, "code": 1000, "message": "no", "errors": []}, 404),
        ConnectError("no", phase="dns"),
    )
    async with boxc(time, answers, retries=Retries.none()) as client:
        for _ in range(2):
            await asyncio.gather(client.request("GET", "/a"), return_exceptions=True)
    first, second = caplog.messages
    assert first.startswith("boxc GET /a: ValidationError, code 1000 in ")
    assert first.endswith("; HTTP 404")
    assert second.endswith("; no response in phase dns")


async def test_nobody_wants_to_know(time: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """Without a trace, and with the log above DEBUG, the transport has nobody to tell."""
    caplog.set_level(logging.INFO, "boxapis")
    watches: list[Watch | None] = []

    async def send(request: Request, *, deadline: float, watch: Watch | None = None) -> Response:
        watches.append(watch)
        return json_response({})

    client = boxc(time, in_turn())
    client._dispatcher.transport.send = send  # type: ignore[method-assign, union-attr]
    async with client:
        await client.request("GET", "/warehouses")
    assert watches == [None]


async def test_the_log_above_debug(
    time: FakeClock, told: list[CallTrace], caplog: pytest.LogCaptureFixture
) -> None:
    """From INFO on ordinary calls are not in the log, though a trace be told of them."""
    caplog.set_level(logging.INFO, "boxapis")
    async with boxc(time, in_turn({}), trace=told.append) as client:
        await client.request("GET", "/warehouses")
    assert (len(told), caplog.records) == (1, [])


async def test_nothing_secret(
    time: FakeClock, server: FakeTracker, told: list[CallTrace], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a trace nor the log has a user, a password, a key, an argument or a URL."""
    caplog.set_level(logging.DEBUG, "boxapis")
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, trace=told.append
    ) as tracker:
        customer = tracker.customer("jane", "jane-password")
        await customer.command(JOB_SITES, offset=0, zip_code="03060-canary")
        await customer.logout()
    texts = [
        *caplog.messages,
        *map(str, told),
        *map(repr, told),
        repr(list(map(attrs.asdict, told))),
    ]
    for secret in ("user", "jane", "password", "-key-", "canary", "http:", "https:", "dumpster"):
        assert not [text for text in texts if secret in text]
    assert len(caplog.messages) == len(told) == 4


class Noted:
    """A watch that notes what it is told; the same twice in a row is noted once."""

    def __init__(self) -> None:
        self.marks: list[str] = []

    def connecting(self) -> None:
        """Notes it."""
        self._note("connecting")

    def sending(self, *, reused: bool) -> None:
        """Notes it, and which kind of connection there is."""
        self._note("sending again" if reused else "sending")

    def waiting(self) -> None:
        """Notes it."""
        self._note("waiting")

    def _note(self, mark: str) -> None:
        if self.marks[-1:] != [mark]:
            self.marks.append(mark)


@pytest.mark.parametrize("kind", [DirectTransport, HttpxTransport])
async def test_what_transports_tell(kind: type[DirectTransport | HttpxTransport]) -> None:
    """A new connection is made, written to and waited on; one that has served only the latter."""
    with Sandbox() as sandbox:
        origin, _ = parse_base_url(sandbox.boxc_url)
        transport, marks = kind(), list[list[str]]()
        for _ in range(2):
            watch = Noted()
            request = Request(origin, "GET", "/v1/warehouses", (), None, "GET /warehouses")
            deadline = asyncio.get_running_loop().time() + 10
            await transport.send(request, deadline=deadline, watch=watch)
            marks.append(watch.marks)
        await transport.aclose()
    assert marks == [["connecting", "sending", "waiting"], ["sending again", "waiting"]]


@pytest.mark.parametrize("kind", [DirectTransport, HttpxTransport])
async def test_over_sockets(
    kind: type[DirectTransport | HttpxTransport], told: list[CallTrace]
) -> None:
    """Over real connections each phase takes its time, and the second call meets the first's."""
    with Sandbox() as sandbox:
        token = sandbox.environment["BOXC_TOKEN"]
        async with BoxC(
            token, base_url=sandbox.boxc_url, transport=kind(), trace=told.append
        ) as client:
            for _ in range(2):
                await client.request("GET", "/warehouses")
    first, second = (trace.requests[0] for trace in told)
    assert (first.reused, second.reused) == (False, True)
    assert first.connect > 0 == second.connect
    for trace in told:
        assert trace.send > 0 < trace.wait
        assert trace.connect + trace.send + trace.wait + trace.decode <= trace.total
    assert [trace.status for trace in told] == [200, 200]
