"""Arguments and session keys of Box Tracker commands as encoded pairs, out of sight.

Promises: every value is percent-encoded but for the unreserved characters, so that any Unicode
password survives the way; what is absent is left out; sealing never raises, so that no frame of
ours is ever shown with a bare secret in it.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from urllib.parse import quote

from attrs import frozen

from boxapis._sansio.boxtracker import catalogue
from boxapis._sansio.boxtracker.catalogue import Command
from boxapis._sansio.text import plain
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, is_sensitive

__all__ = [
    "Arguments",
    "customer_handshake",
    "customer_session_arguments",
    "handshake",
    "seal_arguments",
    "web_session_arguments",
]

_HALF = "holds half a surrogate pair, which has no encoding"


class Arguments:
    """A caller's arguments, encoded and out of sight.

    Attributes:
        command: Whose arguments they are; None when there is no such command.
        encoded: ``&name=value`` for each, percent-encoded.
        names: Which were given a value.
        secrets: Their values where these must not be seen.
        problem: What is wrong with them; the request is then never made.
    """

    __slots__ = ("command", "encoded", "names", "problem", "secrets")

    def __init__(
        self,
        command: Command | None = None,
        encoded: str = "",
        names: AbstractSet[str] = frozenset(),
        secrets: tuple[Secret, ...] = (),
        problem: str | None = None,
    ) -> None:
        self.command = command
        self.encoded = encoded
        self.names = names
        self.secrets = secrets
        self.problem = problem

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
    encoded = ""
    names: set[str] = set()
    secrets: tuple[Secret, ...] = ()
    named_months = command.family == "portal"
    for key, value in arguments.items():
        name_of_it = _name(key)
        if name_of_it.problem is not None:
            return Arguments(problem=f"{name}: the argument {key!r} {name_of_it.problem}")
        text, problem = plain(value, named_months=named_months)
        quoted = None if text is None else _quoted(text)
        if problem is not None or (text is not None and quoted is None):
            return Arguments(problem=f"{name}: the argument {key!r} {problem or _HALF}")
        if text is None:
            continue
        names.add(key)
        encoded = f"{encoded}&{name_of_it.quoted}={quoted}"
        if name_of_it.is_secret or isinstance(value, Secret) or key in command.secrets:
            secrets += (Secret(text),)
    return Arguments(command, encoded, names, secrets)


def _shown(name: object) -> str:
    return repr(name[:60]) if isinstance(name, str) else f"a {type(name).__name__}"


@frozen
class _Name:
    """What the name of an argument tells by itself."""

    quoted: str | None
    problem: str | None
    is_secret: bool


@lru_cache(maxsize=1024)
def _name(key: str) -> _Name:
    quoted = _quoted(key)
    reserved = key in catalogue.RESERVED_ARGUMENTS or key.startswith(
        ("username_", "password_", "session_key_")
    )
    problem = _HALF if quoted is None else None
    if reserved:
        problem = "is put in by the client"
    return _Name(quoted, problem, is_sensitive(key))


def _quoted(text: str) -> str | None:
    """Everything but the unreserved characters percent-encoded; None when it has no encoding.

    Plain words and numbers pass as they are.
    """
    if text.isalnum() and text.isascii():
        return text
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        return None


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"&{name}={quote(value, safe='')}" for name, value in pairs)


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


def customer_session_arguments(
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


def web_session_arguments(username: str, session_key: Secret) -> str:
    """The two session arguments of a web API command."""
    return _pairs((("username", username), ("key", session_key.reveal())))
