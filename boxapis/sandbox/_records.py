"""Records of the requests a service received, with every secret value masked."""

import json
from collections.abc import Mapping

from attrs import frozen

SECRET_MASK = "[secret]"  # noqa: S105 - the mask, not a secret

# A list of the sandbox's own, because it imports nothing of the client. Names are compared by their
# letters and digits, so that a spelling not thought of is masked, too.
_SECRET_NAMES = frozenset(
    {
        *("key", "appkey", "userkey", "usercode", "accountnumber"),
        *("txtccardno", "txtccardcvv", "selexpmonth", "selexpyear"),
        *("authorization", "proxyauthorization", "cookie", "setcookie"),
    }
)
_SECRET_WORDS = ("password", "secret", "token", "apikey", "sessionkey", "ccard")
_REFERENCES = frozenset({"ccardid", "pagetoken"})
_UNMASKED = frozenset({"carrier", "credentials_id"})


@frozen
class RecordedCommand:
    """One Box Tracker command as it arrived, and how it was answered.

    Attributes:
        method: HTTP method.
        command: Command name; empty when none was sent.
        arguments: Arguments; passwords, keys, tokens and card data read ``[secret]``, in JSON that
            an argument holds as text, too.
        status: The ``status`` in the response's body, 0 where it has none.
        time: Seconds of the sandbox clock.
        connection: The caller's port.
    """

    method: str
    command: str
    arguments: Mapping[str, str]
    status: int
    time: float
    connection: int


@frozen
class RecordedRequest:
    """One BoxC request as it arrived, and how it was answered.

    Attributes:
        method: HTTP method.
        operation: Method and path template, as in ``GET /credentials/{id}``.
        path: Path as it was sent.
        query: Query parameters; those with secrets read ``[secret]``.
        body: The JSON that was sent, every value but the carrier code and the ``credentials_id``
            reading ``[secret]``; None when it was not JSON.
        status: HTTP status of the response.
        code: The error code in the response's body, or None.
        time: Seconds of the sandbox clock.
        connection: The caller's port.
    """

    method: str
    operation: str
    path: str
    query: Mapping[str, str]
    body: object
    status: int
    code: int | None
    time: float
    connection: int


def mask_arguments(arguments: Mapping[str, str]) -> dict[str, str]:
    """Copy arguments or query parameters with the secret values masked."""
    return {
        name: SECRET_MASK if is_secret_name(name) else _mask_text(value)
        for name, value in arguments.items()
    }


def _mask_text(text: str) -> str:
    """The text, or, where it holds JSON with secret values, the same JSON with masks."""
    if text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        content = json.loads(text)
        masked = _mask_nested(content)
    except (ValueError, RecursionError):
        return SECRET_MASK
    return text if masked == content else json.dumps(masked)


def _mask_nested(content: object) -> object:
    match content:
        case dict():
            return {
                name: SECRET_MASK if is_secret_name(name) else _mask_nested(value)
                for name, value in content.items()
            }
        case list():
            return [_mask_nested(item) for item in content]
        case str():
            return _mask_text(content)
        case _:
            return content


def mask_body(content: object, name: str = "") -> object:
    """Copy JSON with every value masked but the few that may be shown; names and nesting stay."""
    match content:
        case dict():
            return {key: mask_body(value, key) for key, value in content.items()}
        case list():
            return [mask_body(item, name) for item in content]
        case _:
            return content if name in _UNMASKED else SECRET_MASK


def is_secret_name(name: str) -> bool:
    """Whether values under this name, in any case and spelling, are secrets."""
    letters = "".join(filter(str.isalnum, name)).lower()
    if letters in _REFERENCES:
        return False
    return letters in _SECRET_NAMES or any(word in letters for word in _SECRET_WORDS)
