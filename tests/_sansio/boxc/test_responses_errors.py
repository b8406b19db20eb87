"""Errors of BoxC: the code decides before the HTTP status, and texts are masked."""

from json import dumps
from typing import Any

import orjson
import pytest

from boxapis._http.messages import Response
from boxapis._sansio.boxc.codes import BOXC_CODES, boxc_error
from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis._sansio.boxc.responses import decode
from boxapis._sansio.boxc.rest import prepare
from boxapis.errors import (
    APIError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnknownStatusError,
    ValidationError,
)
from boxapis.secret import MASK, Secret

AWKWARD = "Zq9X/+ =&\"'<é%"
TOKEN = Secret("t0k3n-t0k3n")
LONG_NUMBERS: list[object] = [4929718203645519, "4929718203645519", 10**3000, -(10**6)]
METHODS = ["GET", "PUT", "DELETE", "POST", "PATCH"]


def answered(
    body: object,
    *,
    status: int = 400,
    method: str = "GET",
    json: object = None,
    operation: str | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    """Returns the result of `decode` for a response to such a request."""
    prepared = prepare(method, "/credentials/7", json=json, operation=operation)
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    response = Response(status, tuple((headers or {}).items()), raw)
    return decode(response, prepared, (TOKEN,))


def refused(**fields: Any) -> APIError:
    """Returns the error of an envelope with these fields and HTTP 400."""
    error = answered(fields)
    assert isinstance(error, APIError)
    return error


@pytest.mark.parametrize("code", BOXC_CODES)
@pytest.mark.parametrize("status", [400, 500])
def test_every_code(code: int, status: int) -> None:
    """The error has the class of its code, with code, text, single errors and request id."""
    error = answered(
        {"code": code, "message": "no", "errors": ["one", "two"]},
        status=status,
        headers={"X-Request-Id": "r-1"},
    )
    assert type(error) is boxc_error(code, status)
    assert (error.service, error.status, error.code) == ("boxc", status, code)
    assert (error.message, error.errors, error.request_id) == ("no", ("one", "two"), "r-1")
    assert error.operation == "GET /credentials"


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (200, 1000, ValidationError),
        (400, 1450, NotFoundError),
        (404, 1450, NotFoundError),
        (403, 1008, AuthenticationError),
        (404, 1005, AuthenticationError),
        (401, 1015, RateLimitError),
        (500, 1000, ValidationError),
        (429, 1450, NotFoundError),
        (405, 1454, ConflictError),
        (503, 503, ServerError),
    ],
)
def test_the_code_goes_before_the_status(status: int, code: int, expected: type[APIError]) -> None:
    """F56: the HTTP status counts only without a code."""
    error = answered({"code": code, "message": "m", "errors": []}, status=status)
    assert type(error) is expected
    assert error.status == status


@pytest.mark.parametrize("code", [1450, "1450", 1450.0], ids=repr)
def test_codes_may_come_as_text(code: object) -> None:
    """A code may be a number or text."""
    assert refused(code=code).code == 1450


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("code", LONG_NUMBERS, ids=["number", "text", "digits", "seven"])
def test_long_numbers_are_no_codes(code: object, status: int) -> None:
    """F149: a number of more than six digits is never shown as a code, and never a success."""
    body = dumps({"code": code, "message": "no"}).encode()
    error = answered(body, status=status, method="POST")
    assert type(error) is UnknownStatusError
    assert (error.code, error.may_have_been_applied) == (None, True)
    assert "49297" not in str(error)
    assert len(str(error)) < 300


@pytest.mark.parametrize("code", [1336, 9999, 0, -1, 999_999])
@pytest.mark.parametrize("status", [200, 400, 404, 500])
@pytest.mark.parametrize("method", METHODS)
def test_unknown_codes(code: int, status: int, method: str) -> None:
    """F60: an undocumented code is an unknown status, whatever the HTTP status."""
    body = {"code": code, "message": "new", "errors": []}
    error = answered(body, status=status, method=method)
    assert type(error) is UnknownStatusError
    assert error.code == code
    assert error.may_have_been_applied is (method != "GET")


