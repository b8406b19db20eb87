"""Percent-encodes arguments and session keys of Box Tracker commands; no repr shows their values.

All but the unreserved characters are encoded, so any Unicode password is sent correctly. Absent
values are left out. Sealing never raises, so no traceback shows a frame that holds a plain secret.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from urllib.parse import quote

from attrs import frozen

from boxapis._sansio.boxtracker.catalogue import COMMANDS, RESERVED_ARGUMENTS, Command, lookup
from boxapis._sansio.text import (
    LONE_SURROGATE,
    MAX_ARGUMENTS,
    TOO_LARGE,
    UNREADABLE,
    encode_value,
    exact_text,
    percent_encode,
)
from boxapis.errors import ConfigurationError, type_name
from boxapis.secret import Secret, is_sensitive, skeleton

__all__ = [
    "SealedArguments",
    "api_handshake_arguments",
    "customer_handshake_arguments",
    "customer_session_arguments",
    "seal_arguments",
    "web_session_arguments",
]


class SealedArguments:
    """The encoded arguments of a command; no repr shows their values.

    Attributes:
        command: The command; None when there is no such command.
        encoded: ``&name=value`` for each argument, percent-encoded.
        names: The names of the arguments that have a value.
        secrets: The sensitive values, to be masked in texts of the service.
        problem: Why the command cannot be sent; None when it can.
    """

    __slots__ = ("command", "encoded", "names", "problem", "secrets")

    def __init__(
        self,
        command: Command | None = None,
        encoded: str = "",
        names: tuple[str, ...] = (),
        secrets: tuple[Secret, ...] = (),
        problem: str | None = None,
    ) -> None:
        self.command = command
        self.encoded = encoded
        self.names = names
        self.secrets = secrets
        self.problem = problem

    def filled(self) -> AbstractSet[str]:
        """Returns the names of the arguments whose value is not empty text."""
        pairs = f"{self.encoded}&"
        return {name for name in self.names if f"&{name}=&" not in pairs}

    def error(self) -> ConfigurationError | None:
        """Returns the error of arguments that cannot be sent; None when they can."""
        return None if self.problem is None else ConfigurationError(self.problem)

    def __repr__(self) -> str:
        return f"<SealedArguments {', '.join(sorted(self.names))}>"


def seal_arguments(name: str, arguments: Mapping[str, object]) -> SealedArguments:
    """Encodes the arguments of a command; never raises.

    Args:
        name: The command.
        arguments: Values by name; None leaves an argument out.
    """
    exact_name = name if type(name) is str else exact_text(name)
    command = None if exact_name is None else COMMANDS.get(exact_name) or lookup(exact_name)
    if command is None:
        shown = f"a {type_name(name)}" if exact_name is None else repr(exact_name[:60])
        return SealedArguments(problem=f"{shown} is not a command of Box Tracker")
    pairs: list[str] = []
    names: list[str] = []
    secrets: list[Secret] = []
    size = 0
    for key, value in arguments.items():
        key = str.__str__(key)  # noqa: PLW2901 - a subclass may have methods of its own
        argument = _check_name(key) if len(key) <= _LONGEST_NAME else _TOO_LONG_NAME
        pair, text, problem = _encode_argument(argument, value, command)
        size += len(pair)
        if problem is not None or size > MAX_ARGUMENTS:
            problem = f"the argument {key[:_LONGEST_NAME]!r} {problem or TOO_LARGE}"
            return SealedArguments(problem=f"{command.name}: {problem}")
        if text is None:
            continue
        names.append(key)
        pairs.append(pair)
        if argument.is_secret or issubclass(type(value), Secret) or key in command.secrets:
            secrets.append(Secret(text))
    return SealedArguments(command, "".join(pairs), tuple(names), tuple(secrets))


def _encode_argument(
    argument: "_ArgumentName", value: object, command: Command
) -> tuple[str, str | None, str | None]:
    """Returns the encoded pair, the value as text, and the problem that prevents either."""
    if argument.problem is not None:
        return "", None, argument.problem
    try:
        text, problem = encode_value(value, named_months=command.family == "portal")
        quoted = None if text is None else percent_encode(text)
    except Exception:  # noqa: BLE001 - whatever a value does, its error would show this frame
        return "", None, UNREADABLE
    if problem is None and text is not None and quoted is None:
        problem = LONE_SURROGATE
    pair = "" if quoted is None else f"&{argument.encoded}={quoted}"
    return pair, text, problem


@frozen(eq=False)
class _ArgumentName:
    """The name of an argument, encoded and checked.

    Attributes:
        encoded: The name, percent-encoded; None when it has no encoding.
        problem: Why the argument must not be given; None when it may.
        is_secret: Whether the name alone shows that its value is sensitive.
    """

    encoded: str | None
    problem: str | None
    is_secret: bool


_LONGEST_NAME = 200
_TOO_LONG_NAME = _ArgumentName(None, "has a name of more than 200 characters", is_secret=False)
_RESERVED = frozenset(map(skeleton, RESERVED_ARGUMENTS))
_RESERVED_PREFIXES = ("username", "password", "sessionkey")


@lru_cache(maxsize=1024)
def _check_name(name: str) -> _ArgumentName:
    encoded = percent_encode(name)
    letters = skeleton(name)  # a service may read `KEY` and `Session key` as its own
    problem = LONE_SURROGATE if encoded is None else None
    if letters in _RESERVED or letters.startswith(_RESERVED_PREFIXES):
        problem = "is added by the client"
    return _ArgumentName(encoded, problem, is_sensitive(name))


def _encode_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"&{name}={quote(value, safe='')}" for name, value in pairs)


def api_handshake_arguments(username: str, password: Secret) -> str:
    """Returns the encoded arguments of a portal or web API handshake; no name has a suffix."""
    return _encode_pairs((("username", username), ("password", password.reveal())))


def customer_handshake_arguments(
    username_api: str,
    password_api: Secret,
    session_key_api: Secret,
    username_customer: str,
    password_customer: Secret | None,
    session_key_customer: Secret | None,
) -> str:
    """Returns the encoded arguments of a customer handshake; None leaves one out."""
    pairs = (
        ("username_api", username_api),
        ("password_api", password_api),
        ("session_key_api", session_key_api),
        ("username_customer", username_customer),
        ("password_customer", password_customer),
        ("session_key_customer", session_key_customer),
    )
    return _encode_pairs((name, _reveal(value)) for name, value in pairs if value is not None)


def _reveal(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def customer_session_arguments(
    username_api: str, session_key_api: Secret, username_customer: str, session_key: Secret
) -> str:
    """Returns the four encoded session arguments of every other portal command."""
    return _encode_pairs(
        (
            ("username_api", username_api),
            ("session_key_api", session_key_api.reveal()),
            ("username_customer", username_customer),
            ("session_key_customer", session_key.reveal()),
        )
    )


def web_session_arguments(username: str, session_key: Secret) -> str:
    """Returns the two encoded session arguments of a web API command."""
    return _encode_pairs((("username", username), ("key", session_key.reveal())))
