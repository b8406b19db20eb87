"""Each error as the clients raise it: can be copied and pickled, has a full text, no secret."""

import pickle
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trustme

from boxapis import (
    APIError,
    AuthenticationError,
    BatchStoppedError,
    BoxAPIError,
    BoxC,
    BoxTracker,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    NotFoundError,
    NotProcessedError,
    OutcomeUnknownError,
    PaginationError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    Retries,
    ServerError,
    SessionExpiredError,
    Timeouts,
    TLSError,
    TransportError,
    UnknownStatusError,
    ValidationError,
    WaitTimeoutError,
    batch,
    errors,
)
from boxapis._core.clock import clocked
from boxapis.transports import DirectTransport, Response, ScriptedTransport
from tests.support.doubles import JOB_SITES, PAYMENT, FakeClock, FakeTracker, json_response
from tests.support.error_copies import COPIERS, Copier, another_process, assert_plain, assert_same
from tests.support.peers import closing_after_request, serving, silent

TOKEN = "canary-token-Zq9X"
SECRETS = (TOKEN, "api-password", "jane-password", "not-her-password", "api-key", "jane-key")

Call = Callable[["BoxTrackerPair"], Awaitable[object]]


class BoxTrackerPair:
    """A client of Box Tracker and the fake service that it talks to."""

    def __init__(self, tracker: BoxTracker, server: FakeTracker) -> None:
        self.tracker = tracker
        self.server = server

    async def command(self, answer: object, name: str = JOB_SITES) -> object:
        """Sends a command that gets this response."""
        self.server.answers.append(lambda request: answer if request.operation == name else None)
        return await self.tracker.customer("jane", "jane-password").command(name)

    async def refused(self, status: int) -> object:
        """Sends a payment that gets this status."""
        return await self.command({"status": status, "errorString": "no"}, PAYMENT)


@asynccontextmanager
async def boxc(*answers: Any) -> AsyncIterator[BoxC]:
    """A client of BoxC whose requests get these responses."""
    transport = ScriptedTransport(answers)
    async with BoxC(TOKEN, transport=transport, retries=Retries.none()) as client:
        yield client


@asynccontextmanager
async def over_sockets(url: str, **timeouts: float) -> AsyncIterator[BoxC]:
    """A client of BoxC at this URL."""
    transport = DirectTransport(timeouts=Timeouts(**timeouts), proxy=False)
    async with BoxC(TOKEN, base_url=url, transport=transport, retries=Retries.none()) as client:
        yield client


async def request_to(
    make_script: Any, method: str, secure: ssl.SSLContext | None = None, **timeouts: float
) -> None:
    """Sends a request to a scripted server on a socket."""
    async with serving(make_script, context=secure) as peer:
        url = f"{peer.origin.scheme}://{peer.origin.authority}/v1"
        async with over_sockets(url, **timeouts) as client:
            await client.request(method, "/shipments")


