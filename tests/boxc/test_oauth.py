"""OAuth: the URL for a browser, the exchange of codes, the end of an access."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from boxapis import (
    APIError,
    AuthenticationError,
    BoxAPIError,
    BoxC,
    ConfigurationError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    Retries,
    Secret,
    ServerError,
    TransportError,
    ValidationError,
)
from boxapis._http.raw_response import RawResponse
from boxapis.boxc.oauth import Tokens
from boxapis.transports import Response, ScriptedTransport
from tests.support.doubles import closed_later

pytestmark = pytest.mark.usefixtures("closing")

CODE = "8de3a284c25392b4"
BACK = "https://www.example.com/auth?provider=boxc&a=ü"
TOKENS = {
    "token_type": "Bearer",
    "id_token": "aWQ.dG9r.ZW4",
    "access_token": "YWNj.ZXNz.dG9r",
    "expires_in": 315360000,
}


def client(*answers: Any, retries: Retries | None = None) -> tuple[BoxC, ScriptedTransport]:
    """A client with ID and secret, and its script."""
    transport = ScriptedTransport(answers)
    boxc = BoxC(
        client_id="client",
        client_secret="s3cr3t",
        accounts_url="https://accounts.example/base",
        retries=retries or Retries.none(),
        transport=transport,
    )
    return closed_later(boxc), transport


def test_authorize_url() -> None:
    """The URL has ID, address, state and nonce, each encoded; nothing is sent."""
    boxc, transport = client()
    url = boxc.oauth.authorize_url(BACK, "s/+ t", "n&n")
    parts = urlsplit(url)
    assert url.isascii()
    assert (parts.scheme, parts.netloc, parts.path) == (
        *("https", "accounts.example"),
        "/base/auth/v1/authorize",
    )
    assert parse_qs(parts.query, strict_parsing=True) == {
        "client_id": ["client"],
        "response_type": ["code"],
        "redirect_uri": [BACK],
        "state": ["s/+ t"],
        "nonce": ["n&n"],
    }
    assert "nonce" not in boxc.oauth.authorize_url(BACK, "s")
    assert transport.requests == []


@pytest.mark.parametrize("code", [CODE, Secret(CODE)], ids=["text", "secret"])
async def test_exchange(code: Any) -> None:
    """A code becomes sealed tokens; the request is a form with the client's authorization."""
    boxc, transport = client({**TOKENS, "refresh_token": "x", "note": 1})
    tokens = await boxc.oauth.exchange(code, BACK)
    assert tokens == Tokens(
        access_token=Secret("YWNj.ZXNz.dG9r"),
        id_token=Secret("aWQ.dG9r.ZW4"),
        token_type="Bearer",
        expires_in=315360000,
        extra={"refresh_token": Secret("x"), "note": 1},
    )
    assert "YWNj" not in repr(tokens)
    assert "aWQ" not in repr(tokens)
    (request,) = transport.requests
    assert (request.method, request.target) == ("POST", "/base/auth/v1/token")
    assert request.header("authorization") == "Basic Y2xpZW50OnMzY3IzdA=="
    form = {"grant_type": "authorization_code", "code": CODE, "redirect_uri": BACK}
    assert request.arguments == form


async def test_revoke() -> None:
    """The access of a user ends by its id, a number or text."""
    boxc, transport = client(Response(200), Response(200))
    await boxc.oauth.revoke(12006)
    await boxc.oauth.revoke("12006")
    assert [request.arguments for request in transport.requests] == [{"sub": "12006"}] * 2
    assert transport.requests[0].target == "/base/auth/v1/revoke"


async def test_raw() -> None:
    """The raw view returns status and headers beside the tokens."""
    boxc, _ = client(TOKENS, Response(200))
    raw = await boxc.raw.oauth.exchange(CODE, BACK)
    assert isinstance(raw, RawResponse)
    assert (raw.status, raw.decoded.token_type) == (200, "Bearer")
    assert (await boxc.raw.oauth.revoke(7)).decoded is None


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": "a b"}, [], None])
async def test_no_token(body: Any) -> None:
    """A success without a usable token settles nothing: the code may be spent."""
    boxc, _ = client(body if body is not None else Response(200, (), b"<html>"))
    with pytest.raises(OutcomeUnknownError):
        await boxc.oauth.exchange(CODE, BACK)


async def test_a_code_is_sent_once() -> None:
    """A lost response repeats nothing: the code may be spent."""
    lost = TransportError("lost", phase="read", sent=True)
    boxc, transport = client(lost, TOKENS, retries=Retries())
    with pytest.raises(OutcomeUnknownError):
        await boxc.oauth.exchange(CODE, BACK)
    assert len(transport.requests) == 1


REFUSED = (
    (400, ValidationError),
    (401, AuthenticationError),
    (403, AuthenticationError),
    (404, NotFoundError),
    (429, RateLimitError),
    (500, ServerError),
)


@pytest.mark.parametrize(("status", "kind"), REFUSED)
async def test_refusals(status: int, kind: type[APIError]) -> None:
    """The HTTP status tells the error; what the body says, and the code, are not in it."""
    body = orjson.dumps({"error": CODE})
    answer = Response(status, (("Retry-After", "7"),), body)
    boxc, _ = client(answer, answer)
    with pytest.raises(kind) as caught:
        await boxc.oauth.exchange(CODE, BACK)
    assert CODE not in str(caught.value)
    assert caught.value.may_have_been_applied is (status == 500)
    assert ("exchanged once" in str(caught.value)) is (status == 400)
    with pytest.raises(kind) as caught:
        await boxc.oauth.revoke(7)
    assert "exchanged once" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_pages(status: int) -> None:
    """A page of another server says nothing about the code, or the client's ID and secret."""
    boxc, _ = client(Response(status, (), b"<html>"))
    with pytest.raises(APIError, match="this is no answer of the service") as caught:
        await boxc.oauth.exchange(CODE, BACK)
    assert "refused" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["", None, 5.5, b"a", "\ud800"], ids=repr)
async def test_wrong_arguments(wrong: Any) -> None:
    """What is no text is refused, and nothing is sent."""
    boxc, transport = client()
    oauth = boxc.oauth
    for url in ((wrong, "s"), (BACK, wrong), *([] if wrong is None else [(BACK, "s", wrong)])):
        with pytest.raises(ConfigurationError):
            oauth.authorize_url(*url)
    for call in (oauth.exchange(wrong, BACK), oauth.exchange(CODE, wrong), oauth.revoke(wrong)):
        with pytest.raises(ConfigurationError):
            await call
    assert transport.requests == []


async def test_a_client_with_a_token() -> None:
    """A client without ID and secret is told so."""
    boxc = closed_later(BoxC("token", transport=ScriptedTransport([])))
    with pytest.raises(ConfigurationError, match="client_id and client_secret"):
        boxc.oauth.authorize_url(BACK, "s")
    for call in (boxc.oauth.exchange(CODE, BACK), boxc.oauth.revoke(7)):
        with pytest.raises(ConfigurationError, match="client_id and client_secret"):
            await call


async def test_trace_and_options() -> None:
    """A view's options and trace hold for these calls, too; a trace names the operation."""
    seen: list[Any] = []
    boxc, _ = client(TOKENS, TransportError("lost", phase="connect", sent=False))
    view = boxc.with_options(trace=seen.append)
    await view.oauth.exchange(CODE, BACK)
    with pytest.raises(BoxAPIError):
        await view.oauth.revoke(7)
    names = [call.operation for call in seen]
    assert names == ["POST /auth/v1/token", "POST /auth/v1/revoke"]