@pytest.mark.parametrize(
    ("code", "status", "applied"),
    [
        (1001, 500, True),
        (1452, 500, True),
        (1212, 500, True),
        (1212, 400, False),
        (1000, 400, False),
        (1000, 500, True),
        (1015, 503, False),
        (1005, 502, False),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_outcomes(code: int, status: int, applied: bool, method: str) -> None:  # noqa: FBT001
    """F148: Only a failure of the server leaves open whether a change was carried out.

    Too many requests, or a token that is not accepted, is found out before anything is done.
    """
    error = answered({"code": code, "message": "m"}, status=status, method=method)
    expected = applied and method != "GET"
    assert error.may_have_been_applied is expected
    assert ("It may have been carried out: look it up" in str(error)) is expected
    assert ("Nothing was changed: " in str(error)) is not expected


@pytest.mark.parametrize(
    "more", [{"errors": []}, {"status": "error"}, {"errors": {}, "status": "error"}], ids=str
)
@pytest.mark.parametrize("status", [200, 201])
def test_an_envelope_within_a_success(more: dict[str, Any], status: int) -> None:
    """An error envelope with HTTP 200, as older servers sent it, is an error."""
    error = answered({"code": 1450, "message": "Credential not found", **more}, status=status)
    assert isinstance(error, NotFoundError)
    assert error.status == status


@pytest.mark.parametrize("errors", [["no"], {"id": "no"}], ids=str)
def test_an_envelope_without_a_message_within_a_success(errors: object) -> None:
    """A code with reasons is an error with HTTP 200, too."""
    for body in (
        {"code": 1450, "errors": errors},
        {"code": 1450, "message": None, "errors": errors},
    ):
        assert isinstance(answered(body, status=200), NotFoundError)


@pytest.mark.parametrize(
    "body",
    [
        {"code": 1450},
        {"code": 1450, "message": "text", "credential": {}},
        {"code": 1450, "errors": []},
        {"code": 1450, "message": None, "errors": []},
        {"code": "US", "message": "text", "errors": []},
        {"message": "text", "errors": [], "status": "error"},
    ],
    ids=str,
)
def test_a_resource_with_a_code_is_no_error(body: dict[str, Any]) -> None:
    """With a 2xx, every part of the envelope must fit."""
    assert answered(body, status=200) == body


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (["one", "two"], ("one", "two")),
        ([], ()),
        (["one", 5, None, {"a": "b"}, ["x"]], ("one",)),
        ({"shipments/to/postal_code": "Required"}, ("shipments/to/postal_code: Required",)),
        ({"a": "x", "b": ["y", 1]}, ("a: x", "b: ['y', 1]")),
        ({}, ()),
        (None, ()),
        ("text", ()),
        (5, ()),
    ],
    ids=str,
)
def test_single_errors(errors: object, expected: tuple[str, ...]) -> None:
    """Single errors are a list of texts or an object of path and text; others are dropped."""
    assert refused(code=1000, message="m", errors=errors).errors == expected


def test_an_envelope_of_a_code_alone() -> None:
    """An envelope needs no field but the code."""
    error = refused(code=1450)
    assert (error.message, error.errors, error.request_id) == ("", (), None)
    assert error.args == ("GET /credentials: code 1450 (HTTP 400).",)


@pytest.mark.parametrize("message", [None, 5, ["x"], {"a": "b"}], ids=repr)
def test_a_message_that_is_no_text(message: object) -> None:
    """A message that is not text is left out of the error."""
    assert refused(code=1450, message=message).message == ""


def test_secrets_are_taken_out() -> None:
    """Secrets in the request's JSON and the token are masked in all texts of the error."""
    body = {
        "code": 1000,
        "message": f"bad {AWKWARD} for t0k3n-t0k3n",
        "errors": [f"params: {AWKWARD}", "x" * 600],
    }
    error = answered(body, method="PUT", json={"params": {"api_key": Secret(AWKWARD)}})
    assert error.message == f"bad {MASK} for {MASK}"
    assert error.errors == (f"params: {MASK}", "x" * 499 + "…")
    assert "Zq9X" not in str(error)
    assert "t0k3n" not in repr(error) + str(vars(error))


def test_secrets_are_taken_out_of_objects() -> None:
    """In an object of errors, path and text are masked."""
    body = {"code": 1000, "message": "m", "errors": {f"a/{AWKWARD}": AWKWARD}}
    error = answered(body, method="POST", json={"api_key": Secret(AWKWARD)})
    assert error.errors == (f"a/{MASK}: {MASK}",)


@pytest.mark.parametrize(
    ("errors", "first"),
    [(["x" * 10] * 300_000, "x" * 10), ({f"a{n}": "x" for n in range(300_000)}, "a0: x")],
    ids=["list", "object"],
)
def test_long_lists_of_errors_are_cut(errors: Any, first: str) -> None:
    """F115: of megabytes of errors the first fifty are kept, and the others counted."""
    error = refused(code=1000, message="m", errors=errors)
    assert (error.errors[0], len(error.errors)) == (first, 51)
    assert error.errors[-1] == "… and 299950 more"


def test_a_scope_that_the_service_names() -> None:
    """The missing scope is read from the text into the details and the advice."""
    text = "Forbidden: Missing required scope 'write_shipments'"
    error = answered({"code": 1009, "message": text, "errors": [text]}, status=403)
    assert type(error) is PermissionDeniedError
    assert dict(error.details) == {"scope": "write_shipments"}
    assert str(error) == (
        f'GET /credentials: code 1009 (HTTP 403). It says: "{text}".'
        " Nothing was changed: add the scope write_shipments to the client's scopes at BoxC,"
        " then fetch a new token."
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_scope_that_the_service_does_not_name(operation: str) -> None:
    """The missing scope is known without the text; operations that need none name none."""
    body = {"code": 1009, "message": "Forbidden: Missing required scope", "errors": []}
    error = answered(body, status=403, operation=operation)
    scope = OPERATIONS[operation].scope
    assert dict(error.details) == ({"scope": scope} if scope else {})


def test_an_unknown_scope() -> None:
    """For operations that are not in the table no scope is invented."""
    body = {"code": 1009, "message": "Forbidden: Missing required scope 'WRITE IT!'"}
    error = answered(body, status=403, operation="GET /new")
    assert dict(error.details) == {}
    assert "add the missing scope to the client's scopes at BoxC" in str(error)


def test_a_rate_limit_gives_retry_after() -> None:
    """``Retry-After`` is read, though BoxC does not document it."""
    body = {"code": 1015, "message": "Too many requests.", "errors": ["Too many requests."]}
    error = answered(body, status=429, method="POST", headers={"Retry-After": "3"})
    assert isinstance(error, RateLimitError)
    assert error.retry_after == 3.0
    assert error.may_have_been_applied is False
    assert answered(body, status=429).retry_after is None