async def untrusted(_: BoxTrackerPair) -> None:
    """Sends a request to a server whose certificate is not trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    await request_to(silent, "GET", context)


async def closed_port(_: BoxTrackerPair) -> None:
    """Sends a request to a port that no server listens on."""
    async with serving(silent) as peer:
        port = peer.origin.port
    async with over_sockets(f"http://127.0.0.1:{port}") as client:
        await client.request("GET", "/shipments")


async def closed(pair: BoxTrackerPair) -> None:
    """Sends a command after the client was closed."""
    await pair.tracker.aclose()
    await pair.command(None)


async def endless_list(_: BoxTrackerPair) -> None:
    """Reads a list whose next page is always the same."""
    page = {"credentials": [], "next_page": "bGltaXQ9NTA="}
    async with boxc(page, page) as client:
        async for _credential in client.credentials.list():
            pass


async def never_seen(_: BoxTrackerPair) -> None:
    """Waits for a label, and no look at it succeeds."""
    transport = ScriptedTransport(lambda _: json_response({"code": 1001, "message": "No"}, 500))
    client = clocked(BoxC, FakeClock(flows=True).clock)
    async with client(TOKEN, transport=transport, retries=Retries.none()) as waiting:
        await waiting.labels.wait(7, deadline=5)


async def stopped_batch(pair: BoxTrackerPair) -> None:
    """Runs a batch whose first item is refused as all would be."""
    async with batch.run(pair.refused, [509]) as outcomes:
        async for _outcome in outcomes:
            pass


async def limited(_: BoxTrackerPair) -> None:
    """Sends a request that BoxC refuses with 429."""
    body = {"code": 1015, "message": "Too many requests", "errors": ["slow down"]}
    answer = Response(
        429, (("Retry-After", "7"), ("X-Request-Id", "r-1")), json_response(body).body
    )
    async with boxc(answer) as client:
        await client.request("GET", "/shipments")


async def forbidden(_: BoxTrackerPair) -> None:
    """Sends a request that needs a scope the token lacks."""
    text = "Forbidden: Missing required scope 'read_shipments'"
    answer = json_response({"code": 1009, "message": text, "errors": [text]}, 403)
    async with boxc(answer) as client:
        await client.request("GET", "/shipments")


RAISED: dict[str, tuple[type[BoxAPIError], Call]] = {
    "no command": (ConfigurationError, lambda pair: pair.command(None, "cmdNothing")),
    "closed": (ClientClosedError, closed),
    "foreign": (TransportError, lambda pair: pair.command(RuntimeError("api-password"))),
    "closed port": (ConnectError, closed_port),
    "untrusted": (TLSError, untrusted),
    "silence": (RequestTimeoutError, lambda _: request_to(silent, "GET", read=0.05)),
    "lost": (ConnectionLostError, lambda _: request_to(closing_after_request, "GET")),
    "lost, may be done": (ConnectionLostError, lambda _: request_to(closing_after_request, "PUT")),
    "lost, changing": (OutcomeUnknownError, lambda _: request_to(closing_after_request, "POST")),
    "a page": (InvalidResponseError, lambda pair: pair.command(Response(200, (), b"<p>"))),
    "no login": (
        AuthenticationError,
        lambda pair: pair.tracker.customer("jane", "not-her-password").handshake(),
    ),
    "wrong address": (PermissionDeniedError, lambda pair: pair.refused(509)),
    "scope": (PermissionDeniedError, forbidden),
    "expired twice": (SessionExpiredError, lambda pair: pair.refused(507)),
    "missing": (ValidationError, lambda pair: pair.refused(303)),
    "no report": (NotFoundError, lambda pair: pair.refused(312)),
    "booked": (ConflictError, lambda pair: pair.refused(515)),
    "declined": (PaymentError, lambda pair: pair.refused(340)),
    "too many": (RateLimitError, limited),
    "failed": (ServerError, lambda pair: pair.refused(512)),
    "too large": (NotProcessedError, lambda pair: pair.command(Response(413, (), b"<p>"))),
    "unlisted": (UnknownStatusError, lambda pair: pair.refused(555)),
    "endless list": (PaginationError, endless_list),
    "never seen": (WaitTimeoutError, never_seen),
    "batch": (BatchStoppedError, stopped_batch),
}


@pytest.fixture(scope="module")
def other_process() -> Iterator[Copier]:
    """Copies errors through another process, shared by all tests here."""
    with another_process() as copier:
        yield copier


@pytest.mark.parametrize(("kind", "call"), RAISED.values(), ids=RAISED)
async def test_raised_errors(
    kind: type[BoxAPIError],
    call: Call,
    client: BoxTracker,
    server: FakeTracker,
    other_process: Copier,
) -> None:
    """Each error survives copy and pickle, holds plain values and no secret, has a full text."""
    with pytest.raises(BoxAPIError) as caught:
        await call(BoxTrackerPair(client, server))
    error = caught.value
    assert type(error) is kind
    for copier in (*COPIERS.values(), other_process):
        assert_same(copier(error), error)
    assert_plain(vars(error))
    assert not [secret for secret in SECRETS if secret.encode() in pickle.dumps(error)]
    assert_full_text(error)


def assert_full_text(error: BoxAPIError) -> None:
    """The text has the operation first, and at the end the outcome and the next step, once."""
    text = str(error)
    nothing = "[Nn]othing was (?:sent|changed)|No further item was begun"
    outcomes = re.findall(f"{nothing}|[Ii]t may have been carried out", text)
    assert len(outcomes) == 1
    assert ("may have been carried out" in outcomes[0]) is error.may_have_been_applied
    assert text.endswith(f"{outcomes[0]}: {error.next_step}.")
    if error.operation:
        assert text.startswith(f"{error.operation}: ")


def test_every_class_is_raised() -> None:
    """`RAISED` has every class except the two abstract ones."""
    classes = {getattr(errors, name) for name in errors.__all__ if name.endswith("Error")}
    assert classes - {kind for kind, _ in RAISED.values()} == {BoxAPIError, APIError}


async def test_each_caller_gets_a_copy(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """A note on the error of one caller is not on that of the next, even within a cool-down."""
    customer = client.customer("jane", "not-her-password")
    caught: list[BoxAPIError] = []
    for _ in range(2):
        with pytest.raises(AuthenticationError) as one:
            await customer.command(JOB_SITES)
        one.value.add_note(f"attempt {len(caught)}")
        caught.append(one.value)
    assert [error.__notes__ for error in caught] == [["attempt 0"], ["attempt 1"]]
