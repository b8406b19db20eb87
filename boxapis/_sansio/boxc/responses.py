"""Decodes BoxC responses to JSON, bytes, None or errors, and masks secrets in the service's texts.

The error envelope is read before the HTTP status, and its code decides before both. A successful
response without a body becomes None, one that is no JSON becomes bytes.
Source: https://docs.boxc.com/ (description 1.123) and its predecessor of 2023.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import orjson

from boxapis._http.messages import Response
from boxapis._sansio.bodies import DEFAULT_LIMITS, has_long_number, read_json
from boxapis._sansio.boxc.codes import boxc_error
from boxapis._sansio.boxc.rest import JSON, PDF, PDF_START, PreparedRequest
from boxapis._sansio.kinds import is_code, parse_int
from boxapis._sansio.operation import advice_on_page, http_error
from boxapis._sansio.redacted_lists import Redact, redact_all, redactor
from boxapis._sansio.retry_after import parse_seconds
from boxapis.errors import (
    APIError,
    AuthenticationError,
    BoxAPIError,
    InvalidResponseError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnknownStatusError,
)
from boxapis.options import Limits
from boxapis.secret import Secret, is_sensitive

__all__ = ["decode", "is_doubtful", "request_id", "sensitive_values"]

_SCOPE = re.compile(r"'([a-z_ ]{1,60})'")
_OK = 200
_REDIRECTS = range(300, 400)
_SUCCESSES = range(200, 300)
_SERVER_FAILURES = range(500, 600)
_UNSETTLED = (ServerError, UnknownStatusError)
_REFUSED_FIRST = (RateLimitError, AuthenticationError)  # before anything is done, with any status
_ENVELOPE = frozenset({"status", "code", "message", "errors"})


def decode(
    response: Response,
    prepared: PreparedRequest,
    secrets: Iterable[Secret],
    limits: Limits = DEFAULT_LIMITS,
) -> Any:
    """Returns the JSON, bytes or None of a successful response, or its error.

    Args:
        response: The response.
        prepared: The request.
        secrets: Further values to mask in texts of the service, such as the token.
        limits: Maximum size and depth of JSON.
    """
    body: Any = _read_body(response, prepared, limits)
    if isinstance(body, dict) and "code" in body and _is_envelope(body, response):
        return _envelope_error(body, response, prepared, secrets)
    if response.status not in _SUCCESSES and response.status not in _REDIRECTS:
        return _status_error(response, prepared, secrets)
    return body


def _read_body(response: Response, prepared: PreparedRequest, limits: Limits) -> Any:
    if response.status in _SUCCESSES:
        body = response.body
        may_be_file = prepared.accept != JSON or not body.startswith(b"{")
        if may_be_file:
            if not body or body.isspace():
                return None
            media = (response.header("content-type") or "").lower()
            if "json" not in media and _is_file(body, media, prepared.accept):
                return body
    changing = prepared.kind != "read"
    return read_json(response, operation=prepared.operation, changing=changing, limits=limits)


def _is_file(body: bytes, media: str, accept: str) -> bool:
    """Whether a body that is not said to be JSON is the file that was asked for."""
    # Where a PDF was asked for, a page of some gateway is none: it would be printed as a label.
    is_pdf = media.startswith(PDF) or body.startswith(PDF_START)
    return is_pdf if accept.lower() in (JSON, PDF) else True


def is_doubtful(body: object, response: Response, prepared: PreparedRequest) -> bool:
    """Whether nothing in a successful response tells it from a page that is not BoxC's.

    It is returned all the same; only its connection is not used again.
    """
    match body:
        case dict():
            return set(body) <= _ENVELOPE
        case None:  # documented for what deletes
            return prepared.kind == "read" and response.status == _OK
        case bytes():
            return (response.header("content-type") or "").lower().startswith("text/")
        case _:
            return not isinstance(body, list)


def _is_envelope(body: dict[str, Any], response: Response) -> bool:
    """Whether a body is an error envelope; with a 2xx every part of it must fit."""
    has_code = parse_int(body.get("code")) is not None
    if response.status not in _SUCCESSES:
        return has_code
    has_reason = isinstance(body.get("message"), str) or bool(body.get("errors"))
    return has_code and has_reason and set(body) <= _ENVELOPE


def _envelope_error(
    body: dict[str, Any], response: Response, prepared: PreparedRequest, secrets: Iterable[Secret]
) -> APIError:
    code = parse_int(body.get("code"))
    code = None if code is None or not is_code(code) else code
    redact = _redactor(prepared, secrets)
    text = body.get("message")
    text = redact(text) if isinstance(text, str) else ""
    kind = (code and boxc_error(code, response.status)) or UnknownStatusError
    details = _missing_scope(text, prepared) if kind is PermissionDeniedError else {}
    # A client's scopes do not reach the tokens that it was given before they were changed.
    scope = f"the scope {details['scope']}" if details else "the missing scope"
    advice = f"add {scope} to the client's scopes at BoxC, then fetch a new token"
    quote = f' It says: "{text}".' if text else ""
    return _build_error(
        kind,
        response,
        prepared,
        f"code {'too long' if code is None else code} (HTTP {response.status}).{quote}",
        redact,
        code=code,
        text=text,
        errors=_error_texts(body.get("errors"), redact),
        details=details,
        next_step=advice if kind is PermissionDeniedError else "",
    )


def _redactor(prepared: PreparedRequest, secrets: Iterable[Secret]) -> Redact:
    """Returns what masks all values marked as secret, and those under sensitive names."""
    known = (*prepared.secrets, *secrets, *sensitive_values(prepared.target, prepared.body))
    return redactor(known)


def _status_error(
    response: Response, prepared: PreparedRequest, secrets: Iterable[Secret]
) -> BoxAPIError:
    kind = http_error(response.status)
    if kind is None:
        return InvalidResponseError(
            f"{prepared.operation}: HTTP {response.status}, which BoxC does not document.",
            operation=prepared.operation,
            may_have_been_applied=prepared.kind != "read",
            retry_stopped_by="permanent",
        )
    sentence = f"HTTP {response.status} without an error of BoxC."
    advice, redact = advice_on_page(response.status), _redactor(prepared, secrets)
    return _build_error(kind, response, prepared, sentence, redact, next_step=advice)


def _build_error(
    kind: type[APIError],
    response: Response,
    prepared: PreparedRequest,
    sentence: str,
    redact: Redact,
    **fields: Any,
) -> APIError:
    failed = kind in _UNSETTLED or (
        response.status in _SERVER_FAILURES and not issubclass(kind, _REFUSED_FIRST)
    )
    applied = prepared.kind != "read" and failed
    extra: dict[str, Any] = {}
    if issubclass(kind, RateLimitError):
        extra["retry_after"] = parse_seconds(response.header("retry-after"))
    return kind(
        f"{prepared.operation}: {sentence}",
        service="boxc",
        status=response.status,
        operation=prepared.operation,
        may_have_been_applied=applied,
        request_id=_request_id(response, redact),
        **extra,
        **fields,
    )


def request_id(
    response: Response, prepared: PreparedRequest, secrets: Iterable[Secret]
) -> str | None:
    """Returns BoxC's ``X-Request-Id``, printable and with masked secrets; None where none came.

    Args:
        response: The response, of any status.
        prepared: The request.
        secrets: Further values to mask, such as the token.
    """
    if response.header("x-request-id") is None:
        return None
    return _request_id(response, _redactor(prepared, secrets))


def _request_id(response: Response, redact: Redact) -> str | None:
    text = response.header("x-request-id")
    return None if text is None else redact(text)


def _missing_scope(text: str, prepared: PreparedRequest) -> dict[str, str]:
    """Returns the missing scope as the service names it, or as the operation requires it."""
    match = _SCOPE.search(text)
    scope = match.group(1) if match else prepared.scope
    return {"scope": scope} if scope else {}


def _error_texts(errors: object, redact: Redact) -> tuple[str, ...]:
    match errors:
        case list():
            return redact_all(errors, len(errors), redact)
        case dict():
            texts = (f"{path}: {text}" for path, text in errors.items())
            return redact_all(texts, len(errors), redact)
        case _:
            return ()


def sensitive_values(target: str, body: bytes | None) -> Iterator[Secret]:
    """Yields the values of sensitive fields in the query and in the JSON of a request.

    Args:
        target: Path and query.
        body: JSON, or None.
    """
    for name, value in parse_qsl(target.partition("?")[2]):
        if is_sensitive(_last_key(name)):
            yield Secret(value)
    if body is not None:
        exact = json.loads(body, parse_int=str, parse_float=str) if has_long_number(body) else None
        yield from _sensitive_texts(exact or orjson.loads(body), sensitive=False)


def _last_key(name: str) -> str:
    """Returns ``password`` from ``packages[0][password]`` and from ``password[]``."""
    return name.replace("[]", "").rstrip("]").rpartition("[")[2]


def _sensitive_texts(value: object, *, sensitive: bool) -> Iterator[Secret]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _sensitive_texts(inner, sensitive=sensitive or is_sensitive(name))
        case list():
            for inner in value:
                yield from _sensitive_texts(inner, sensitive=sensitive)
        case str() if sensitive:
            yield Secret(value)
        case int() | float() if sensitive and not isinstance(value, bool):
            yield Secret(repr(value))
        case _:
            return
