"""Repeats: which requests are made again, how often and when, as the service sees it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from boxapis import (
    AuthenticationError,
    BoxAPIError,
    BoxC,
    BoxTracker,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    RequestTimeoutError,
    Retries,
    ServerError,
    TLSError,
    UnknownStatusError,
    ValidationError,
)
from boxapis._core.clock import clocked
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.doubles import (
    CUSTOMER,
    JOB_SITES,
    PAYMENT,
    PORTAL,
    FakeClock,
    FakeTracker,
    json_response,
    marked,
)

pytestmark = pytest.mark.flowing_time

REFUSED = lambda: ConnectError("refused", phase="connect")  # noqa: E731 - a fresh one each time
LOST = lambda: ConnectionLostError("lost", phase="read", sent=True)  # noqa: E731 - as above
RACED = lambda: ConnectionLostError("lost", phase="read", sent=True, reused=True)  # noqa: E731
TLS = lambda: TLSError("distrusted", phase="tls")  # noqa: E731 - as above
LATE = lambda: RequestTimeoutError("late", phase="read", sent=True)  # noqa: E731 - as above
UNKNOWN_NAME = lambda: ConnectError("unknown", phase="dns")  # noqa: E731 - as above
PAGE = lambda: Response(200, (("Content-Type", "text/html"),), b"<p>")  # noqa: E731 - as above


class Script:
    """Scripted answers of one operation in turn; then a plain success."""

    def __init__(self, *answers: Any) -> None:
        self.left = list(answers)
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Any:
        """The next answer."""
        self.requests.append(request)
        if not self.left:
            return {"status": 200, "credential": None}
        answer = self.left.pop(0)
        return answer() if callable(answer) else answer


def boxc(script: Script, time: FakeClock, **options: Any) -> BoxC:
    """A client with the default retry options."""
    return clocked(BoxC, time.clock)("token", transport=ScriptedTransport(script), **options)


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
@pytest.mark.parametrize("failure", [REFUSED, UNKNOWN_NAME], ids=["refused", "dns"])
async def test_nothing_sent(time: FakeClock, method: str, failure: Any) -> None:
    """F01, F02: what was never sent is sent again, whatever kind of operation it is."""
    script = Script(failure)
    await boxc(script, time).request(method, "/shops")
    assert len(script.requests) == 2


@pytest.mark.parametrize(
    ("failure", "attempts"),
    [(REFUSED, 3), (UNKNOWN_NAME, 2), (TLS, 1)],
    ids=["refused", "dns", "tls"],
)
async def test_number_of_attempts(time: FakeClock, failure: Any, attempts: int) -> None:
    """F01, F02, F04: three attempts in all; two for an unresolved name; one for bad TLS."""
    script = Script(*[failure] * 9)
    with pytest.raises(BoxAPIError) as caught:
        await boxc(script, time).request("POST", "/shops")
    assert caught.value.attempts == len(script.requests) == attempts
    assert not caught.value.may_have_been_applied
    assert caught.value.retry_stopped_by in ("attempts", "permanent")


@pytest.mark.parametrize("failure", [LOST, LATE, RACED], ids=["F08 lost", "F12 late", "F11 raced"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_sent_and_harmless(time: FakeClock, method: str, failure: Any) -> None:
    """F06 to F12: after a lost answer a read is repeated, on a new connection."""
    script = Script(failure)
    await boxc(script, time).request(method, "/shops")
    assert [request.fresh for request in script.requests] == [False, True]


@pytest.mark.parametrize(
    "failure", [LOST, LATE, RACED, PAGE], ids=["F08 lost", "F12 late", "F11 raced", "F37 page"]
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_sent_and_changing(time: FakeClock, method: str, failure: Any) -> None:
    """F06 to F09, F96: a changing operation is sent once, and its outcome is unknown."""
    script = Script(failure)
    with pytest.raises(OutcomeUnknownError) as caught:
        await boxc(script, time).request(method, "/shops")
    assert len(script.requests) == 1
    assert caught.value.may_have_been_applied
    assert caught.value.retry_stopped_by == "not-repeatable"


async def test_race_is_repeated_at_once(time: FakeClock) -> None:
    """F11: a connection that the server closed while idle costs no pause, the first time."""
    script = Script(RACED, RACED)
    await boxc(script, time).request("GET", "/shops")
    assert len(script.requests) == 3
    assert len(time.slept) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_server_error_once(time: FakeClock, status: int) -> None:
    """F53: a passing failure of the service is repeated, where that is harmless."""
    script = Script(Response(status))
    await boxc(script, time).request("GET", "/shops")
    assert len(script.requests) == 2


async def test_server_error_for_a_changing_call(time: FakeClock) -> None:
    """F53: a changing call that gets a server error may have been carried out; no repeat."""
    script = Script(Response(503))
    with pytest.raises(ServerError) as caught:
        await boxc(script, time).request("POST", "/shops")
    assert (len(script.requests), caught.value.may_have_been_applied) == (1, True)


async def test_server_error_on_every_attempt(time: FakeClock) -> None:
    """F55: three attempts, and the error says so."""
    script = Script(*[Response(500)] * 9)
    with pytest.raises(ServerError) as caught:
        await boxc(script, time).request("GET", "/shops")
    assert (caught.value.attempts, caught.value.retry_stopped_by) == (3, "attempts")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_retry_after(time: FakeClock, method: str) -> None:
    """F47: a refused call of any kind waits as long as the service asks, and a little more."""
    script = Script(Response(429, (("Retry-After", "3"),)))
    await boxc(script, time).request(method, "/shops")
    assert len(script.requests) == 2
    assert 3.0 <= sum(time.slept) <= 3.5


@pytest.mark.parametrize(("method", "requests"), [("GET", 2), ("PUT", 2), ("POST", 1)])
async def test_unavailable_for_a_while(time: FakeClock, method: str, requests: int) -> None:
    """F54: a 503 with ``Retry-After`` is waited out, but not by a call that may have been done."""
    script = Script(Response(503, (("Retry-After", "3"),)))
    call = boxc(script, time).request(method, "/shops")
    if requests == 1:
        with pytest.raises(ServerError) as caught:
            await call
        assert caught.value.may_have_been_applied
    else:
        await call
        assert 3.0 <= sum(time.slept) <= 3.5
    assert len(script.requests) == requests


async def test_retry_after_is_too_long(time: FakeClock) -> None:
    """F51: a wait of a day ends the call at once; the error says how long it would be."""
    script = Script(Response(429, (("Retry-After", "86400"),)))
    with pytest.raises(RateLimitError) as caught:
        await boxc(script, time).request("GET", "/shops")
    assert (caught.value.retry_after, len(script.requests), time.slept) == (86400.0, 1, [])


@pytest.mark.parametrize("text", ["-1", "1e9", "nan", "١٢", "1_000", "9" * 20, "", "soon"])
async def test_silly_retry_after(time: FakeClock, text: str) -> None:
    """F50: an unreadable ``Retry-After`` counts as absent; no crash, no long sleep."""
    script = Script(Response(429, (("Retry-After", text),)))
    await boxc(script, time).request("GET", "/shops")
    assert sum(time.slept) < 5


async def test_retry_after_as_a_date(time: FakeClock) -> None:
    """F49: a ``Retry-After`` date is counted from the answer's own date."""
    headers = (
        ("Retry-After", "Sat, 21 Nov 2026 12:00:07 GMT"),
        ("Date", "Sat, 21 Nov 2026 12:00:00 GMT"),
    )
    script = Script(Response(503, headers))
    await boxc(script, time).request("GET", "/shops")
    assert 7.0 <= sum(time.slept) <= 7.5


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Response(400), ValidationError),
        (Response(401), AuthenticationError),
        (Response(302), InvalidResponseError),
        (json_response({"code": 1999, "message": "?", "errors": []}, 500), UnknownStatusError),
        (json_response({"code": 1000, "message": "?", "errors": []}, 400), ValidationError),
    ],
)
async def test_permanent(time: FakeClock, answer: Response, expected: type[Exception]) -> None:
    """F45, F60: a failure that no repeat can cure is met once."""
    script = Script(*[answer] * 3)
    with pytest.raises(expected) as caught:
        await boxc(script, time).request("GET", "/shops")
    assert len(script.requests) == 1
    assert getattr(caught.value, "retry_stopped_by", None) == "permanent"


