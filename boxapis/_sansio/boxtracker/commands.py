"""Encodes Box Tracker commands as requests, and decodes responses to bodies or errors.

Only the field ``status`` 200 in the body means success; the HTTP status counts only when the body
is no valid envelope. Errors hold no secret of the call.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any, cast

from attrs import field, frozen

from boxapis._http.messages import Headers, Origin, Request, Response, new_request
from boxapis._sansio.bodies import DEFAULT_LIMITS, read_json
from boxapis._sansio.boxtracker import catalogue
from boxapis._sansio.boxtracker.known_names import not_given
from boxapis._sansio.kinds import is_code, parse_int
from boxapis._sansio.operation import Kind, advice_on_page, http_error
from boxapis._sansio.redacted_lists import Redact, redact_all, redactor
from boxapis._sansio.retry_after import parse_seconds
from boxapis.errors import (
    APIError,
    BoxAPIError,
    ConflictError,
    InvalidResponseError,
    OutcomeUnknownError,
    RateLimitError,
    ServerError,
    SessionExpiredError,
    UnknownStatusError,
)
from boxapis.options import Limits
from boxapis.secret import Secret

__all__ = [
    "Body",
    "Endpoint",
    "Given",
    "Handshake",
    "Secrets",
    "decode",
    "decode_handshake",
    "missing_customer_id",
    "request",
]

Body = dict[str, Any]
Secrets = Callable[[], Iterable[Secret]]
Given = Callable[[], AbstractSet[str]]

_SUCCESS = 200
_SAVE_ORDER = "cmdBoxTPortalSaveWorkOrder"
_DETAIL_FIELDS = ("similarWOs", "TestURL")
_FORM_HEADER = ("Content-Type", "application/x-www-form-urlencoded")


@frozen(eq=False)
class Endpoint:
    """The URL to which commands are sent, and the HTTP method.

    Attributes:
        origin: The scheme, host and port.
        path: The path of the URL, for instance ``/controller.html``.
        method: ``"GET"`` sends the arguments in the query, ``"POST"`` in a form body.
        headers: Headers of every request.
    """

    origin: Origin
    path: str
    method: str
    headers: Headers


@frozen(eq=False)
class Handshake:
    """The result of a handshake.

    Attributes:
        key: The session key.
        customer_id: The customer's id after a customer handshake; None otherwise.
        body: The body of the response; not in the repr, because it holds the key.
    """

    key: Secret
    customer_id: int | None
    body: Body = field(repr=False)


def request(endpoint: Endpoint, name: str, kind: Kind, arguments: str) -> Request:
    """Returns the request of a command; ``arguments`` is encoded and begins with ``&``."""
    query = f"command={name}{arguments}"  # names in the catalogue need no encoding
    changing = kind != "read"
    if endpoint.method == "GET":
        return new_request(
            endpoint.origin,
            "GET",
            f"{endpoint.path}?{query}",
            endpoint.headers,
            None,
            name,
            changing,
        )
    headers = (*endpoint.headers, _FORM_HEADER)
    return new_request(
        endpoint.origin, "POST", endpoint.path, headers, query.encode("ascii"), name, changing
    )


def decode(
    response: Response,
    name: str,
    kind: Kind,
    secrets: Secrets,
    limits: Limits = DEFAULT_LIMITS,
    given: Given | None = None,
) -> Body | BoxAPIError:
    """Returns the body of a successful response, or its error.

    ``given`` returns the names of the arguments with a value, so that 303 says which are missing.

    507, 508, 600 and 700 become `SessionExpiredError`; the caller decides whether to renew the
    session and repeat the command. Only a 700 after a changing command becomes
    `OutcomeUnknownError`.
    """
    changing = kind != "read"
    body = read_json(response, operation=name, changing=changing, limits=limits)
    status = body.get("status") if isinstance(body, dict) else None
    if type(status) is not int:
        status = parse_int(status)
    if status is None:
        return _error_without_envelope(response, body, name, changing=changing)
    if status == _SUCCESS:
        return cast("Body", body)
    return _status_error(
        body, status, response, name, changing=changing, secrets=secrets, given=given
    )


def _error_without_envelope(
    response: Response, body: object, name: str, *, changing: bool
) -> BoxAPIError:
    kind = http_error(response.status)
    if kind is not None:
        return _http_error(kind, response, name, changing=changing)
    if isinstance(body, InvalidResponseError):
        return body
    problem = "has no readable status" if isinstance(body, dict) else "is not a JSON object"
    return InvalidResponseError(
        f"{name}: the response {problem}, so it proves nothing.",
        path="$.status" if isinstance(body, dict) else "$",
        operation=name,
        may_have_been_applied=changing,
        retry_stopped_by="permanent",
    )


def _http_error(kind: type[APIError], response: Response, name: str, *, changing: bool) -> APIError:
    applied = changing and kind is ServerError
    error = kind(
        f"{name}: HTTP {response.status} without a response of Box Tracker.",
        service="boxtracker",
        status=response.status,
        operation=name,
        may_have_been_applied=applied,
        next_step=advice_on_page(response.status),
    )
    if isinstance(error, RateLimitError):
        error.retry_after = parse_seconds(response.header("retry-after"))
    return error


def _status_error(
    body: Body,
    status: int,
    response: Response,
    name: str,
    *,
    changing: bool,
    secrets: Secrets,
    given: Given | None,
) -> BoxAPIError:
    row = catalogue.STATUSES.get(status)
    kind = (row and row.error) or UnknownStatusError
    if status == catalogue.UPDATE_FAILED and changing:
        return _update_failed(name)
    if name == _SAVE_ORDER and _has_similar(body) and kind is not SessionExpiredError:
        # With whatever status: nothing was saved, and the service asks for a confirmation.
        kind, row = ConflictError, _SIMILAR
    advice = row.advice if row else ""
    if given is not None and row is catalogue.STATUSES[catalogue.INPUTS_MISSING]:
        advice = _missing_inputs(name, given())
    applied = changing and kind in (ServerError, UnknownStatusError)
    redact = redactor(secrets())
    text = body.get("errorString")
    text = redact(text) if isinstance(text, str) else ""
    code = status if is_code(status) else None
    meaning = row.meaning if row else "an undocumented status"
    quote = f' It says: "{text}".' if text else ""
    return kind(
        f"{name}: status {'too long' if code is None else code}, {meaning}.{quote}",
        service="boxtracker",
        status=response.status,
        code=code,
        text=text,
        details=_redact_details(body, redact),
        operation=name,
        may_have_been_applied=applied,
        next_step=advice,
    )


def _missing_inputs(name: str, given: AbstractSet[str]) -> str:
    """Returns the advice for 303: the arguments that were not given."""
    names = not_given(name, given)
    return f"these were not given or are empty: {', '.join(names)}" if names else ""


def _has_similar(body: Body) -> bool:
    similar = body.get("similarWOs")
    return isinstance(similar, list) and bool(similar)


_SIMILAR = catalogue.StatusMeaning(
    "there are similar work orders, see details",
    ConflictError,
    "ask, then save it despite similar ones, or leave it",
)


def _update_failed(name: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{name}: status 700, the service could not keep the session alive, which does not prove"
        " that nothing was done.",
        operation=name,
        may_have_been_applied=True,
        retry_stopped_by="not-repeatable",
    )


def _redact_details(body: Body, redact: Redact) -> dict[str, Any]:
    details: dict[str, Any] = {}
    for name in _DETAIL_FIELDS:
        match body.get(name):
            case str() as text:
                details[name] = redact(text)
            case list() as lines:
                details[name] = redact_all(lines, len(lines), redact)
    return details


def decode_handshake(
    response: Response,
    name: str,
    secrets: Secrets,
    kept_key: Secret | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Handshake | BoxAPIError:
    """Returns the result of a handshake, with its key from ``sessionKey`` or ``key``, or its error.

    Args:
        response: The response.
        name: The command.
        secrets: Returns the values to mask in an error's text.
        kept_key: The key to keep when the response has none, in a customer handshake that sent it:
            the vendor's own client reads a key only after a login with a password.
        limits: Maximum size and depth of JSON.
    """
    body = decode(response, name, "read", secrets, limits)
    if isinstance(body, BoxAPIError):
        return body
    key = _session_key(body) or kept_key
    if key is None:
        return _missing_field(name, "session key", "sessionKey")
    return Handshake(key, parse_int(body.get("customerID")), body)


def _session_key(body: Body) -> Secret | None:
    keys = (body.get(name) for name in ("sessionKey", "key"))
    return next((Secret(key) for key in keys if isinstance(key, str) and key), None)


def _missing_field(name: str, what: str, field_name: str) -> InvalidResponseError:
    return InvalidResponseError(
        f"{name}: status 200, but no {what}.",
        path=f"$.{field_name}",
        operation=name,
        retry_stopped_by="permanent",
        next_step="report it to the vendor",
    )


def missing_customer_id(name: str) -> InvalidResponseError:
    """Returns the error of a customer handshake whose response has no customer id."""
    return _missing_field(name, "customerID", "customerID")
