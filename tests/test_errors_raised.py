"""Each error as the client really raises it: it travels, tells all, and holds no secret."""

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
    errors,
)
from boxapis.transports import DirectTransport, Response, ScriptedTransport
from tests.support.doubles import JOB_SITES, PAYMENT, FakeClock, FakeTracker, json_response
from tests.support.peers import closing_after_request, serving, silent
from tests.support.travel import JOURNEYS, Journey, another_process, assert_plain, assert_same

TOKEN = "canary-token-Zq9X"
SECRETS = (TOKEN, "api-password", "jane-password", "not-her-password", "api-key", "jane-key")

Call = Callable[["Sides"], Awaitable[object]]


class Sides:
    """Whom the calls of the table go to."""

    def __init__(self, tracker: BoxTracker, server: FakeTracker) -> None:
        self.tracker = tracker
        self.server = server

    async def command(self, answer: object, name: str = JOB_SITES) -> object:
        """A command that Box Tracker answers so."""
        self.server.answers.append(lambda request: answer if request.operation == name else None)
        return await self.tracker.customer("jane", "jane-password").command(name)

    async def refused(self, status: int) -> object:
        """A payment that Box Tracker answers with this status."""
        return await self.command({"status": status, "errorString": "no"}, PAYMENT)


@asynccontextmanager
async def boxc(*answers: Any) -> AsyncIterator[BoxC]:
    """A client of BoxC whose requests are answered so."""
    transport = ScriptedTransport(answers)
    async with BoxC(TOKEN, transport=transport, retries=Retries.none()) as client:
        yield client


@asynccontextmanager
async def over_sockets(url: str, **timeouts: float) -> AsyncIterator[BoxC]:
    """A client of what listens there."""
    transport = DirectTransport(timeouts=Timeouts(**timeouts), proxy=False)
    async with BoxC(TOKEN, base_url=url, transport=transport, retries=Retries.none()) as client:
        yield client


async def asked_of(
    make_script: Any, method: str, secure: ssl.SSLContext | None = None, **timeouts: float
) -> None:
    """A request to a server on a socket that plays a script."""
    async with serving(make_script, context=secure) as peer:
        url = f"{peer.origin.scheme}://{peer.origin.authority}/v1"
        async with over_sockets(url, **timeouts) as client:
            await client.request(method, "/shipments")


