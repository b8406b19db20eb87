"""Calls of BoxC against scripted answers: tokens, bodies, errors."""

import asyncio
from typing import Any

import pytest

from boxapis import (
    APIError,
    AuthenticationError,
    BoxC,
    ClientClosedError,
    ConfigurationError,
    ConnectionLostError,
    NotFoundError,
    OutcomeUnknownError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    Retries,
    Secret,
)
from boxapis._core.clock import clocked
from boxapis._sansio.boxc import responses
from boxapis.transports import Request, Response, ScriptedTransport
from tests.support.doubles import FakeClock, json_response, until

pytestmark = pytest.mark.flowing_time

TOKEN = "POST /auth/v1/token"
NONE = Retries.none()
QUIET: Any = {"retries": NONE}
FLOWING = FakeClock(flows=True).clock


def token_answer(number: int = 1, life: object = 315360000) -> dict[str, Any]:
    """The token endpoint's answer."""
    return {"token_type": "Bearer", "access_token": f"fetched-{number}", "expires_in": life}


class Side:
    """A scripted service: issues tokens, records requests, answers in turn."""

    def __init__(self, *answers: Any, lives: object = 315360000) -> None:
        self.answers = list(answers)
        self.lives = lives
        self.tokens = 0
        self.gate: asyncio.Event | None = None
        self.transport = ScriptedTransport(self.answer)

    async def answer(self, request: Request) -> Any:
        """The answer to a request."""
        await (self.gate.wait() if self.gate else asyncio.sleep(0))
        if request.operation == TOKEN:
            self.tokens += 1
            return token_answer(self.tokens, self.lives)
        return self.answers.pop(0) if self.answers else {"warehouses": []}

    def bearers(self) -> list[str | None]:
        """The Authorization header of each API request."""
        return [
            request.header("authorization")
            for request in self.transport.requests
            if request.operation != TOKEN
        ]


def refusal(code: int, status: int, **fields: Any) -> Response:
    """An error envelope of BoxC."""
    return json_response({"code": code, "message": "said no", **fields}, status)


def granted(side: Side, time: FakeClock) -> BoxC:
    """A client that fetches its tokens."""
    return clocked(BoxC, time.clock)(
        client_id="client",
        client_secret="secret",
        transport=side.transport,
        retries=NONE,
    )


async def test_given_token() -> None:
    """A given token is sent in the Authorization header, and no other is fetched."""
    side = Side()
    async with clocked(BoxC, FLOWING)("given-token", **QUIET, transport=side.transport) as boxc:
        await boxc.request("GET", "/warehouses")
    assert side.bearers() == ["Bearer given-token"]
    assert side.tokens == 0


async def test_token_is_fetched_once(time: FakeClock) -> None:
    """A thousand first calls share one token request, with HTTP Basic and the grant alone."""
    side = Side()
    async with granted(side, time) as boxc:
        await asyncio.gather(*(boxc.request("GET", "/warehouses") for _ in range(1000)))
    assert side.tokens == 1
    assert set(side.bearers()) == {"Bearer fetched-1"}
    first = side.transport.requests[0]
    assert first.arguments == {"grant_type": "client_credentials"}
    assert first.header("authorization") == "Basic Y2xpZW50OnNlY3JldA=="
    assert first.origin.host == "accounts.boxc.com"


@pytest.mark.parametrize("answer", [refusal(1005, 401), refusal(1008, 403), Response(401)])
async def test_refused_token_is_replaced_once(time: FakeClock, answer: Response) -> None:
    """F57: 401, 1005 and 1008 cost one new token and one replay."""
    side = Side({"warehouses": []}, answer)
    async with granted(side, time) as boxc:
        await boxc.request("GET", "/warehouses")
        await boxc.request("POST", "/shipments", json={"shipment": {}})
    assert side.bearers() == ["Bearer fetched-1", "Bearer fetched-1", "Bearer fetched-2"]


async def test_refused_token_for_all_at_once(time: FakeClock) -> None:
    """F57: 500 refusals of one token cost one new token, because each names the token it used."""
    tokens = 0

    async def answer(request: Request) -> Any:
        nonlocal tokens
        await asyncio.sleep(0)
        if request.operation == TOKEN:
            tokens += 1
            return token_answer(tokens)
        old = request.header("authorization") == "Bearer fetched-1"
        return refusal(1005, 401) if old else {"warehouses": []}

    transport = ScriptedTransport(answer)
    async with clocked(BoxC, time.clock)(
        client_id="c", client_secret="s", transport=transport, retries=NONE
    ) as boxc:
        answers = await asyncio.gather(*(boxc.request("GET", "/warehouses") for _ in range(500)))
    assert len(answers) == 500
    assert tokens == 2


