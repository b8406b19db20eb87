"""Connections whose answer was not understood: each is ended in the step that reads the answer."""

import asyncio
import contextlib
from typing import Any

import orjson
import pytest
from attrs import evolve

from boxapis import (
    APIError,
    BoxAPIError,
    BoxC,
    BoxTracker,
    ClientClosedError,
    InvalidResponseError,
    Retries,
)
from boxapis._core.clock import clocked
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.doubles import CUSTOMER, JOB_SITES, LOG_OUT, WEB, FakeClock, FakeTracker, until

JSON = (("content-type", "application/json"),)
HTML = (("content-type", "text/html"),)
PAGE = b"<html><title>Sign in</title></html>"
ONCE = Retries(attempts=1)

Answer = tuple[int, tuple[tuple[str, str], ...], bytes]


def json(value: object, status: int = 200) -> Answer:
    """An answer with this JSON."""
    return status, JSON, orjson.dumps(value)


class Carrier:
    """A transport over another one, whose answers note which connections were ended.

    Attributes:
        discarded: The operation of each answer whose connection was ended.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.discarded: list[str] = []

    async def send(self, request: Request, *, deadline: float) -> Response:
        """Sends through the other transport."""
        response: Response = await self._inner.send(request, deadline=deadline)
        return evolve(response, end_connection=lambda: self.discarded.append(request.operation))

    async def aclose(self) -> None:
        """Closes the other transport."""
        await self._inner.aclose()


NOT_UNDERSTOOD: dict[str, Answer] = {
    "a page": (200, HTML, PAGE),
    "a page of a gateway": (502, HTML, PAGE),
    "a page of a proxy": (403, HTML, PAGE),
    "a redirect": (302, HTML, PAGE),
    "truncated JSON": (200, JSON, b'{"orders": ['),
    "an error without a code": json({"message": "no"}, 500),
    "a gateway's code": json({"code": 404, "message": "no route"}, 404),
    "a gateway's code that BoxC has, too": json({"code": 503, "message": "no upstream"}, 503),
    "a code without a meaning": json({"code": 9999, "message": "no"}, 400),
    "a code without a meaning in a success": json({"code": 404, "message": "no"}),
    "words of the envelope alone": json({"status": "ok"}),
    "a bare number": json(5),
    "nothing": (200, JSON, b""),
}
UNDERSTOOD: dict[str, Answer] = {
    "an object": json({"orders": []}),
    "a list": json([]),
    "an error of the service": json({"code": 1001, "message": "no", "status": 404}, 404),
    "a failure of the service": json({"code": 1000, "message": "no", "status": 500}, 500),
}


@pytest.mark.parametrize("case", [*NOT_UNDERSTOOD, *UNDERSTOOD])
async def test_answers_of_boxc(case: str) -> None:
    """F106: a connection is ended unless its answer is the service's own, be it an error."""
    answer = (NOT_UNDERSTOOD | UNDERSTOOD)[case]
    carrier = Carrier(ScriptedTransport([Response(*answer)]))
    async with BoxC("token", transport=carrier, retries=ONCE) as boxc:
        with contextlib.suppress(BoxAPIError):
            await boxc.request("GET", "/orders")
    assert len(carrier.discarded) == (case in NOT_UNDERSTOOD)


async def test_text_in_place_of_a_file() -> None:
    """F106: text where another file was asked for is returned, and its connection ended."""
    answers = [Response(200, HTML, PAGE), Response(200, (("content-type", "image/png"),), b"\x89")]
    carrier = Carrier(ScriptedTransport(answers))
    async with BoxC("token", transport=carrier) as boxc:
        for _ in range(2):
            await boxc.request("GET", "/labels/1", accept="image/png")
    assert len(carrier.discarded) == 1


@pytest.mark.parametrize("headers", [HTML, (), (("content-type", "application/octet-stream"),)])
async def test_a_page_in_place_of_a_label(headers: Any) -> None:
    """F106: what is no PDF where one was asked for is an error, and its connection ended."""
    carrier = Carrier(ScriptedTransport([Response(200, headers, PAGE)]))
    async with BoxC("token", transport=carrier, retries=ONCE) as boxc:
        with pytest.raises(InvalidResponseError):
            await boxc.request("GET", "/labels/1", accept="application/pdf")
    assert len(carrier.discarded) == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"credential": {"id": 7}}, {"credential": {"id": 8, "carrier": "USPS"}}],
    ids=["another thing", "a part", "another record"],
)
async def test_typed_answers(body: dict[str, Any]) -> None:
    """F95, F106: a shape that is not the documented one counts as not understood."""
    carrier = Carrier(ScriptedTransport([Response(*json(body))]))
    async with BoxC("token", transport=carrier) as boxc:
        with pytest.raises(InvalidResponseError):
            await boxc.credentials.get(7)
    assert carrier.discarded


