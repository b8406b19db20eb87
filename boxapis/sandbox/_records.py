"""Records of the requests a service received, with every secret value masked."""

from collections.abc import Mapping

from attrs import frozen

SECRET_MASK = "[secret]"  # noqa: S105 - the mask, not a secret

_SECRET_NAMES = frozenset({"password", "key"})
_SECRET_PREFIXES = ("password_", "session_key_", "ccard")
_CARD_REFERENCE = "ccard_id"
_UNMASKED = frozenset({"carrier", "credentials_id"})


@frozen
class RecordedCommand:
    """One Box Tracker command as it arrived, and how it was answered.

    Attributes:
        method: HTTP method.
        command: Command name; empty when none was sent.
        arguments: Arguments; passwords, session keys and card data read ``[secret]``.
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
        query: Query parameters.
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
    """Copy Box Tracker arguments with the secret values masked."""
    return {name: SECRET_MASK if _is_secret(name) else value for name, value in arguments.items()}


def mask_body(content: object, name: str = "") -> object:
    """Copy JSON with every value masked but the few that may be shown; names and nesting stay."""
    match content:
        case dict():
            return {key: mask_body(value, key) for key, value in content.items()}
        case list():
            return [mask_body(item, name) for item in content]
        case _:
            return content if name in _UNMASKED else SECRET_MASK


def _is_secret(name: str) -> bool:
    if name == _CARD_REFERENCE:
        return False
    return name in _SECRET_NAMES or name.startswith(_SECRET_PREFIXES)