async def test_unreadable_once(time: FakeClock) -> None:
    """F37: an HTML page instead of JSON is asked for once more."""
    script = Script(PAGE, PAGE, PAGE)
    with pytest.raises(InvalidResponseError):
        await boxc(script, time).request("GET", "/shops")
    assert len(script.requests) == 2


async def test_deletion_that_was_done_before(time: FakeClock) -> None:
    """F59: not found, after a deletion whose answer was lost, says it may have been deleted."""
    gone = json_response({"code": 1450, "message": "Credential not found", "errors": []}, 404)
    script = Script(LOST, gone)
    with pytest.raises(NotFoundError) as caught:
        await boxc(script, time).credentials.delete(7)
    assert caught.value.previous_attempt_may_have_succeeded
    assert caught.value.may_have_been_applied


async def test_deadline_of_the_call(time: FakeClock) -> None:
    """A pause that would outlast the call's deadline is not begun."""
    script = Script(
        Response(503, (("Retry-After", "59"),)),
        Response(503, (("Retry-After", "59"),)),
        Response(503, (("Retry-After", "59"),)),
    )
    with pytest.raises(ServerError) as caught:
        await boxc(script, time, retries=Retries(attempts=9)).request("GET", "/shops")
    assert caught.value.retry_stopped_by == "deadline"
    assert sum(time.slept) <= 120


