"""Secrets that live elsewhere: ``env:NAME``, ``file:PATH``, ``keyring:SERVICE/NAME``, ``prompt:``.

A reference may stand where a secret must not: in the file of profiles, and on the command line.
"""

import os
from pathlib import Path

from boxapis import ConfigurationError, Secret
from boxapis.cli.extras import extra
from boxapis.cli.settings.prompts import ask

__all__ = ["KINDS", "is_reference", "look_up"]

KINDS = "env:NAME, file:PATH, keyring:SERVICE/NAME or prompt:"
_SCHEMES = frozenset({"env", "file", "keyring", "prompt"})


def is_reference(text: str) -> bool:
    """Whether a text says where a secret is, rather than being one."""
    scheme, colon, _ = text.partition(":")
    return bool(colon) and scheme in _SCHEMES


def look_up(reference: str, name: str) -> Secret:
    """The secret behind a reference; ``name`` is what it is for.

    Raises:
        ConfigurationError: when there is none. The value is never shown, the reference is.
    """
    scheme, _, place = reference.partition(":")
    match scheme:
        case "env":
            found = os.environ.get(place)
        case "file":
            found = _of_file(place, name)
        case "keyring":
            found = _of_keyring(place, name)
        case _:
            return ask(place or name)
    if not found:
        raise ConfigurationError(f"{name}: there is nothing at {reference}")
    return Secret(found)


def _of_file(place: str, name: str) -> str:
    """The first line, without its end, as an editor or ``echo`` leaves it."""
    try:
        with Path(place).expanduser().open(encoding="utf-8") as file:
            return file.readline().rstrip("\r\n")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not text in UTF-8"
    raise ConfigurationError(f"{name}: file:{place} cannot be read: {why}")


def _of_keyring(place: str, name: str) -> str | None:
    service, slash, user = place.rpartition("/")
    if not (slash and service and user):
        raise ConfigurationError(f"{name}: write keyring:SERVICE/NAME, not keyring:{place}")
    with extra("keyring"):
        import keyring  # noqa: PLC0415 - an optional extra, imported where it is asked for
        from keyring.errors import KeyringError  # noqa: PLC0415 - the same
    try:
        return keyring.get_password(service, user)
    except KeyringError as error:
        why = type(error).__name__
    raise ConfigurationError(f"{name}: the keyring gave no answer for keyring:{place} ({why})")
