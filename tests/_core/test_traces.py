"""Call traces: exact seconds by a clock that only the test moves, and no secret in them."""

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
    """A transport whose phases take time and are reported; the first request has to connect."""

    def __init__(self, time: FakeClock, answer: Callable[[Request], Any]) -> None:
        self.time = time
        self.answer = answer
        self.reused = False

    async def send(
        self, request: Request, *, deadline: float, watch: Watch | None = None
    ) -> Response:
        """Connects, sends, waits, and returns or raises the next answer."""
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
        """Does nothing: there is nothing to close."""


def in_turn(*answers: Any) -> Callable[[Request], Any]:
    """A script of answers, one for each request."""
    left = list(answers)
    return lambda _: left.pop(0)


@pytest.fixture
def traces() -> list[CallTrace]:
    """The traces of finished calls."""
    return []


def boxc(time: FakeClock, answer: Callable[[Request], Any], **options: Any) -> BoxC:
    """A client of BoxC whose transport takes its time."""
    return clocked(BoxC, time.clock)("token", transport=Slow(time, answer), **options)


async def test_one_call(time: FakeClock, traces: list[CallTrace]) -> None:
    """A call of one request gives one trace, with the seconds of each phase."""
    async with boxc(time, in_turn({}), trace=traces.append) as client:
        await client.request("GET", "/warehouses")
    request = RequestTrace(
        attempt=1,
        after=0.0,
        method="GET",
        server_address="api.boxc.com",
        server_port=443,
        status=200,
        reused=False,
        connect=CONNECT,
        send=SEND,
        wait=WAIT,
    )
    assert traces == [
        CallTrace(
            service="boxc",
            operation="GET /warehouses",
            kind="read",
            status=200,
            method="GET",
            server_address="api.boxc.com",
            server_port=443,
            attempts=1,
            requests=(request,),
            connect=CONNECT,
            send=SEND,
            wait=WAIT,
            total=ONE,
        )
    ]