@pytest.mark.parametrize("answer", [refusal(1005, 502), refusal(1015, 503)])
@pytest.mark.parametrize("settles", [True, False])
async def test_refusal_under_a_failure(
    time: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    answer: Response,
    settles: bool,  # noqa: FBT001 - a column
) -> None:
    """F148: What is repeated was not carried out, as its error says; what may have been is not."""
    if not settles:
        monkeypatch.setattr(responses, "_REFUSED_FIRST", ())
    side = Side(answer)
    made = clocked(BoxC, time.clock)(
        client_id="client", client_secret="secret", transport=side.transport
    )
    async with made as boxc:
        if settles:
            await boxc.request("POST", "/shipments", json={})
        else:
            with pytest.raises(APIError) as caught:
                await boxc.request("POST", "/shipments", json={})
            assert caught.value.may_have_been_applied
    assert len(side.bearers()) == 1 + settles


async def test_second_refusal_stops(time: FakeClock) -> None:
    """F57: a second refusal is raised to the caller."""
    side = Side(refusal(1005, 401), refusal(1005, 401))
    async with granted(side, time) as boxc:
        with pytest.raises(AuthenticationError) as caught:
            await boxc.request("GET", "/warehouses")
    assert caught.value.attempts == 2


async def test_given_token_is_not_replaced() -> None:
    """A refused token that the user gave is an error at once."""
    side = Side(refusal(1005, 401))
    async with clocked(BoxC, FLOWING)("given-token", **QUIET, transport=side.transport) as boxc:
        with pytest.raises(AuthenticationError):
            await boxc.request("GET", "/warehouses")
    assert len(side.bearers()) == 1


async def test_close_while_a_token_is_fetched(time: FakeClock) -> None:
    """Closing ends all calls that wait for a token."""
    side = Side()
    side.gate = asyncio.Event()
    boxc = granted(side, time)
    calls = [asyncio.create_task(run(boxc)) for _ in range(50)]
    await until(lambda: bool(side.transport.requests))
    await boxc.aclose()
    await boxc.aclose()
    errors = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in errors} == {ClientClosedError}
    assert side.transport.closed
    assert repr(boxc) == "<BoxC api.boxc.com, closed>"


async def run(boxc: BoxC) -> Any:
    """Makes one call."""
    return await boxc.request("GET", "/warehouses")


async def test_bodies() -> None:
    """JSON is decoded, a PDF comes as bytes, an empty body as None."""
    pdf = Response(200, (("Content-Type", "application/pdf"),), b"%PDF-1.4")
    side = Side({"label": {}}, pdf, pdf, Response(201))
    async with clocked(BoxC, FLOWING)("given-token", **QUIET, transport=side.transport) as boxc:
        assert await boxc.request("GET", "/labels/7") == {"label": {}}
        assert await boxc.request("GET", "/labels/7", accept="application/pdf") == b"%PDF-1.4"
        assert await boxc.request("POST", "/labels/bulk", json={"labels": [7]}) == b"%PDF-1.4"
        assert await boxc.request("POST", "/track", json={"events": []}) is None
    assert side.transport.requests[1].header("accept") == "application/pdf"
    assert side.transport.requests[2].header("content-type") == "application/json"


async def test_parameters_and_secrets_in_json() -> None:
    """Parameters are percent-encoded, None is left out, and a Secret in JSON is sent in full."""
    side = Side()
    async with clocked(BoxC, FLOWING)("given-token", **QUIET, transport=side.transport) as boxc:
        await boxc.request(
            "POST",
            "/estimate",
            params={"packages[0][length]": 10, "b": True, "gone": None},
            json={"deep": [{"value": Secret("é&")}]},
        )
    sent = side.transport.requests[0]
    assert sent.target == "/v1/estimate?packages%5B0%5D%5Blength%5D=10&b=true"
    assert sent.body == '{"deep":[{"value":"é&"}]}'.encode()


