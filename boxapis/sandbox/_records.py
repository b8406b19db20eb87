"""What a service remembers of the requests it was sent: never a secret value."""

from collections.abc import Mapping

from attrs import frozen

SECRET_MASK = "[secret]"  # noqa: S105 - the mask, not a secret

_SECRET_NAMES = frozenset({"password", "key"})
_SECRET_PREFIXES = ("password_", "session_key_", "ccard")
_CARD_REFERENCE = "ccard_id"
_SHOWN = frozenset({"carrier", "credentials_id"})


@frozen
class Recorded:
    """One Box Tracker command: who asked what, and the `status` in the answer's body.

    `moment` is in seconds of the sandbox clock, `connection` the caller's port. Passwords,
    session keys and card data stand as ``[secret]``.
    """

    method: str
    command: str
    arguments: Mapping[str, str]
    status: int
    moment: float
    connection: int


@frozen
class RecordedCall:
    """One BoxC request: `operation` is the method and the path template, `status` that of HTTP.

    `code` is the error code in the body, or None. `body` is the JSON that was sent, every
    value but the carrier code and the ``credentials_id`` standing as ``[secret]``; None when it
    was not JSON. `moment` is in seconds of the sandbox clock, `connection` the caller's port.
    """

    method: str
    operation: str
    path: str
    query: Mapping[str, str]
    body: object
    status: int
    code: int | None
    moment: float
    connection: int


def masked_arguments(arguments: Mapping[str, str]) -> dict[str, str]:
    """Copy Box Tracker arguments with the secret values replaced."""
    return {name: SECRET_MASK if _is_secret(name) else value for name, value in arguments.items()}


def masked_body(content: object, name: str = "") -> object:
    """Copy JSON with every value replaced but those shown; names and nesting stay."""
    match content:
        case dict():
            return {key: masked_body(value, key) for key, value in content.items()}
        case list():
            return [masked_body(item, name) for item in content]
        case _:
            return content if name in _SHOWN else SECRET_MASK


def _is_secret(name: str) -> bool:
    if name == _CARD_REFERENCE:
        return False
    return name in _SECRET_NAMES or name.startswith(_SECRET_PREFIXES)
