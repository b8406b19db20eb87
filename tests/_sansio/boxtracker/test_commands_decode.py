"""Responses of Box Tracker: only ``status`` 200 in the body is success."""

from typing import Any

import orjson
import pytest

from boxapis._http.messages import Response
from boxapis._sansio.boxtracker.commands import Body, decode
from boxapis._sansio.operation import Kind
from boxapis.errors import (
    APIError,
    AuthenticationError,
    BoxAPIError,
    InvalidResponseError,
    NotFoundError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
)

NAME = "cmdBoxTPortalSaveJobSite"
KINDS: tuple[Kind, ...] = ("read", "idempotent", "changing")


def decoded(
    body: object, *, http: int = 200, kind: Kind = "read", headers: dict[str, str] | None = None
) -> Body | BoxAPIError:
    """Returns the result of `decode` for a body, passed as a JSON value or as bytes."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    response = Response(http, tuple((headers or {}).items()), raw)
    return decode(response, NAME, kind, lambda: ())


@pytest.mark.parametrize("status", [200, "200", 200.0], ids=repr)
@pytest.mark.parametrize("http", [200, 201, 404, 500, 503])
@pytest.mark.parametrize("kind", KINDS)
def test_success(status: object, http: int, kind: Kind) -> None:
    """F60, F61: 200 as number or text is success, whatever the HTTP status."""
    body = {"status": status, "errorString": "", "jobSiteObjList": [{"ID": "7"}], "offset": None}
    assert decoded(body, http=http, kind=kind) == body


UNREADABLE: dict[str, Any] = {
    "true": True,
    "false": False,
    "null": None,
    "blank before": " 200",
    "blank after": "200 ",
    "line break": "200\n",
    "fraction as text": "200.5",
    "whole fraction as text": "200.0",
    "fraction": 200.5,
    "exponent": "2e2",
    "underscore": "2_00",
    "plus": "+200",
    "full width": "\uff12\uff10\uff10",
    "arabic": "\u0662\u0660\u0660",
    "words": "OK",
    "empty": "",
    "hexadecimal": "0xC8",
    "endless": "2" * 19,
    "list": [200],
    "object": {"code": 200},
}


@pytest.mark.parametrize("status", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("kind", KINDS)
def test_an_unreadable_status_is_no_success(status: object, kind: Kind) -> None:
    """F60: a status that is not a whole number is an invalid response."""
    error = decoded({"status": status, "sessionKey": "Zq9X"}, kind=kind)
    assert type(error) is InvalidResponseError
    text = f"{NAME}: the response has no readable status, so it proves nothing."
    assert error.args == (text,)
    assert (error.path, error.operation) == ("$.status", NAME)
    assert error.may_have_been_applied is (kind != "read")
    assert error.retry_stopped_by == "permanent"


@pytest.mark.parametrize("body", [{}, {"Status": 200}, {"errorString": "x"}], ids=repr)
def test_a_missing_status_is_no_success(body: dict[str, Any]) -> None:
    """F60: an object without ``status`` is an invalid response."""
    error = decoded(body)
    assert isinstance(error, InvalidResponseError)
    assert error.path == "$.status"


@pytest.mark.parametrize("body", [[], [{"status": 200}], "200", 200, None, True], ids=repr)
@pytest.mark.parametrize("kind", KINDS)
def test_a_root_that_is_no_object(body: object, kind: Kind) -> None:
    """F42: a list, a text or a number is an invalid response."""
    error = decoded(body, kind=kind)
    assert type(error) is InvalidResponseError
    assert error.args == (f"{NAME}: the response is not a JSON object, so it proves nothing.",)
    assert error.path == "$"
    assert error.may_have_been_applied is (kind != "read")


@pytest.mark.parametrize("http", [200, 302, 406, 418])
@pytest.mark.parametrize("kind", KINDS)
def test_no_json(http: int, kind: Kind) -> None:
    """An HTML page with an HTTP status of no error class is an invalid response."""
    error = decoded(b"<html>Zq9X</html>", http=http, kind=kind)
    assert type(error) is InvalidResponseError
    assert "Zq9X" not in str(error)
    assert error.may_have_been_applied is (kind != "read")


HTTP: list[tuple[int, type[APIError]]] = [
    (400, ValidationError),
    (401, AuthenticationError),
    (402, PaymentError),
    (403, PermissionDeniedError),
    (404, NotFoundError),
    (429, RateLimitError),
    (500, ServerError),
    (502, ServerError),
    (503, ServerError),
]
WITHOUT_ENVELOPE: dict[str, object] = {
    "html": b"<html>Zq9X</html>",
    "empty": b"",
    "no status": {"message": "Zq9X"},
    "bad status": {"status": "Zq9X"},
    "list": ["Zq9X"],
}


@pytest.mark.parametrize("body", WITHOUT_ENVELOPE.values(), ids=WITHOUT_ENVELOPE)
@pytest.mark.parametrize(("http", "expected"), HTTP)
@pytest.mark.parametrize("kind", KINDS)
def test_http_status_without_envelope(
    body: object, http: int, expected: type[APIError], kind: Kind
) -> None:
    """Without an envelope the HTTP status counts; after a 5xx the change may have been made."""
    error = decoded(body, http=http, kind=kind)
    applied = kind != "read" and expected is ServerError
    assert type(error) is expected
    assert error.args == (f"{NAME}: HTTP {http} without a response of Box Tracker.",)
    assert (error.service, error.status, error.code) == ("boxtracker", http, None)
    assert (error.message, error.operation) == ("", NAME)
    assert error.may_have_been_applied is applied


@pytest.mark.parametrize("http", [400, 401, 429, 500, 502, 507])
def test_the_envelope_wins_over_http(http: int) -> None:
    """A status in the body is never read as an HTTP status."""
    error = decoded({"status": 502, "errorString": "no such user"}, http=http)
    assert isinstance(error, AuthenticationError)
    assert (error.status, error.code) == (http, 502)


RETRY_AFTER: dict[str, tuple[str | None, float | None]] = {
    "absent": (None, None),
    "seconds": ("3", 3.0),
    "zero": ("0", 0.0),
    "a day": ("86400", 86400.0),
    "nine digits": ("999999999", 999999999.0),
    "ten digits": ("9999999999", None),
    "twenty digits": ("9" * 20, None),
    "negative": ("-1", None),
    "exponent": ("1e9", None),
    "nan": ("nan", None),
    "infinite": ("inf", None),
    "arabic digits": ("\u0661\u0662", None),
    "underscore": ("1_000", None),
    "fraction": ("1.5", None),
    "date": ("Wed, 21 Oct 2015 07:28:00 GMT", None),
    "empty": ("", None),
}


@pytest.mark.parametrize(("header", "expected"), RETRY_AFTER.values(), ids=RETRY_AFTER)
def test_retry_after(header: str | None, expected: float | None) -> None:
    """``Retry-After`` in seconds is kept; anything else counts as absent."""
    error = decoded(b"", http=429, headers={} if header is None else {"Retry-After": header})
    assert isinstance(error, RateLimitError)
    assert error.retry_after == expected


def test_the_body_is_the_callers_own() -> None:
    """The body is a plain dict with every field."""
    body = decoded(b'{"status":"200","recordCount":"2","offset":2}')
    assert type(body) is dict
    assert list(body) == ["status", "recordCount", "offset"]
