"""Box Tracker on the wire: a command into a request, and its answer into a body or an error.

Promises: only the answer's own ``status`` 200 is success; the HTTP status counts only where there
is no valid envelope; errors hold no secret of the call.
"""

from collections.abc import Callable, Iterable
from typing import Any, cast

from attrs import field, frozen

from boxapis._http.messages import Headers, Origin, Request, Response
from boxapis._sansio.bodies import read_json
from boxapis._sansio.boxtracker import catalogue
from boxapis._sansio.operation import Kind, http_error
from boxapis._sansio.redaction import redact
from boxapis._sansio.shapes import parse_int, seconds
from boxapis.errors import (
    APIError,
    BoxAPIError,
    InvalidResponseError,
    OutcomeUnknownError,
    RateLimitError,
    ServerError,
    UnknownStatusError,
)
from boxapis.secret import Secret

__all__ = [
    "Body",
    "Endpoint",
    "Handshake",
    "Secrets",
    "decode",
    "decode_handshake",
    "lacks_customer_id",
    "request",
]

Body = dict[str, Any]
Secrets = Callable[[], Iterable[Secret]]

_SUCCESS = 200
_UPDATE_FAILED = 700
_DETAILS = ("similarWOs", "TestURL")
_FORM = ("Content-Type", "application/x-www-form-urlencoded")


@frozen
class Endpoint:
    """Where commands go, and how.

    Attributes:
        origin: The host.
        path: Of the one address, for instance ``/controller.html``.
        method: ``"GET"`` puts the arguments into the query, ``"POST"`` into a form body.
        headers: The same for every command.
    """

    origin: Origin
    path: str
    method: str
    headers: Headers


@frozen(eq=False)
class Handshake:
    """What a handshake brought.

    Attributes:
        key: The session key.
        customer_id: Of a customer handshake; None otherwise.
        body: The answer; not shown, because it holds the key.
    """

    key: Secret
    customer_id: int | None
    body: Body = field(repr=False)


def request(endpoint: Endpoint, name: str, kind: Kind, arguments: str) -> Request:
    """One command as a request. ``arguments`` is encoded and begins with ``&``."""
    query = f"command={name}{arguments}"  # a name that passed the catalogue needs no quoting
    changing = kind != "read"
    if endpoint.method == "GET":
        return Request(
            endpoint.origin,
            "GET",
            f"{endpoint.path}?{query}",
            endpoint.headers,
            None,
            name,
            changing,
        )
    headers = (*endpoint.headers, _FORM)
    return Request(
        endpoint.origin, "POST", endpoint.path, headers, query.encode("ascii"), name, changing
    )


def decode(response: Response, name: str, kind: Kind, secrets: Secrets) -> Body | BoxAPIError:
    """The body of a successful answer, or the error it means, as a value.

    A 507, 508, 600 or 700 comes back as `SessionExpiredError`: whether to renew and repeat is the
    caller's decision. The HTTP status counts only where there is no valid envelope.
    """
    changing = kind != "read"
    body = read_json(response, operation=name, changing=changing)
    status = body.get("status") if isinstance(body, dict) else None
    if type(status) is not int:
        status = parse_int(status)
    if status is None:
        return _without_envelope(response, body, name, changing=changing)
    if status == _SUCCESS:
        return cast("Body", body)
    return _refusal(body, status, response, name, changing=changing, secrets=secrets)


def _without_envelope(
    response: Response, body: object, name: str, *, changing: bool
) -> BoxAPIError:
    kind = http_error(response.status)
    if kind is not None:
        return _http_refusal(kind, response, name, changing=changing)
    if isinstance(body, InvalidResponseError):
        return body
    what = "has no readable status" if isinstance(body, dict) else "is not a JSON object"
    return InvalidResponseError(
        f"{name}: the answer {what}, so it counts for nothing.",
        path="$.status" if isinstance(body, dict) else "$",
        operation=name,
        may_have_been_applied=changing,
        retry_stopped_by="permanent",
    )


def _http_refusal(
    kind: type[APIError], response: Response, name: str, *, changing: bool
) -> APIError:
    applied = changing and kind is ServerError
    error = kind(
        f"{name}: HTTP {response.status} without an answer of Box Tracker.",
        service="boxtracker",
        status=response.status,
        operation=name,
        may_have_been_applied=applied,
    )
    if isinstance(error, RateLimitError):
        error.retry_after = seconds(response.header("retry-after"))
    return error


def _refusal(
    body: Body, status: int, response: Response, name: str, *, changing: bool, secrets: Secrets
) -> BoxAPIError:
    row = catalogue.STATUSES.get(status)
    kind = (row and row.error) or UnknownStatusError
    if status == _UPDATE_FAILED and changing:
        return _update_failed(name)
    applied = changing and kind in (ServerError, UnknownStatusError)
    hidden = tuple(secrets())
    text = body.get("errorString")
    text = redact(text, hidden) if isinstance(text, str) else ""
    meaning = row.meaning if row else "a status no source lists"
    said = f' It says: "{text}".' if text else ""
    return kind(
        f"{name}: status {status}, {meaning}.{said}",
        service="boxtracker",
        status=response.status,
        code=status,
        text=text,
        details=_details(body, hidden),
        operation=name,
        may_have_been_applied=applied,
        next_step=row.advice if row else "",
    )


def _update_failed(name: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"{name}: status 700, the service could not keep the session alive, which does not prove"
        " that nothing was done.",
        operation=name,
        may_have_been_applied=True,
        retry_stopped_by="not-repeatable",
    )


def _details(body: Body, hidden: Iterable[Secret]) -> dict[str, Any]:
    details: dict[str, Any] = {}
    for name in _DETAILS:
        match body.get(name):
            case str() as text:
                details[name] = redact(text, hidden)
            case list() as lines:
                details[name] = tuple(redact(line, hidden) for line in lines if _is_text(line))
    return details


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def decode_handshake(
    response: Response, name: str, secrets: Secrets, kept: Secret | None = None
) -> Handshake | BoxAPIError:
    """The key of a handshake's answer, from ``sessionKey`` or ``key``.

    Args:
        response: The answer.
        name: The command.
        secrets: What to take out of an error's text.
        kept: For a customer handshake made with a key: the key to keep when the answer brings
            none, because the vendor's own client reads it at login only.
    """
    body = decode(response, name, "read", secrets)
    if isinstance(body, BoxAPIError):
        return body
    key = _key(body) or kept
    if key is None:
        return _lacks(name, "session key", "sessionKey")
    number = parse_int(body.get("customerID"))
    return Handshake(key, number, body)


def _key(body: Body) -> Secret | None:
    found = (body.get(name) for name in ("sessionKey", "key"))
    return next((Secret(key) for key in found if isinstance(key, str) and key), None)


def _lacks(name: str, what: str, where: str) -> InvalidResponseError:
    return InvalidResponseError(
        f"{name}: status 200, but no {what}.",
        path=f"$.{where}",
        operation=name,
        retry_stopped_by="permanent",
        next_step="report it to the vendor",
    )


def lacks_customer_id(name: str) -> InvalidResponseError:
    """The error of a customer handshake that does not say which customer it is."""
    return _lacks(name, "customerID", "customerID")
