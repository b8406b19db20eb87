"""`Secret`, a string that is not shown by accident, and the names of fields that hold secrets.

Promises: only `Secret.reveal` returns the value, and a `Secret` cannot be pickled or copied.

What the library promises about secrets as a whole:

* A `Secret` is accepted wherever a value of yours is text: names, passwords, keys, addresses,
  arguments, JSON.
* Public methods wrap your values in `Secret` before anything else, so no frame of this library that
  a crash reporter prints holds one. An argument is brought to an exact `str` or `int` by the type's
  own method; whatever its class does instead, such as raising, becomes a `ConfigurationError`
  without a value.
* While a request is written and its response awaited, no local variable of a transport holds a part
  of it, so profilers and the traceback of Ctrl-C show none. Frames of asyncio and httpx are not
  ours.
* Requests over ``http`` stay on this machine: the address that a name such as ``localhost`` leads
  to must be a loopback address, else nothing is sent.
* Texts of a service (``errorString``, ``message``) become part of an error only after the call's
  own secrets are redacted, and with them all values that a mark (``:``, ``=``, a bracket, a tag)
  gives to a sensitive name; a value that was not sent and has no mark, as in ``password hunter2``,
  is not known. A secret is found behind layers of escapes, and by its letters and digits alone:
  half of them, at least six, count as an echo of it. A secret of up to three characters is masked
  where it stands by itself. Where a part of a secret may be left, the text is left out, and the
  error says so. HTML pages are never quoted.
* In ``extra``, and in the tables of the command line, a value under a sensitive name stands as
  ``[secret]``, however deep; ``extra`` holds a `Secret` there.
* Errors hold no URL, header, body or exception of another library.
* Journals, saved logins, results and profiles are used only if they are regular files of yours.
  Links are refused, except for profiles; a file that is written replaces the one of that name.
"""

import unicodedata
from collections.abc import Callable
from typing import Any, NoReturn, cast

from boxapis.errors import ConfigurationError, type_name

__all__ = ["MASK", "SENSITIVE_FIELDS", "Secret", "is_sensitive"]

MASK = "[secret]"
"""Text shown instead of a secret; the same for all, so it reveals neither length nor prefix."""

SENSITIVE_FIELDS = frozenset(
    {
        # Box Tracker: users, sessions and cards, in the spellings of portal, web API and forms.
        *("password", "password_api", "password_customer"),
        *("sessionKey", "key", "session_key", "session_key_api", "session_key_customer"),
        *("ccard_number", "ccard_exp_month", "ccard_exp_year", "ccard_cvv"),
        *("ccardNumber", "ccardExp", "ccardCVV"),
        *("txtCCardNo", "txtCCardCVV", "selExpMonth", "selExpYear"),
        # BoxC: tokens, the client and carrier parameters; a webhook's "key" is among those above.
        *("token", "access_token", "id_token", "refresh_token", "client_secret"),
        *("api_key", "api_password", "api_secret", "app_key", "user_key", "user_code"),
        *("dp_api_key", "dp_api_secret", "gkp_password", "cig_password", "tnt_password"),
        *("retoure_password", "client_secret_id", "account_number"),
        # Headers of both.
        *("Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"),
    }
)
"""Names of arguments, JSON fields and headers with secret values, as spelt on the wire.

For scrubbers of crash reporters and logs; the library's own redaction uses them, too.
"""


class Secret:
    """A password, key, token or card number that is not shown by accident.

    `str`, `repr`, `format` and f-strings return a fixed mask. Comparison, also with a plain `str`,
    takes constant time. There is no length, hash or iteration, and pickle and copy are refused.

    Args:
        value: The text, or another `Secret`.

    Raises:
        ConfigurationError: the value is neither; the error does not show it.
    """

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]  # a hash would allow guessing offline

    def __init__(self, value: "str | Secret") -> None:
        kind = type(value)  # and not isinstance, which asks the value for its __class__
        if issubclass(kind, Secret):
            _write(self, _read(cast("Secret", value)))
        elif issubclass(kind, str):
            _write(self, str.__str__(cast("str", value)))
        else:
            name = type_name(value)
            del value
            raise ConfigurationError(f"a Secret takes a str, not a value of type {name}")

    def reveal(self) -> str:
        """Returns the value. Call it only where the value is used, and keep no copy."""
        return _read(self)

    def __repr__(self) -> str:
        return MASK

    def __format__(self, specification: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str | Secret):
            return NotImplemented
        from hmac import compare_digest  # noqa: PLC0415 - loads OpenSSL, and comparisons are rare

        return compare_digest(_encode(self.reveal()), _encode(Secret(other).reveal()))

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = "a Secret cannot be pickled or copied; store reveal() if you must"
        raise TypeError(message)

    def __getstate__(self) -> NoReturn:
        self.__reduce_ex__(0)


# Without its name the slot is hidden from debuggers and reporters that list attributes.
_slot: Any = Secret.__dict__["_value"]
_read: Callable[[Secret], str] = _slot.__get__
_write: Callable[[Secret, str], None] = _slot.__set__
delattr(Secret, "_value")


def seal(value: object) -> Secret | None:
    """Wraps a caller's value in a `Secret`; None stays None, other types become an empty secret.

    It never raises, so that a public function can call it before its first check; from then on no
    frame holds the plain value, which a traceback with local variables would show.
    """
    if value is None:
        return None
    return Secret(cast("str", value)) if issubclass(type(value), (str, Secret)) else Secret("")


def required(secret: Secret | None, name: str) -> Secret:
    """Returns the secret after checking that it can be sent.

    Args:
        secret: The secret, as `seal` returned it.
        name: Name of the argument, for the error.

    Raises:
        ConfigurationError: it is missing, empty, or cannot be encoded as UTF-8.
    """
    if secret is None or not secret.reveal():
        message = f"{name} must be a non-empty str or Secret"
        raise ConfigurationError(message)
    if not _is_utf8(secret.reveal()):
        message = f"{name} holds half a surrogate pair, which has no encoding"
        raise ConfigurationError(message)
    return secret


def _is_utf8(value: str) -> bool:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_sensitive(name: str) -> bool:
    """Whether a field with this name, in any case and spelling, holds a secret."""
    name = skeleton(name)
    return name in _NORMALISED_NAMES or any(word in name for word in _SENSITIVE_WORDS)


def skeleton(text: str) -> str:
    """Returns the letters and digits of a text alone, without accents and differences of case."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, text)).lower()


_SENSITIVE_WORDS = (
    *("password", "passwd", "pwd", "passphrase", "secret", "token", "apikey", "sessionkey"),
    *("cvv", "cvc"),
)
_NORMALISED_NAMES = frozenset(map(skeleton, SENSITIVE_FIELDS))


def _encode(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