async def test_reading_the_answer(
    time: FakeClock, traces: list[CallTrace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decoding is timed apart from waiting."""
    monkeypatch.setattr(responses, "decode", lambda *_: time.advance(0.125))
    async with boxc(time, in_turn({}), trace=traces.append) as client:
        await client.request("GET", "/warehouses")
    assert (traces[0].decode, traces[0].wait, traces[0].total) == (0.125, WAIT, ONE + 0.125)


async def test_repeats_and_pauses(traces: list[CallTrace]) -> None:
    """Each request has its own entry; the time between two of them is the pause."""
    time = FakeClock(flows=True)
    fault = json_response({"status": 500, "code": None, "message": "no", "errors": []}, 503)
    none = ConnectError("no", phase="connect")
    async with boxc(time, in_turn(none, fault, {}), trace=traces.append) as client:
        await client.request("GET", "/warehouses")
    [trace] = traces
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


async def test_the_queue_of_the_rate_limit(traces: list[CallTrace]) -> None:
    """Time in the rate-limit queue is the limiter's, and equals the wait given to ``on_wait``."""
    time, waits = FakeClock(flows=True), list[float]()

    async def send(request: Request, *, deadline: float) -> Response:
        return json_response({})

    client = boxc(time, in_turn(), trace=traces.append, on_wait=waits.append)
    client._dispatcher.transport.send = send  # type: ignore[method-assign, union-attr]
    async with client:
        for _ in range(30):
            await client.request("GET", "/warehouses")
    assert [trace.limiter for trace in traces] == pytest.approx([0.0] * 28 + waits)
    assert waits
    assert all(trace.total == trace.limiter for trace in traces)


async def test_the_queue_for_a_place(
    time: FakeClock, server: FakeTracker, traces: list[CallTrace]
) -> None:
    """Time without a connection slot is the queue's; the request begins after it."""
    gate = server.gates[JOB_SITES] = asyncio.Event()
    limits = Limits(max_connections=1)
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, limits=limits
    ) as tracker:
        customer = tracker.customer("jane", "jane-password")
        await customer.handshake()
        traced = customer.with_options(trace=traces.append)
        calls = [asyncio.create_task(traced.command(JOB_SITES, offset=0)) for _ in range(2)]
        await until(lambda: server.counts[JOB_SITES] == 1)
        time.advance(3.0)
        gate.set()
        await asyncio.gather(*calls)
    first, second = traces
    assert (first.queue, first.wait, first.total) == (0.0, 3.0, 3.0)
    assert (second.queue, second.wait, second.total) == (3.0, 0.0, 3.0)
    assert second.requests[0].after == 3.0


async def test_waiting_for_a_session(
    time: FakeClock, server: FakeTracker, traces: list[CallTrace]
) -> None:
    """A handshake made for a call counts as the call's session time, and is traced by itself."""
    gate = server.gates[CUSTOMER] = asyncio.Event()
    mine: list[CallTrace] = []
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, trace=traces.append
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
    assert [(one.operation, one.total) for one in traces] == [
        (PORTAL, 0),
        (CUSTOMER, 4),
        (LOG_OUT, 0),
    ]


async def test_a_refused_key(
    client: BoxTracker, server: FakeTracker, traces: list[CallTrace]
) -> None:
    """A refused key and its replay are two requests of one call, with a renewal between."""
    customer = client.customer("jane", "jane-password").with_options(trace=traces.append)
    await customer.command(JOB_SITES, offset=0)
    server.forget_all()
    await customer.command(JOB_SITES, offset=0)
    outcomes = [request.outcome for request in traces[1].requests]
    assert outcomes == ["SessionExpiredError", None]
    assert (traces[1].renewals, traces[1].attempts, traces[1].outcome) == (1, 2, None)


async def test_a_token_is_a_call_of_its_own(time: FakeClock, traces: list[CallTrace]) -> None:
    """A token request is traced as a call of its own, and as session time of the waiting call."""

    def answer(request: Request) -> Any:
        if request.operation == "GET /warehouses":
            return {}
        return {"access_token": "t.o.k", "token_type": "Bearer", "expires_in": 3600}

    transport = Slow(time, answer)
    async with clocked(BoxC, time.clock)(
        client_id="id", client_secret="s", transport=transport, trace=traces.append
    ) as client:
        await client.request("GET", "/warehouses")
    token, call = traces
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
    traces: list[CallTrace],
    method: str,
    answer: Any,
    outcome: str | None,
    applied: bool,  # noqa: FBT001 - of the table
) -> None:
    """The trace's outcome agrees with the error; for a success it says what was done."""
    client = boxc(time, in_turn(answer), trace=traces.append, retries=Retries.none())
    async with client:
        call = client.request(method, "/warehouses")
        result = (await asyncio.gather(call, return_exceptions=True))[0]
    if isinstance(result, BoxAPIError):
        assert (type(result).__name__, result.may_have_been_applied) == (outcome, applied)
        assert traces[0].attempts == result.attempts == 1
    assert (traces[0].outcome, traces[0].may_have_been_applied) == (outcome, applied)


async def test_the_code_of_a_refusal(
    client: BoxTracker, server: FakeTracker, traces: list[CallTrace]
) -> None:
    """The service's own code is given beside the HTTP status."""
    server.answers.append(
        lambda request: (
            {"status": 900, "errorString": "no"} if request.operation == JOB_SITES else None
        )
    )
    customer = client.customer("jane", "jane-password").with_options(trace=traces.append)
    with pytest.raises(ServerError):
        await customer.command(JOB_SITES, offset=0)
    assert (traces[0].outcome, traces[0].status, traces[0].code) == ("ServerError", 200, 900)


