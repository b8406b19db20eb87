"""Successful and unreadable responses of BoxC."""

from typing import Any

import orjson
import pytest

from boxapis._http.messages import Response
from boxapis._sansio.boxc.responses import decode
from boxapis._sansio.boxc.rest import prepare
from boxapis._sansio.retry_after import parse_seconds
from boxapis.errors import (
    APIError,
    AuthenticationError,
    ConflictError,
    InvalidResponseError,
    NotFoundError,
    NotProcessedError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
)

PDF = b"%PDF-1.7 \xe2\xe3\xcf\xd3"
METHODS = ["GET", "PUT", "DELETE", "POST", "PATCH"]


def decoded(
    body: object = b"",
    *,
    status: int = 200,
    method: str = "GET",
    accept: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Any:
    """Returns the result of `decode` for a body, passed as a JSON value or as bytes."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    response = Response(status, tuple((headers or {}).items()), raw)
    return decode(response, prepare(method, "/credentials/7", accept=accept), ())


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize(
    "body", [{"credential": {"id": 7}}, {"credentials": []}, [1], {}, 0], ids=str
)
def test_success(status: int, body: object) -> None:
    """Any JSON with a 2xx is returned."""
    assert decoded(body, status=status) == body


@pytest.mark.parametrize("status", [200, 201, 204])
@pytest.mark.parametrize("body", [b"", b" \r\n"], ids=repr)
@pytest.mark.parametrize("method", METHODS)
def test_an_empty_success_is_none(status: int, body: bytes, method: str) -> None:
    """A 200 without a body, as after a deletion, is None."""
    assert decoded(body, status=status, method=method) is None


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/pdf", "application/pdf"),
        ("application/pdf", None),
        ("application/pdf", "application/octet-stream"),
        ("application/json", "application/pdf"),
        ("application/json", "Application/PDF; name=x"),
        ("*/*", "text/html"),
    ],
    ids=str,
)
def test_bytes(accept: str, media: str | None) -> None:
    """A body requested or declared as something other than JSON is returned as bytes."""
    headers = None if media is None else {"Content-Type": media}
    assert decoded(PDF, accept=accept, headers=headers) == PDF


def test_json_where_a_pdf_was_asked_for() -> None:
    """A JSON response is decoded, whatever media type was requested."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert decoded({"a": 1}, accept="application/pdf", headers=headers) == {"a": 1}


def test_an_error_where_a_pdf_was_asked_for() -> None:
    """An error envelope is read even with the media type of a PDF."""
    body = {"code": 1205, "message": "Label not found", "errors": ["Label not found"]}
    headers = {"Content-Type": "application/pdf"}
    error = decoded(body, status=404, accept="application/pdf", headers=headers)
    assert isinstance(error, NotFoundError)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("body", [b"<html>Zq9X", b"Zq9X", b'{"id":', b'{"a":NaN}'], ids=repr)
def test_a_success_that_cannot_be_read(method: str, body: bytes) -> None:
    """An HTML page is unreadable; all but a read may have been carried out."""
    error = decoded(body, method=method)
    assert type(error) is InvalidResponseError
    assert "Zq9X" not in str(error)
    assert error.operation == f"{method} /credentials"
    assert error.may_have_been_applied is (method != "GET")
    assert ("look it up" in str(error)) is (method != "GET")
    passing = body in (b"<html>Zq9X", b'{"id":')
    assert error.retry_stopped_by == (None if passing else "permanent")


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize("body", [{"code": 1450, "message": "x", "errors": []}, b"", b"<html>"])
def test_redirects(status: int, body: object) -> None:
    """A redirect is never followed, and never an error of BoxC."""
    error = decoded(body, status=status, headers={"Location": "https://h.example/?Zq9X"})
    assert type(error) is InvalidResponseError
    assert "redirect" in str(error)
    assert "Zq9X" not in str(error)


HTTP: list[tuple[int, type[APIError]]] = [
    (400, ValidationError),
    (401, AuthenticationError),
    (402, PaymentError),
    (403, PermissionDeniedError),
    (404, NotFoundError),
    *(
        (status, NotProcessedError)
        for status in (405, 407, 408, 411, 413, 414, 415, 417, 421, 425, 431)
    ),
    (409, ConflictError),
    (422, ValidationError),
    (429, RateLimitError),
    (500, ServerError),
    (502, ServerError),
    (503, ServerError),
    (504, ServerError),
]
NO_ENVELOPES: dict[str, object] = {
    "html": b"<html>Zq9X</html>",
    "empty": b"",
    "no code": {"message": "Zq9X", "errors": ["Zq9X"]},
    "bad code": {"code": "x", "message": "Zq9X"},
    "null code": {"code": None, "message": "Zq9X"},
    "true code": {"code": True, "message": "Zq9X"},
    "list": [{"code": 1450, "message": "Zq9X"}],
    "pdf": PDF,
}


@pytest.mark.parametrize("body", NO_ENVELOPES.values(), ids=NO_ENVELOPES)
@pytest.mark.parametrize(("status", "expected"), HTTP)
@pytest.mark.parametrize("method", METHODS)
def test_http_status_without_envelope(
    body: object, status: int, expected: type[APIError], method: str
) -> None:
    """F56: without a code the HTTP status decides; after a 5xx the change may have been made."""
    error = decoded(body, status=status, method=method, headers={"X-Request-Id": "r-1"})
    applied = method != "GET" and expected is ServerError
    assert type(error) is expected
    assert error.args == (f"{method} /credentials: HTTP {status} without an error of BoxC.",)
    assert (error.service, error.status, error.code) == ("boxc", status, None)
    assert (error.message, error.errors, error.request_id) == ("", (), "r-1")
    assert error.may_have_been_applied is applied


@pytest.mark.parametrize("status", [100, 406, 410, 416, 418, 424, 499])
@pytest.mark.parametrize("method", METHODS)
def test_http_undocumented_http_statuses(status: int, method: str) -> None:
    """An undocumented HTTP status leaves open whether a change was carried out."""
    error = decoded(b"<html>Zq9X", status=status, method=method)
    assert type(error) is InvalidResponseError
    assert error.args == (f"{method} /credentials: HTTP {status}, which BoxC does not document.",)
    assert error.may_have_been_applied is (method != "GET")
    assert error.retry_stopped_by == "permanent"


SECONDS: dict[str, tuple[str | None, float | None]] = {
    "absent": (None, None),
    "parse_seconds": ("3", 3.0),
    "zero": ("0", 0.0),
    "blanks": (" 3 ", 3.0),
    "leading zeros": ("007", 7.0),
    "a day": ("86400", 86400.0),
    "nine digits": ("999999999", 999999999.0),
    "ten digits": ("9999999999", None),
    "twenty digits": ("9" * 20, None),
    "negative": ("-1", None),
    "plus": ("+1", None),
    "exponent": ("1e9", None),
    "nan": ("nan", None),
    "infinite": ("inf", None),
    "arabic digits": ("\u0661\u0662", None),
    "full width": ("\uff11", None),
    "underscore": ("1_000", None),
    "fraction": ("1.5", None),
    "list": ("1, 2", None),
    "date": ("Wed, 21 Oct 2015 07:28:00 GMT", None),
    "empty": ("", None),
}


@pytest.mark.parametrize(("text", "expected"), SECONDS.values(), ids=SECONDS)
def test_seconds(text: str | None, expected: float | None) -> None:
    """`parse_seconds` accepts one to nine ASCII digits; all else counts as absent."""
    assert parse_seconds(text) == expected
    headers = {} if text is None else {"Retry-After": text}
    error = decoded(b"", status=429, headers=headers)
    assert isinstance(error, RateLimitError)
    assert error.retry_after == expected
