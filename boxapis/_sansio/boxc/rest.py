"""BoxC on the wire: verb, path and JSON into a request; an answer into a body or an error.

Promises: a caller's values are encoded at once and out of sight; the error envelope is read before
the HTTP status, its code before both; an answer without a body is None, one that is no JSON is
bytes. Source: https://docs.boxc.com/ (description 1.123) and its forerunner of 2023.
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

import orjson
from attrs import field, frozen

from boxapis._http.messages import Headers, Origin, Request, Response, Unpicklable
from boxapis._sansio.bodies import read_json
from boxapis._sansio.boxc.codes import boxc_error
from boxapis._sansio.boxc.operations import CREDENTIAL_SCOPES, kind_of_method
from boxapis._sansio.boxc.sensitive import sensitive_values
from boxapis._sansio.operation import Kind, http_error
from boxapis._sansio.redaction import redact
from boxapis._sansio.shapes import parse_int, seconds
from boxapis._sansio.text import plain
from boxapis.errors import (
    APIError,
    BoxAPIError,
    ConfigurationError,
    InvalidResponseError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    UnknownStatusError,
)
from boxapis.secret import Secret

__all__ = ["JSON", "PreparedRequest", "decode", "prepare", "request"]

JSON = "application/json"

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_PATH = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+", re.ASCII)
_SCOPE = re.compile(r"'([a-z_ ]{1,60})'")
_REDIRECTS = range(300, 400)
_SUCCESSES = range(200, 300)
_SERVER_FAILURES = range(500, 600)
_ENVELOPE = frozenset({"status", "code", "message", "errors"})


def _sealed(body: bytes | None) -> Secret | None:
    return None if body is None else Secret(body.decode())


@frozen(repr=False, eq=False)
class PreparedRequest(Unpicklable):
    """A request without its token, encoded and out of sight.

    Attributes:
        method: The verb.
        operation: The name for errors: verb and resource, never an id or a query.
        kind: Whether it changes anything, and may be repeated.
        accept: The media type asked for.
        secrets: What to take out of the service's texts.
        problem: What is wrong with it; the request is then never prepared.
    """

    method: str = "GET"
    _target: Secret = field(default=Secret("/"), converter=Secret)
    _body: Secret | None = field(default=None, converter=_sealed)
    operation: str = ""
    kind: Kind = "read"
    accept: str = JSON
    secrets: tuple[Secret, ...] = ()
    problem: str | None = None

    @property
    def target(self) -> str:
        """Path and query below the base URL."""
        return self._target.reveal()

    @property
    def body(self) -> bytes | None:
        """JSON, or None."""
        return None if self._body is None else self._body.reveal().encode()

    def error(self) -> ConfigurationError | None:
        """The error of a draft that cannot be sent."""
        if self.problem is None:
            return None
        return ConfigurationError(f"{self.operation}: {self.problem}")

    def __repr__(self) -> str:
        return f"<PreparedRequest {self.operation}>"


def prepare(
    method: str,
    path: str,
    *,
    params: Mapping[str, object] | None = None,
    json: object = None,
    accept: str = JSON,
    operation: str | None = None,
) -> PreparedRequest:
    """Encodes a request; never raises, so no frame shows what is in it.

    Args:
        method: ``"GET"``, ``"POST"``, ``"PUT"``, ``"PATCH"`` or ``"DELETE"``.
        path: Below the base URL, for instance ``"/entry-points"``; without a query.
        params: Of the query; None values are left out.
        json: What orjson can write; a `Secret` anywhere in it is written in full.
        accept: The media type asked for.
        operation: The name for errors; by default verb and first part of the path.
    """
    problem = _wrong(method, path, accept)
    if problem is not None:
        return PreparedRequest(operation="request", problem=problem)
    name = operation or f"{method} /{path.split('/')[1]}"
    secrets: list[Secret] = []
    query, problem = _query(params or {}, secrets)
    if problem is not None:
        return PreparedRequest(operation=name, problem=problem)
    body = None if json is None else _dump(json, secrets)
    if json is not None and body is None:
        return PreparedRequest(operation=name, problem="json holds something that JSON cannot")
    kind = kind_of_method(method)
    return PreparedRequest(method, path + query, body, name, kind, accept, tuple(secrets))


def _wrong(method: object, path: object, accept: object) -> str | None:
    if not isinstance(method, str) or method not in _METHODS:
        return f"the method must be one of {', '.join(sorted(_METHODS))}"
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        return "the path must look like /resource/id; put a query into params"
    if any(part in (".", "..") for part in unquote(path).split("/")):
        return "the path must not climb"
    if not isinstance(accept, str) or not re.fullmatch(r"[\w.+*/;=, -]{1,100}", accept, re.ASCII):
        return "accept must be a media type"
    return None


def _query(params: object, secrets: list[Secret]) -> tuple[str, str | None]:
    if not isinstance(params, Mapping) or not all(isinstance(name, str) for name in params):
        return "", "params must be a mapping of text to values"
    pieces: list[str] = []
    for name, value in params.items():
        text, problem = plain(value, booleans=("false", "true"))
        if problem is not None:
            return "", f"the parameter {name!r} {problem}"
        if text is None:
            continue
        try:
            pieces.append(f"{quote(name, safe='')}={quote(text, safe='')}")
        except UnicodeEncodeError:
            return "", f"the parameter {name!r} holds half a surrogate pair"
        if isinstance(value, Secret):
            secrets.append(value)
    return ("?" + "&".join(pieces) if pieces else ""), None


def _dump(value: object, secrets: list[Secret]) -> bytes | None:
    def write(other: object) -> object:
        if isinstance(other, Secret):
            secrets.append(other)
            return other.reveal()
        if isinstance(other, Mapping):
            return dict(other)
        raise TypeError

    try:
        body = orjson.dumps(value, default=write)
    except TypeError:  # orjson's own errors are TypeErrors, too
        return None
    # orjson writes what is no number as null, in silence.
    return None if b"null" in body and _has_no_number(value) else body


def _has_no_number(value: object) -> bool:
    match value:
        case float():
            return not math.isfinite(value)
        case Mapping():
            return any(map(_has_no_number, value.values()))
        case list() | tuple():
            return any(map(_has_no_number, value))
        case _:
            return False


def request(origin: Origin, base_path: str, prepared: PreparedRequest, headers: Headers) -> Request:
    """A draft as a request, with its token among the headers."""
    media = (("Content-Type", JSON),) if prepared.body is not None else ()
    return Request(
        origin,
        prepared.method,
        base_path + prepared.target,
        (("Accept", prepared.accept), *media, *headers),
        prepared.body,
        prepared.operation,
        prepared.kind == "changing",
    )


def decode(response: Response, prepared: PreparedRequest, secrets: Iterable[Secret]) -> Any:
    """JSON, bytes or None of a successful answer, or the error it means, as a value."""
    body: Any = _body(response, prepared)
    if isinstance(body, dict) and _is_envelope(body, response):
        return _refusal(body, response, prepared, secrets)
    if response.status not in _SUCCESSES and response.status not in _REDIRECTS:
        return _without_envelope(response, prepared, secrets)
    return body


def _body(response: Response, prepared: PreparedRequest) -> Any:
    if response.status in _SUCCESSES and not response.body.strip():
        return None
    media = (response.header("content-type") or "").lower()
    wants_bytes = prepared.accept != JSON or media.startswith("application/pdf")
    if response.status in _SUCCESSES and wants_bytes and "json" not in media:
        return response.body
    return read_json(response, operation=prepared.operation, changing=prepared.kind != "read")


def _is_envelope(body: dict[str, Any], response: Response) -> bool:
    """Whether an object is an error: on a success it must look like one in every part."""
    coded, said = parse_int(body.get("code")) is not None, isinstance(body.get("message"), str)
    if response.status not in _SUCCESSES:
        return coded
    return coded and said and set(body) <= _ENVELOPE


def _refusal(
    body: dict[str, Any], response: Response, prepared: PreparedRequest, secrets: Iterable[Secret]
) -> APIError:
    code = parse_int(body.get("code")) or 0
    hidden = _hidden(prepared, secrets)
    text = body.get("message")
    text = redact(text, hidden) if isinstance(text, str) else ""
    kind = boxc_error(code, response.status) or UnknownStatusError
    details = _scope(text, prepared) if kind is PermissionDeniedError else {}
    needs = f"give the token the scope {details['scope']}" if details else ""
    said = f' It says: "{text}".' if text else ""
    return _error(
        kind,
        response,
        prepared,
        f"code {code} (HTTP {response.status}).{said}",
        hidden,
        code=code,
        text=text,
        errors=_errors(body.get("errors"), hidden),
        details=details,
        next_step=needs,
    )


def _hidden(prepared: PreparedRequest, secrets: Iterable[Secret]) -> tuple[Secret, ...]:
    """What must not be seen of a call: what was said to be secret, and what its name says so."""
    return (*prepared.secrets, *secrets, *sensitive_values(prepared.target, prepared.body))


def _without_envelope(
    response: Response, prepared: PreparedRequest, secrets: Iterable[Secret]
) -> BoxAPIError:
    kind = http_error(response.status)
    if kind is None:
        return InvalidResponseError(
            f"{prepared.operation}: HTTP {response.status}, which is no answer BoxC documents.",
            operation=prepared.operation,
            may_have_been_applied=prepared.kind != "read",
            retry_stopped_by="permanent",
        )
    sentence = f"HTTP {response.status} without an error of BoxC."
    return _error(kind, response, prepared, sentence, _hidden(prepared, secrets))


def _error(
    kind: type[APIError],
    response: Response,
    prepared: PreparedRequest,
    sentence: str,
    hidden: Iterable[Secret],
    **fields: Any,
) -> APIError:
    failed = kind in (ServerError, UnknownStatusError) or response.status in _SERVER_FAILURES
    applied = prepared.kind != "read" and failed
    extra: dict[str, Any] = {}
    if issubclass(kind, RateLimitError):
        extra["retry_after"] = seconds(response.header("retry-after"))
    return kind(
        f"{prepared.operation}: {sentence}",
        service="boxc",
        status=response.status,
        operation=prepared.operation,
        may_have_been_applied=applied,
        request_id=_request_id(response, hidden),
        **extra,
        **fields,
    )


def _request_id(response: Response, hidden: Iterable[Secret]) -> str | None:
    text = response.header("x-request-id")
    return None if text is None else redact(text, hidden)


def _scope(text: str, prepared: PreparedRequest) -> dict[str, str]:
    """The scope that is missing: as the service says it, or as the operation is known to need."""
    said = _SCOPE.search(text)
    scope = said.group(1) if said else CREDENTIAL_SCOPES.get(prepared.operation)
    return {} if scope is None else {"scope": scope}


def _errors(errors: object, hidden: Iterable[Secret]) -> tuple[str, ...]:
    hidden = tuple(hidden)
    match errors:
        case list():
            return tuple(redact(item, hidden) for item in errors if isinstance(item, str))
        case dict():
            return tuple(redact(f"{path}: {text}", hidden) for path, text in errors.items())
        case _:
            return ()