async def test_cancelled_under_way(
    client: BoxTracker, server: FakeTracker, time: FakeClock, traces: list[CallTrace]
) -> None:
    """A cancelled call is traced with the phase it was in, and may have been carried out."""
    server.gates[PAYMENT] = asyncio.Event()
    customer = client.customer("jane", "jane-password").with_options(trace=traces.append)
    call = asyncio.create_task(customer.command(PAYMENT, payment_mode=2))
    await until(lambda: server.counts[PAYMENT] == 1)
    time.advance(1.5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    [trace] = traces
    assert (trace.outcome, trace.may_have_been_applied, trace.total) == (
        "CancelledError",
        True,
        1.5,
    )
    [request] = trace.requests
    assert (request.outcome, request.status, request.wait) == ("CancelledError", None, 1.5)


async def test_cancelled_while_connecting(time: FakeClock, traces: list[CallTrace]) -> None:
    """A call cancelled before there was a connection was not carried out."""

    async def send(request: Request, *, deadline: float, watch: Watch | None = None) -> Response:
        assert watch is not None
        watch.connecting()
        await asyncio.Event().wait()
        return json_response({})

    client = boxc(time, in_turn(), trace=traces.append)
    client._dispatcher.transport.send = send  # type: ignore[method-assign, union-attr]
    async with client:
        call = asyncio.create_task(client.request("POST", "/shipments"))
        await asyncio.sleep(0)
        time.advance(1.0)
        call.cancel()
        await asyncio.wait((call,))
    [trace] = traces
    assert (trace.outcome, trace.may_have_been_applied) == ("CancelledError", False)
    assert (trace.connect, trace.send, trace.requests[0].reused) == (1.0, 0.0, None)


async def test_a_transport_that_is_late(traces: list[CallTrace]) -> None:
    """Reports about a request that is over change nothing, while the call goes on."""
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

    client = boxc(time, in_turn(), trace=traces.append)
    client._dispatcher.transport.send = send  # type: ignore[method-assign, union-attr]
    async with client:
        await client.request("GET", "/warehouses")
    late, _ = traces[0].requests
    assert (late.send, late.wait, late.reused) == (0.0, 0.0, None)


async def test_a_transport_that_reports_no_phases(
    client: BoxTracker, server: FakeTracker, time: FakeClock, traces: list[CallTrace]
) -> None:
    """With a transport that reports no phases all time is waiting, and reuse is unknown."""
    gate = server.gates[JOB_SITES] = asyncio.Event()
    customer = client.customer("jane", "jane-password")
    await customer.handshake()
    work = customer.with_options(trace=traces.append).command(JOB_SITES, offset=0)
    call = asyncio.create_task(work)
    await until(lambda: server.counts[JOB_SITES] == 1)
    time.advance(2.0)
    gate.set()
    await call
    [request] = traces[0].requests
    assert (request.connect, request.send, request.wait, request.reused) == (0.0, 0.0, 2.0, None)


async def test_a_signature_that_cannot_be_read(time: FakeClock, traces: list[CallTrace]) -> None:
    """A transport whose ``send`` has no readable signature is called without the trace."""

    class Odd:
        """A callable without a signature."""

        __signature__ = "none"

        async def __call__(self, request: Request, *, deadline: float) -> Response:
            return json_response({})

    client = boxc(time, in_turn(), trace=traces.append)
    client._dispatcher.transport.send = Odd()  # type: ignore[method-assign, union-attr]
    async with client:
        assert await client.request("GET", "/warehouses") == {}
    assert traces[0].status == 200


async def test_a_trace_that_fails(time: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """F93: what a trace raises never affects the call; the log has the exception's class alone."""

    def fail(_: CallTrace) -> None:
        raise ValueError("secret")

    async with boxc(time, in_turn({"a": 1}), trace=fail) as client:
        assert await client.request("GET", "/warehouses") == {"a": 1}
    assert caplog.messages == ["trace failed with ValueError"]
    assert caplog.records[0].exc_info is None


async def test_a_view_calls_its_own_trace(time: FakeClock, traces: list[CallTrace]) -> None:
    """A view calls its own trace instead of the client's; a view without one calls the client's."""
    other: list[CallTrace] = []
    async with boxc(time, lambda _: {}, trace=traces.append) as client:
        await client.with_options(trace=other.append).request("GET", "/a")
        await client.with_options(timeout=1.0).request("GET", "/b")
    assert [trace.operation for trace in other] == ["GET /a"]
    assert [trace.operation for trace in traces] == ["GET /b"]


async def test_views_of_box_tracker(client: BoxTracker, traces: list[CallTrace]) -> None:
    """On a client of Box Tracker a view's customers use the view's trace, too."""
    customer = client.with_options(trace=traces.append).customer("jane", "jane-password")
    assert isinstance(customer, Customer)
    await customer.command(JOB_SITES, offset=0)
    assert [trace.operation for trace in traces] == [JOB_SITES]


@pytest.mark.parametrize("door", [BoxC, BoxTracker])
def test_a_trace_is_callable(door: Any) -> None:
    """A trace that is not callable is refused when the client is made."""
    with pytest.raises(ConfigurationError, match="trace must be callable"):
        door("one", *(["two"] if door is BoxTracker else []), trace=1)


async def test_a_call_refused_before_sending_is_not_traced(
    time: FakeClock, traces: list[CallTrace]
) -> None:
    """A call refused for its arguments is not traced, because its name may not be safe to show."""
    async with boxc(time, in_turn(), trace=traces.append) as client:
        with pytest.raises(ConfigurationError):
            await client.request("BREW", "/coffee")
    assert traces == []


async def test_the_log_at_debug(time: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG the log has one line for each call, whose only argument is the trace."""
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
    """The log line of a failure names its class, its code, and the phase in which it failed."""
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


async def test_nothing_is_reported_without_a_listener(
    time: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a trace, and with the log above DEBUG, the transport is given no watch."""
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
    time: FakeClock, traces: list[CallTrace], caplog: pytest.LogCaptureFixture
) -> None:
    """From INFO on ordinary calls are not logged, even when they are traced."""
    caplog.set_level(logging.INFO, "boxapis")
    async with boxc(time, in_turn({}), trace=traces.append) as client:
        await client.request("GET", "/warehouses")
    assert (len(traces), caplog.records) == (1, [])


async def test_nothing_secret(
    time: FakeClock, server: FakeTracker, traces: list[CallTrace], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a trace nor the log holds a user, a password, a key, an argument or a path."""
    caplog.set_level(logging.DEBUG, "boxapis")
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, trace=traces.append
    ) as tracker:
        customer = tracker.customer("jane", "jane-password")
        await customer.command(JOB_SITES, offset=0, search="03060-canary")
        await customer.logout()
    texts = [
        *caplog.messages,
        *map(str, traces),
        *map(repr, traces),
        repr(list(map(attrs.asdict, traces))),
    ]
    for secret in ("user", "jane", "password", "-key-", "canary", "http:", "https:", ".html"):
        assert not [text for text in texts if secret in text]
    assert len(caplog.messages) == len(traces) == 4


class Noted:
    """Records the phases reported to it, each run of equal ones once."""

    def __init__(self) -> None:
        self.marks: list[str] = []

    def connecting(self) -> None:
        """Records the phase."""
        self._note("connecting")

    def sending(self, *, reused: bool) -> None:
        """Records the phase, and whether the connection is new."""
        self._note("sending again" if reused else "sending")

    def waiting(self) -> None:
        """Records the phase."""
        self._note("waiting")

    def _note(self, mark: str) -> None:
        if self.marks[-1:] != [mark]:
            self.marks.append(mark)


@pytest.mark.parametrize("kind", [DirectTransport, HttpxTransport])
async def test_what_transports_report(kind: type[DirectTransport | HttpxTransport]) -> None:
    """A new connection reports connecting, sending and waiting; a reused one only the last two."""
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
    kind: type[DirectTransport | HttpxTransport], traces: list[CallTrace]
) -> None:
    """Over real connections each phase takes time, and the second call reuses the connection."""
    with Sandbox() as sandbox:
        token = sandbox.environment["BOXC_TOKEN"]
        async with BoxC(
            token, base_url=sandbox.boxc_url, transport=kind(), trace=traces.append
        ) as client:
            for _ in range(2):
                await client.request("GET", "/warehouses")
    first, second = (trace.requests[0] for trace in traces)
    assert (first.reused, second.reused) == (False, True)
    assert first.connect > 0 == second.connect
    for trace in traces:
        assert trace.send > 0 < trace.wait
        assert trace.connect + trace.send + trace.wait + trace.decode <= trace.total
    assert [trace.status for trace in traces] == [200, 200]