def tracker(server: FakeTracker, time: FakeClock) -> tuple[BoxTracker, Carrier]:
    """A client of a Box Tracker in memory, and its transport."""
    carrier = Carrier(server)
    made = clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=carrier, retries=ONCE
    )
    return made, carrier


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        (JOB_SITES, {"status": 200, "customerID": 99999}),
        (JOB_SITES, {"greeting": "hello"}),
        (CUSTOMER, {"status": 200, "sessionKey": "other"}),
        (CUSTOMER, {"status": 200, "customerID": 13913}),
    ],
    ids=["a command of another", "no envelope", "no customer", "no key"],
)
async def test_answers_of_box_tracker(operation: str, answer: dict[str, Any]) -> None:
    """F95, F106: what belongs to another customer, or lacks a part, ends its connection."""
    time = FakeClock()
    server = FakeTracker(time)
    client, carrier = tracker(server, time)
    server.answers.append(lambda asked: answer if asked.operation == operation else None)
    async with client:
        with pytest.raises(InvalidResponseError):
            await client.customer("jane", "jane-password").command(JOB_SITES, offset=0)
    assert carrier.discarded == [operation]


@pytest.mark.parametrize(
    ("http_status", "status", "discarded"),
    [
        (404, 404, [JOB_SITES]),
        (500, 500, [JOB_SITES]),
        (200, 404, [JOB_SITES]),
        (200, 500, []),
        (200, 514, []),
    ],
)
async def test_status_of_a_gateway(http_status: int, status: int, discarded: list[str]) -> None:
    """F106: a gateway's JSON repeats its HTTP status; only a documented status is the service's."""
    time = FakeClock()
    server = FakeTracker(time)
    client, carrier = tracker(server, time)
    page = Response(*json({"status": status, "error": "Not Found", "path": "/"}, http_status))
    server.answers.append(lambda asked: page if asked.operation == JOB_SITES else None)
    async with client:
        with pytest.raises(APIError):
            await client.customer("jane", "jane-password").command(JOB_SITES, offset=0)
    assert carrier.discarded == discarded


async def test_another_customers_confirmation() -> None:
    """F95, F106: the customer's id is compared before anything else can use the connection."""
    time = FakeClock()
    server = FakeTracker(time)
    client, carrier = tracker(server, time)
    async with client:
        customer = client.customer("jane", "jane-password")
        await customer.handshake()
        time.advance(250)
        answer = {"status": 200, "sessionKey": "other", "customerID": 99999}
        server.answers.append(lambda asked: answer if asked.operation == CUSTOMER else None)
        with pytest.raises(InvalidResponseError):
            await customer.command(JOB_SITES, offset=0)
    assert carrier.discarded == [CUSTOMER]


async def test_shape_of_a_handshake() -> None:
    """F106: a handshake whose documented fields have another type is not understood."""
    answer = json({"status": 200, "sessionKey": "key", "txnClasses": 5})
    carrier = Carrier(ScriptedTransport([Response(*answer)]))
    async with BoxTracker("api-user", "api-password", transport=carrier) as client:
        with pytest.raises(InvalidResponseError):
            await client.handshakes.web_api()
    assert carrier.discarded == [WEB]


async def test_answer_that_is_not_read() -> None:
    """F106: the answer to a log-out that no caller waits for ends its connection."""
    time = FakeClock()
    server = FakeTracker(time)
    client, carrier = tracker(server, time)
    async with client:
        customer = client.customer("jane", "jane-password")
        server.gates[CUSTOMER] = asyncio.Event()
        login = asyncio.create_task(customer.handshake())
        await until(lambda: server.counts[CUSTOMER] == 1)
        await customer.logout()
        server.gates[CUSTOMER].set()
        with pytest.raises(ClientClosedError):
            await login
        await until(lambda: server.counts[LOG_OUT] == 1)
        await until(lambda: bool(carrier.discarded))
    assert carrier.discarded == [LOG_OUT]