async def distrusted(_: Sides) -> None:
    """A server whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    await asked_of(silent, "GET", context)


async def nobody_there(_: Sides) -> None:
    """A port that nobody listens on any more."""
    async with serving(silent) as peer:
        port = peer.origin.port
    async with over_sockets(f"http://127.0.0.1:{port}") as client:
        await client.request("GET", "/shipments")


async def closed(sides: Sides) -> None:
    """A command after the end."""
    await sides.tracker.aclose()
    await sides.command(None)


async def without_end(_: Sides) -> None:
    """A list whose next page is always the same."""
    page = {"credentials": [], "next_page": "bGltaXQ9NTA="}
    async with boxc(page, page) as client:
        async for _credential in client.credentials.list():
            pass


async def limited(_: Sides) -> None:
    """More requests than BoxC takes."""
    body = {"code": 1015, "message": "Too many requests", "errors": ["slow down"]}
    answer = Response(
        429, (("Retry-After", "7"), ("X-Request-Id", "r-1")), json_response(body).body
    )
    async with boxc(answer) as client:
        await client.request("GET", "/shipments")


async def forbidden(_: Sides) -> None:
    """A scope that the token lacks."""
    text = "Forbidden: Missing required scope 'read_shipments'"
    answer = json_response({"code": 1009, "message": text, "errors": [text]}, 403)
    async with boxc(answer) as client:
        await client.request("GET", "/shipments")


RAISED: dict[str, tuple[type[BoxAPIError], Call]] = {
    "no command": (ConfigurationError, lambda sides: sides.command(None, "cmdNothing")),
    "closed": (ClientClosedError, closed),
    "foreign": (TransportError, lambda sides: sides.command(RuntimeError("api-password"))),
    "nobody there": (ConnectError, nobody_there),
    "distrusted": (TLSError, distrusted),
    "silence": (RequestTimeoutError, lambda _: asked_of(silent, "GET", read=0.05)),
    "lost": (ConnectionLostError, lambda _: asked_of(closing_after_request, "GET")),
    "lost, may be done": (ConnectionLostError, lambda _: asked_of(closing_after_request, "PUT")),
    "lost, changing": (OutcomeUnknownError, lambda _: asked_of(closing_after_request, "POST")),
    "a page": (InvalidResponseError, lambda sides: sides.command(Response(200, (), b"<p>"))),
    "no login": (
        AuthenticationError,
        lambda sides: sides.tracker.customer("jane", "not-her-password").handshake(),
    ),
    "wrong address": (PermissionDeniedError, lambda sides: sides.refused(509)),
    "scope": (PermissionDeniedError, forbidden),
    "expired twice": (SessionExpiredError, lambda sides: sides.refused(507)),
    "missing": (ValidationError, lambda sides: sides.refused(303)),
    "no report": (NotFoundError, lambda sides: sides.refused(312)),
    "booked": (ConflictError, lambda sides: sides.refused(515)),
    "declined": (PaymentError, lambda sides: sides.refused(340)),
    "too many": (RateLimitError, limited),
    "failed": (ServerError, lambda sides: sides.refused(512)),
    "unlisted": (UnknownStatusError, lambda sides: sides.refused(555)),
    "no end": (PaginationError, without_end),
}


@pytest.fixture(scope="module")
def abroad() -> Iterator[Journey]:
    """Another process, the same for all tests here."""
    with another_process() as journey:
        yield journey


@pytest.mark.parametrize(("kind", "call"), RAISED.values(), ids=RAISED)
async def test_what_is_raised_travels(
    kind: type[BoxAPIError],
    call: Call,
    client: BoxTracker,
    server: FakeTracker,
    abroad: Journey,
) -> None:
    """It keeps all it holds by every way, which is plain values and no secret, and tells all."""
    with pytest.raises(BoxAPIError) as caught:
        await call(Sides(client, server))
    error = caught.value
    assert type(error) is kind
    for journey in (*JOURNEYS.values(), abroad):
        assert_same(journey(error), error)
    assert_plain(vars(error))
    assert not [secret for secret in SECRETS if secret.encode() in pickle.dumps(error)]
    assert_tells_all(error)


def assert_tells_all(error: BoxAPIError) -> None:
    """What happened, and once at the end: the outcome and a next step."""
    text = str(error)
    outcomes = re.findall(r"[Nn]othing was (?:sent|changed)|[Ii]t may have been carried out", text)
    assert len(outcomes) == 1
    assert ("may have been carried out" in outcomes[0]) is error.may_have_been_applied
    assert text.endswith(f"{outcomes[0]}: {error.next_step}.")
    if error.operation:
        assert text.startswith(f"{error.operation}: ")


def test_every_class_is_raised() -> None:
    """The table has every class but those that others are only derived from."""
    classes = {getattr(errors, name) for name in errors.__all__ if name.endswith("Error")}
    assert classes - {kind for kind, _ in RAISED.values()} == {BoxAPIError, APIError}


async def test_a_copy_of_a_failure_for_each_who_waits(
    client: BoxTracker, server: FakeTracker, time: FakeClock
) -> None:
    """What one caller notes on its error is not on the error of the next, cool-down or not."""
    customer = client.customer("jane", "not-her-password")
    caught: list[BoxAPIError] = []
    for _ in range(2):
        with pytest.raises(AuthenticationError) as one:
            await customer.command(JOB_SITES)
        one.value.add_note(f"attempt {len(caught)}")
        caught.append(one.value)
    assert [error.__notes__ for error in caught] == [["attempt 0"], ["attempt 1"]]
