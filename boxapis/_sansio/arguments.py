"""Arguments and session keys of Box Tracker commands as encoded pairs, out of sight.

Promises: every value is percent-encoded but for the unreserved characters, so that any Unicode
password survives the way; what is absent is left out; sealing never raises, so that no frame of
ours is ever shown with a bare secret in it.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote

from attrs import frozen

from boxapis._sansio import catalogue
from boxapis._sansio.catalogue import Command, Family
from boxapis._sansio.text import plain
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, is_sensitive

__all__ = [
    "Arguments",
    "customer_block",
    "customer_handshake",
    "handshake",
    "seal_arguments",
    "web_block",
]


@frozen(repr=False, eq=False)
class Arguments:
    """A caller's arguments, encoded and out of sight.

    Attributes:
        command: Whose arguments they are; None when there is no such command.
        encoded: ``&name=value`` for each, percent-encoded.
        names: Which were given a value.
        secrets: Their values where these must not be seen.
        problem: What is wrong with them; the request is then never made.
    """

    command: Command | None = None
    encoded: str = ""
    names: frozenset[str] = frozenset()
    secrets: tuple[Secret, ...] = ()
    problem: str | None = None

    def error(self) -> ConfigurationError | None:
        """The error of arguments that cannot be sent."""
        if self.problem is None:
            return None
        return ConfigurationError(self.problem)

    def __repr__(self) -> str:
        return f"<Arguments {', '.join(sorted(self.names))}>"


def seal_arguments(name: str, arguments: Mapping[str, object]) -> Arguments:
    """Encodes the arguments of a command; never raises."""
    command = catalogue.lookup(name) if isinstance(name, str) else None
    if command is None:
        return Arguments(problem=f"{_shown(name)} is not a command of Box Tracker")
    pieces: list[str] = []
    secrets: list[Secret] = []
    names: set[str] = set()
    for key, value in arguments.items():
        name_of_it = _name(key)
        text, problem = _text(name_of_it, value, command.family)
        if problem is not None:
            return Arguments(problem=f"{name}: the argument {key!r} {problem}")
        if text is None:
            continue
        names.add(key)
        pieces.append(f"&{name_of_it.quoted}={_quoted(text)}")
        if name_of_it.is_secret or isinstance(value, Secret) or key in command.secrets:
            secrets.append(Secret(text))
    return Arguments(command, "".join(pieces), frozenset(names), tuple(secrets))


def _shown(name: object) -> str:
    return repr(name[:60]) if isinstance(name, str) else f"a {type(name).__name__}"


@frozen
class _Name:
    """What the name of an argument tells by itself."""

    quoted: str | None
    is_reserved: bool
    is_secret: bool


@lru_cache(maxsize=1024)
def _name(key: str) -> _Name:
    reserved = key in catalogue.RESERVED_ARGUMENTS or key.startswith(
        ("username_", "password_", "session_key_")
    )
    return _Name(_quoted(key) if _is_encodable(key) else None, reserved, is_sensitive(key))


def _text(name: _Name, value: object, family: Family) -> tuple[str | None, str | None]:
    """A value as text, or what is wrong with it or its name; neither when there is no value."""
    if name.is_reserved:
        return None, "is put in by the client"
    text, problem = plain(value, named_months=family == "portal")
    if text is not None and (name.quoted is None or not _is_encodable(text)):
        return None, "holds half a surrogate pair, which has no encoding"
    return text, problem


def _is_encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _quoted(text: str) -> str:
    """Everything but the unreserved characters percent-encoded; plain words pass as they are."""
    return text if text.isascii() and text.isalnum() else quote(text, safe="")


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"&{name}={_quoted(value)}" for name, value in pairs)


def handshake(username: str, password: Secret) -> str:
    """The arguments of a portal or web API handshake: here the names have no suffix."""
    return _pairs((("username", username), ("password", password.reveal())))


def customer_handshake(
    username_api: str,
    password_api: Secret,
    session_key_api: Secret,
    username_customer: str,
    password_customer: Secret | None,
    session_key_customer: Secret | None,
) -> str:
    """The arguments of a customer handshake; what is absent is left out."""
    given = (
        ("username_api", username_api),
        ("password_api", password_api),
        ("session_key_api", session_key_api),
        ("username_customer", username_customer),
        ("password_customer", password_customer),
        ("session_key_customer", session_key_customer),
    )
    return _pairs((name, _bare(value)) for name, value in given if value is not None)


def _bare(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def customer_block(
    username_api: str, session_key_api: Secret, username_customer: str, session_key: Secret
) -> str:
    """The four session arguments of every other portal command."""
    return _pairs(
        (
            ("username_api", username_api),
            ("session_key_api", session_key_api.reveal()),
            ("username_customer", username_customer),
            ("session_key_customer", session_key.reveal()),
        )
    )


def web_block(username: str, session_key: Secret) -> str:
    """The two session arguments of a web API command."""
    return _pairs((("username", username), ("key", session_key.reveal())))
