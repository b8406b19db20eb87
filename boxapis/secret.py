"""`Secret`: a value that does not show itself, and the names of fields that hold such values.

Promises: a `Secret` gives its value by `reveal` and by nothing else; it cannot be pickled or
copied into a file by accident.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from boxapis.errors import ConfigurationError

__all__ = ["MASK", "SENSITIVE_FIELDS", "Secret", "is_sensitive", "required", "seal"]

MASK = "[secret]"
"""What stands in place of a secret: no length, no prefix, no hash of it."""

SENSITIVE_FIELDS = frozenset(
    {
        # Box Tracker: users, sessions and cards, in the spellings of portal, web API and forms.
        *("password", "password_api", "password_customer"),
        *("sessionKey", "key", "session_key", "session_key_api", "session_key_customer"),
        *("ccard_number", "ccard_exp_month", "ccard_exp_year", "ccard_cvv"),
        *("ccardNumber", "ccardExp", "ccardCVV"),
        *("txtCCardNo", "txtCCardCVV", "selExpMonth", "selExpYear"),
        # BoxC: tokens, the client, and what carriers want. The key of a webhook is a "key", too.
        *("token", "access_token", "id_token", "refresh_token", "client_secret"),
        *("api_key", "api_password", "api_secret", "app_key", "user_key", "user_code"),
        *("dp_api_key", "dp_api_secret", "gkp_password", "cig_password", "tnt_password"),
        *("retoure_password", "client_secret_id", "account_number"),
        # Headers of both.
        *("Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"),
    }
)
"""Names of arguments, JSON fields and headers whose values must not be seen, as they are spelt on
the wire: for the scrubber of a crash reporter or a log. The library's own redaction uses them too.
"""


class Secret:
    """A password, key, token or card number that does not show itself.

    Args:
        value: The text to keep, or another `Secret`.

    Raises:
        ConfigurationError: when it is neither; it is not shown.

    `str`, `repr`, `format`, f-strings and `vars` give a fixed mask. Equality compares in constant
    time, also with a plain `str`. It has no length, no hash and no iteration, and refuses pickle
    and copy.
    """

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]  # a hash would let a secret be guessed offline

    def __init__(self, value: "str | Secret") -> None:
        if isinstance(value, Secret):
            _write(self, value.reveal())
        elif isinstance(value, str):
            _write(self, str.__str__(value))
        else:
            kind = type(value).__name__
            del value
            raise ConfigurationError(f"a Secret is made of str, not of {kind}")

    def reveal(self) -> str:
        """The value itself. Call it where the value is used, and keep no copy."""
        return _read(self)

    def __repr__(self) -> str:
        return MASK

    def __format__(self, specification: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str | Secret):
            return NotImplemented
        from hmac import compare_digest  # noqa: PLC0415 - drags OpenSSL along; compared rarely

        return compare_digest(_as_bytes(self.reveal()), _as_bytes(Secret(other).reveal()))

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = "a Secret is not pickled or copied; pass reveal() on if you must store it"
        raise TypeError(message)

    def __getstate__(self) -> NoReturn:
        self.__reduce_ex__(0)


# The one slot loses its name, so that no tool that lists attributes comes upon the value.
_slot: Any = Secret.__dict__["_value"]
_read: Callable[[Secret], str] = _slot.__get__
_write: Callable[[Secret, str], None] = _slot.__set__
delattr(Secret, "_value")


def seal(value: object) -> Secret | None:
    """A `Secret` of a caller's value; None stays None, and what is no text becomes an empty one.

    Never raises, so that a public function can put it before its first check: after that line no
    frame holds the bare value.
    """
    if value is None:
        return None
    return Secret(value) if isinstance(value, str | Secret) else Secret("")


def required(secret: Secret | None, name: str) -> Secret:
    """The secret, when it is text that can be sent.

    Raises:
        ConfigurationError: when it is missing, empty, no text, or has no UTF-8 form.
    """
    if secret is None or not secret.reveal():
        message = f"{name} must be a non-empty str or Secret"
        raise ConfigurationError(message)
    if not _is_sendable(secret.reveal()):
        message = f"{name} holds half a surrogate pair, which has no encoding"
        raise ConfigurationError(message)
    return secret


def _is_sendable(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_sensitive(name: str) -> bool:
    """Whether a field of this name must not be seen, in whatever case and spelling."""
    plain = _plain(name)
    return plain in _PLAIN_NAMES or any(word in plain for word in ("password", "secret", "token"))


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


_PLAIN_NAMES = frozenset(map(_plain, SENSITIVE_FIELDS))


def _as_bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
