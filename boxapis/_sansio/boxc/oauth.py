"""The authorization-code grant of BoxC: the URL for a user's browser, and two requests.

Source: https://docs.boxc.com/#tag/Authentication. The errors of the accounts service are not
documented, so they are told by the HTTP status.
"""

from collections.abc import Mapping

from attrs import frozen

from boxapis._http.messages import Headers, Origin, Request, Response
from boxapis._sansio.bodies import read_json
from boxapis._sansio.boxc.token import OPERATION, accounts_error
from boxapis._sansio.text import percent_encode
from boxapis.errors import BoxAPIError
from boxapis.options import Limits
from boxapis.secret import Secret

__all__ = ["EXCHANGE", "REVOKE", "Accounts", "authorize_url", "form_request", "refusal"]

EXCHANGE = OPERATION
REVOKE = "POST /auth/v1/revoke"

_AUTHORIZE_PATH = "/auth/v1/authorize"
_BAD_REQUEST = 400
_REFUSED_CODE = (
    "a code can be exchanged once, and only with the redirect_uri of its authorize_url; send the"
    " user there again"
)


@frozen(eq=False)
class Accounts:
    """The service that issues tokens, and the OAuth client at it.

    Attributes:
        client_id: The ID of the OAuth client.
        authorization: The ``Authorization`` header, made of ID and secret.
        origin: The host of the service.
        base_path: The path in front of the endpoints' own.
        headers: The same for every request.
    """

    client_id: Secret
    authorization: Secret
    origin: Origin
    base_path: str
    headers: Headers


def authorize_url(accounts: Accounts, fields: Mapping[str, str]) -> str | None:
    """Returns the URL that a user's browser is sent to; None if a field has no UTF-8 form.

    Args:
        accounts: The service and the OAuth client.
        fields: ``redirect_uri``, ``state`` and, if given, ``nonce``.
    """
    known = {"client_id": accounts.client_id.reveal(), "response_type": "code"}
    query = _encode(known | dict(fields))
    origin = f"{accounts.origin.scheme}://{accounts.origin.authority}{accounts.base_path}"
    return None if query is None else f"{origin}{_AUTHORIZE_PATH}?{query}"


def form_request(
    accounts: Accounts, operation: str, fields: Mapping[str, str], *, changing: bool
) -> Request | None:
    """Returns a request with the client's authorization; None if a field has no UTF-8 form.

    Args:
        accounts: The service and the OAuth client.
        operation: Method and path.
        fields: The fields of the form.
        changing: Whether it must not be sent twice.
    """
    headers = (
        ("Accept", "application/json"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Authorization", accounts.authorization.reveal()),
        *accounts.headers,
    )
    form = _encode(fields)
    if form is None:
        return None
    method, path = operation.split()
    target = accounts.base_path + path
    return Request(accounts.origin, method, target, headers, form.encode(), operation, changing)


def refusal(response: Response, operation: str, limits: Limits) -> BoxAPIError | None:
    """Returns the error of a response to one of the two requests; None for a success.

    Args:
        response: The response.
        operation: Method and path.
        limits: Maximum size and depth of JSON.
    """
    body = read_json(response, operation=operation, changing=True, limits=limits)
    if not isinstance(body, dict):  # a page of anyone, which has not seen code or client
        return accounts_error(response, operation, refused=(), changing=True)
    advice = {_BAD_REQUEST: _REFUSED_CODE} if operation == EXCHANGE else {}
    return accounts_error(response, operation, refused=(401, 403), changing=True, advice=advice)


def _encode(fields: Mapping[str, str]) -> str | None:
    pairs = [(name, percent_encode(value)) for name, value in fields.items()]
    if any(value is None for _, value in pairs):
        return None
    return "&".join(f"{name}={value}" for name, value in pairs)
