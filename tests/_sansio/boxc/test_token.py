"""The client-credentials grant: its request, and the token in its response."""

import base64
import copy
import pickle
from typing import Any

import orjson
import pytest

from boxapis._http.messages import Origin, Response
from boxapis._sansio.boxc.token import (
    OPERATION,
    Token,
    basic_authorization,
    decode_token,
    is_token,
    subject,
    token_request,
)
from boxapis.errors import (
    APIError,
    AuthenticationError,
    BoxAPIError,
    ConflictError,
    InvalidResponseError,
    NotFoundError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
)
from boxapis.secret import Secret

ACCOUNTS = Origin("https", "accounts.boxc.com", 443)
STARTED = 1000.0
TEN_YEARS = 315_360_000


def fetched(
    body: object, *, status: int = 200, headers: dict[str, str] | None = None
) -> Token | BoxAPIError:
    """Returns the result of `decode_token` for a request started at 1000."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return decode_token(Response(status, tuple((headers or {}).items()), raw), STARTED)


def test_the_request() -> None:
    """The request has HTTP Basic, one form field and no scope, and the documented path."""
    request = token_request(
        ACCOUNTS, "", basic_authorization("client", Secret("s3cr3t")), (("User-Agent", "test"),)
    )
    assert (request.origin, request.method, request.target) == (ACCOUNTS, "POST", "/auth/v1/token")
    assert request.body == b"grant_type=client_credentials"
    assert request.headers == (
        ("Accept", "application/json"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Authorization", "Basic Y2xpZW50OnMzY3IzdA=="),
        ("User-Agent", "test"),
    )
    assert request.operation == OPERATION
    assert request.arguments == {"grant_type": "client_credentials"}


def test_a_token_request_changes_nothing() -> None:
    """The request may be repeated: a second token does no harm."""
    request = token_request(ACCOUNTS, "/base", Secret("Basic x"), ())
    assert request.changing is False
    assert request.target == "/base/auth/v1/token"
    assert repr(request) == "<Request POST POST /auth/v1/token>"


@pytest.mark.parametrize("secret", ["s3cr3t", "Zq9X/+ =&\"'<é%", "a:b", "пароль"])
def test_basic(secret: str) -> None:
    """Client id and secret are joined by a colon, in UTF-8 and base64."""
    value = basic_authorization("client", Secret(secret)).reveal()
    assert value.startswith("Basic ")
    assert base64.b64decode(value[6:]).decode() == f"client:{secret}"


@pytest.mark.parametrize(
    ("life", "expected"),
    [
        (TEN_YEARS, TEN_YEARS - 300),
        (str(TEN_YEARS), TEN_YEARS - 300),
        (TEN_YEARS + 1, TEN_YEARS - 300),
        (10**15, TEN_YEARS - 300),
        ("9" * 18, TEN_YEARS - 300),
        (3600, 3300),
        ("3600", 3300),
        (3600.0, 3300),
        (601, 301),
        (600, 300),
        (599, 299.5),
        (60, 30),
        (1, 0.5),
    ],
    ids=repr,
)
def test_the_moment_of_refresh(life: object, expected: float) -> None:
    """A token is refreshed five minutes early, or at half of a short lifetime."""
    token = fetched({"access_token": "eyJ.a.b", "token_type": "Bearer", "expires_in": life})
    assert isinstance(token, Token)
    assert token.value == "eyJ.a.b"
    assert token.refresh_at == STARTED + expected


LIVES: dict[str, Any] = {
    "zero": 0,
    "zero as text": "0",
    "negative": -1,
    "negative as text": "-1",
    "null": None,
    "true": True,
    "fraction": 3600.5,
    "fraction as text": "3600.5",
    "exponent": "1e9",
    "blank": " 3600",
    "empty": "",
    "nan": "nan",
    "arabic": "\u0661\u0662",
    "list": [3600],
}


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
def test_no_usable_life(life: object) -> None:
    """A lifetime must be a whole number above zero."""
    error = fetched({"access_token": "Zq9X", "expires_in": life})
    assert type(error) is InvalidResponseError
    assert (error.path, error.operation) == ("$.expires_in", OPERATION)
    assert error.retry_stopped_by == "permanent"
    assert "Zq9X" not in str(error)


def test_a_missing_life() -> None:
    """A response without a lifetime is not the documented one."""
    error = fetched({"access_token": "Zq9X"})
    assert isinstance(error, InvalidResponseError)
    assert error.path == "$.expires_in"


def test_an_endless_life() -> None:
    """A number too large for a float is not JSON."""
    error = fetched(b'{"access_token":"Zq9X","expires_in":1e400}')
    assert isinstance(error, InvalidResponseError)
    assert error.path == "$"
    assert "Zq9X" not in str(error)


TOKENS: dict[str, Any] = {
    "null": None,
    "number": 5,
    "empty": "",
    "blank": "Zq9X Zq9X",
    "line break": "Zq9X\r\nX-Header: y",
    "tab": "Zq9X\t",
    "non-ASCII": "Zq9Xé",
    "delete": "Zq9X\x7f",
    "list": ["Zq9X"],
}


@pytest.mark.parametrize("value", TOKENS.values(), ids=TOKENS)
def test_no_usable_token(value: object) -> None:
    """A text that cannot be sent in a header is no token, and is not shown."""
    error = fetched({"access_token": value, "expires_in": 3600})
    assert type(error) is InvalidResponseError
    assert (error.path, error.operation) == ("$.access_token", OPERATION)
    assert "Zq9X" not in str(error)


@pytest.mark.parametrize("body", [[], {}, "Zq9X", None, {"Access_Token": "Zq9X"}], ids=repr)
def test_no_token_at_all(body: object) -> None:
    """JSON of another shape has no token."""
    error = fetched(body)
    assert isinstance(error, InvalidResponseError)
    assert error.path == "$.access_token"


@pytest.mark.parametrize("body", [b"", b"<html>Zq9X", b"Zq9X"], ids=repr)
@pytest.mark.parametrize("status", [200, 204, 302])
def test_no_json(body: bytes, status: int) -> None:
    """An HTML page or a redirect instead of a token is an error."""
    error = fetched(body, status=status)
    assert type(error) is InvalidResponseError
    assert error.may_have_been_applied is False
    assert "Zq9X" not in str(error)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_client(status: int) -> None:
    """The HTTP status of a JSON object determines the error: what it holds is undocumented."""
    error = fetched({"error": "invalid_client", "secret": "Zq9X"}, status=status)
    assert type(error) is AuthenticationError
    assert (error.service, error.status, error.operation) == ("boxc", status, OPERATION)
    assert "check client_id and client_secret" in str(error)
    assert "Zq9X" not in str(error)


@pytest.mark.parametrize("body", [b"<html>No required SSL certificate was sent", b"", b'"no"'])
@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, ValidationError), (401, AuthenticationError), (403, PermissionDeniedError)],
)
def test_a_page_refuses_no_client(status: int, expected: type[APIError], body: bytes) -> None:
    """F125: What is no JSON object is a page of a server or a firewall on the way."""
    error = fetched(body, status=status)
    assert isinstance(error, expected)
    assert (error.status, error.operation) == (status, OPERATION)
    assert "this is no answer of the service" in str(error)
    assert "client" not in str(error)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (402, PaymentError),
        (404, NotFoundError),
        (409, ConflictError),
        (422, ValidationError),
        (429, RateLimitError),
        (500, ServerError),
        (503, ServerError),
    ],
)
def test_other_failures(status: int, expected: type[APIError]) -> None:
    """The error names the accounts service, since the API itself may be well."""
    error = fetched(b"<html>Zq9X", status=status)
    assert type(error) is expected
    assert (error.service, error.status, error.operation) == ("boxc", status, OPERATION)
    assert "accounts service" in str(error)
    assert error.may_have_been_applied is False


@pytest.mark.parametrize(("header", "expected"), [("7", 7.0), ("-1", None), ("1e9", None)])
def test_a_rate_limit_says_how_long(header: str, expected: float | None) -> None:
    """``Retry-After`` is read here, too."""
    error = fetched(b"", status=429, headers={"Retry-After": header})
    assert isinstance(error, RateLimitError)
    assert error.retry_after == expected


def test_the_header() -> None:
    """The header shows the token in plain text."""
    assert Token(Secret("eyJ.a.b"), 0).header == ("Authorization", "Bearer eyJ.a.b")


def test_no_repr_shows_the_token() -> None:
    """No repr shows the token; it is neither pickled nor copied deeply."""
    token = Token(Secret("Zq9X"), 1300.0)
    assert repr([token]) == "[Token(value=[secret], refresh_at=1300.0, expires_at=inf)]"
    for way in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled or copied"):
            way(token)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("eyJhbGciOiJSUzI1NiJ9.e30.c2ln-_=", True),
        ("~!#", True),
        ("", False),
        (" a", False),
        ("a b", False),
        ("a\n", False),
        ("a\x00", False),
        ("é", False),
        ("\u00a0", False),
    ],
    ids=ascii,
)
def test_is_token(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    """A token is printable ASCII without blanks, and not empty."""
    assert is_token(text) is expected


def encoded(payload: str | bytes, *, padded: bool = False) -> str:
    """Returns a token with this payload."""
    raw = payload.encode() if isinstance(payload, str) else payload
    text = base64.urlsafe_b64encode(raw).decode()
    return f"e30.{text if padded else text.rstrip('=')}.c2ln"


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("sub", ["1", "12", "12006", "123456", "auth0|x", "\u00e9\u4e2d", "\\n"])
def test_subject(sub: str, *, padded: bool) -> None:
    """The user's ID is read from a token of any length, with or without padding."""
    payload = f'{{"iss":"x","sub":"{sub}"}}'
    assert subject(Secret(encoded(payload, padded=padded))) == orjson.loads(f'"{sub}"')
    assert subject(Secret(encoded('{"sub":12006}'))) == "12006"


@pytest.mark.parametrize(
    "token",
    [
        "opaque",
        "a.b",
        "a.b.c",
        "..",
        "e30.A.c2ln",
        "e30.e30.c2ln",
        *map(encoded, ("[]", "7", "{", '{"sub":null}', '{"sub":""}', '{"sub":["1"]}')),
        *map(encoded, ('{"sub":true}', '{"sub":1.5}', '{"Sub":"1"}', "[" * 100_000)),
        encoded(b"\xff\xfe"),
        encoded('{"sub":"\\ud800"}'),
    ],
    ids=range(18),
)
def test_no_subject(token: str) -> None:
    """A token without a readable ID has none, and raises nothing."""
    assert subject(Secret(token)) is None