async def test_budget(time: FakeClock) -> None:
    """In an outage 500 calls do not make 1,500 requests: the origin's retry budget runs out."""
    script = Script(*[REFUSED] * 2000)
    client = clocked(BoxTracker, time.clock)(
        "u", "p", transport=ScriptedTransport(script), retries=Retries()
    )
    async with client:
        calls = (client.handshakes.portal() for _ in range(500))
        errors = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in errors} == {ConnectError}
    assert len(script.requests) == 510
    assert {"budget"} <= {
        error.retry_stopped_by for error in errors if isinstance(error, BoxAPIError)
    }


async def test_switched_off(time: FakeClock) -> None:
    """``Retries.none()`` makes each request once."""
    script = Script(REFUSED)
    with pytest.raises(ConnectError):
        await boxc(script, time, retries=Retries.none()).request("GET", "/shops")
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("command", "status", "expected", "requests"),
    [
        (JOB_SITES, 900, ServerError, 3),
        (JOB_SITES, 510, ServerError, 3),
        (PAYMENT, 900, ServerError, 1),
        (JOB_SITES, 311, ServerError, 1),
        (JOB_SITES, 302, NotFoundError, 1),
        (JOB_SITES, 555, UnknownStatusError, 1),
        (PAYMENT, 340, BoxAPIError, 1),
    ],
)
async def test_statuses_of_box_tracker(
    time: FakeClock, command: str, status: int, expected: type[Exception], requests: int
) -> None:
    """F60, F62, F63, F64: only a read is repeated, and only after a failure that may pass."""
    server = FakeTracker(time)
    server.answers.append(
        lambda request: {"status": status} if request.operation == command else None
    )
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server
    ) as client:
        with pytest.raises(expected):
            await client.customer("jane", "jane-password").command(command, **marked(command, 7))
    assert server.counts[command] == requests


async def test_attempts_count_for_the_whole_call(time: FakeClock) -> None:
    """Attempts before and after a refused key count together; the replay itself is extra."""
    server = FakeTracker(time)
    left: list[Callable[[], Any]] = [REFUSED, lambda: {"status": 507}, REFUSED, REFUSED]
    server.answers.append(
        lambda request: left.pop(0)() if left and request.operation == JOB_SITES else None
    )
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server
    ) as client:
        with pytest.raises(ConnectError) as caught:
            await client.customer("jane", "jane-password").command(JOB_SITES, offset=0)
    assert server.counts[JOB_SITES] == 4
    assert caught.value.retry_stopped_by == "attempts"
    assert (server.counts[PORTAL], server.counts[CUSTOMER]) == (2, 2)


@pytest.mark.parametrize(
    ("command", "expected", "requests"),
    [(JOB_SITES, InvalidResponseError, 2), (PAYMENT, OutcomeUnknownError, 1)],
    ids=["reading", "changing"],
)
@pytest.mark.parametrize(
    "answer",
    [
        Response(200, (), b'{"status": 200, "key', delimited=False),
        Response(200, (), b'{"status": 200, "key'),
        Response(200),
        Response(204),
        Response(200, (("Content-Type", "text/html"),), b"<p>"),
    ],
    ids=["F24 cut", "F25 cut", "F36 empty", "F36 no content", "F37 page"],
)
async def test_answers_that_may_be_whole_next_time(
    time: FakeClock, answer: Response, command: str, expected: type[BoxAPIError], requests: int
) -> None:
    """F24, F25, F36, F37: a read is repeated once; a changing command has an unknown outcome."""
    server = FakeTracker(time)
    server.answers.append(lambda request: answer if request.operation == command else None)
    async with clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server
    ) as client:
        with pytest.raises(expected) as caught:
            await client.customer("jane", "jane-password").command(command, **marked(command, 7))
    assert type(caught.value) is expected
    assert caught.value.attempts == server.counts[command] == requests