async def test_error_fields() -> None:
    """An error keeps code, HTTP status, texts and request id; the scope is named."""
    answer = Response(
        403,
        (("X-Request-Id", "r-1"), ("Content-Type", "application/json")),
        b'{"code": 1009, "message": "Forbidden: Missing required scope \'read_shops\'",'
        b' "errors": ["one", "two"]}',
    )
    async with clocked(BoxC, FLOWING)(
        "given-token", **QUIET, transport=ScriptedTransport([answer])
    ) as boxc:
        with pytest.raises(PermissionDeniedError, match="add the scope read_shops") as caught:
            await boxc.request("GET", "/shops")
    error = caught.value
    assert (
        error.code,
        error.status,
        error.request_id,
        error.errors,
    ) == (1009, 403, "r-1", ("one", "two"))
    assert error.details == {"scope": "read_shops"}
    assert error.operation == "GET /shops"


async def test_rate_limit() -> None:
    """F47: 1015 is a RateLimitError with the pause the service asks for."""
    answer = Response(
        429, (("Retry-After", "3"),), b'{"code": 1015, "message": "Too many", "errors": ["x"]}'
    )
    async with clocked(BoxC, FLOWING)(
        "given-token", **QUIET, transport=ScriptedTransport([answer])
    ) as boxc:
        with pytest.raises(RateLimitError) as caught:
            await boxc.request("GET", "/shops")
    assert caught.value.retry_after == 3.0
    assert not caught.value.may_have_been_applied


@pytest.mark.parametrize(
    ("method", "expected", "applied"),
    [
        ("GET", ConnectionLostError, False),
        ("PUT", ConnectionLostError, True),
        ("DELETE", ConnectionLostError, True),
        ("POST", OutcomeUnknownError, True),
        ("PATCH", ConnectionLostError, True),  # of a label, which may be repeated
    ],
)
async def test_lost_answers(method: str, expected: type[Exception], applied: bool) -> None:  # noqa: FBT001 - a column
    """What a lost answer means depends on whether the operation changes something."""
    lost = ConnectionLostError("lost", phase="read", sent=True)
    async with clocked(BoxC, FLOWING)(
        "given-token", **QUIET, transport=ScriptedTransport([lost])
    ) as boxc:
        with pytest.raises(expected) as caught:
            await boxc.request(method, "/labels/7")
    assert getattr(caught.value, "may_have_been_applied", None) is applied


async def test_error_without_envelope() -> None:
    """An error page is judged by its HTTP status alone, and not quoted."""
    page = Response(404, (("Content-Type", "text/html"),), b"<html>given-token</html>")
    async with clocked(BoxC, FLOWING)(
        "given-token", **QUIET, transport=ScriptedTransport([page])
    ) as boxc:
        with pytest.raises(NotFoundError) as caught:
            await boxc.request("GET", "/nothing")
    assert "given-token" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"method": "FETCH", "path": "/shops"}, "method"),
        ({"method": "GET", "path": "shops"}, "path"),
        ({"method": "GET", "path": "/shops?limit=1"}, "path"),
        ({"method": "GET", "path": "/shops/../users"}, "must not have . or .. as a part"),
        ({"method": "GET", "path": "/shops", "params": {"a": [1]}}, "'a'"),
        ({"method": "GET", "path": "/shops", "params": {"a": "\ud800"}}, "'a'"),
        ({"method": "POST", "path": "/shops", "json": {"a": object()}}, "json"),
        ({"method": "GET", "path": "/shops", "accept": "a\nb"}, "accept"),
    ],
)
async def test_bad_requests(arguments: dict[str, Any], word: str) -> None:
    """A request that cannot be sent is refused before anything is sent."""
    side = Side()
    async with clocked(BoxC, FLOWING)("given-token", **QUIET, transport=side.transport) as boxc:
        with pytest.raises(ConfigurationError, match=word):
            await boxc.request(**arguments)
    assert side.transport.requests == []


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
@pytest.mark.parametrize(
    "answer",
    [Response(402), *(refusal(code, 402) for code in (1080, 1081, 1082))],
    ids=["F58 without code", "F58 1080", "F58 1081", "F58 1082"],
)
async def test_account_without_money(time: FakeClock, answer: Response, method: str) -> None:
    """F58: an account that cannot be charged is a PaymentError, and the request is not repeated."""
    side = Side(answer)
    async with clocked(BoxC, time.clock)("given-token", transport=side.transport) as boxc:
        with pytest.raises(PaymentError) as caught:
            await boxc.request(method, "/labels")
    assert (caught.value.status, caught.value.retry_stopped_by) == (402, "permanent")
    assert not caught.value.may_have_been_applied
    assert len(side.transport.requests) == 1
