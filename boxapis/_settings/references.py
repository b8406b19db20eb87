"""References to secrets: ``env:NAME``, ``file:PATH``, ``keyring:SERVICE/NAME``, ``prompt:``.

A reference may stand where a secret must not: in a profile, and on the command line. One line end
behind the text of a variable or file is dropped; a text of several lines is kept whole.
"""

import os
from collections.abc import Callable

from boxapis._settings.keyring import read_from_keyring
from boxapis._settings.text_files import (
    SECRET_LIMIT,
    UnreadableTextError,
    decode_text,
    read_text,
    without_line_end,
)
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret

__all__ = ["REFERENCE_FORMS", "is_reference", "resolve_reference"]

REFERENCE_FORMS = "env:NAME, file:PATH, keyring:SERVICE/NAME or prompt:"
_SCHEMES = frozenset({"env", "file", "keyring", "prompt"})


def is_reference(text: str) -> bool:
    """Whether a text is a reference rather than a secret itself."""
    scheme, colon, _ = text.partition(":")
    return bool(colon) and scheme in _SCHEMES


def resolve_reference(
    reference: str, name: str, ask: Callable[[str], Secret] | None = None
) -> Secret:
    """The secret that a reference points to.

    Args:
        reference: One of `REFERENCE_FORMS`.
        name: What the secret is for, used in prompts and errors.
        ask: Asks the user for a secret by its name; None where there is no terminal.

    Raises:
        ConfigurationError: There is no such secret. The error shows the reference, not the value.
    """
    scheme, _, place = reference.partition(":")
    problem = None
    found: str | None = None
    try:
        match scheme:
            case "env":
                found = _from_environment(place)
            case "file":
                found = _from_file(place)
            case "keyring":
                found = read_from_keyring(reference, name)
            case _:
                if ask is None:
                    raise ConfigurationError(f"{name} cannot be asked for: there is no terminal")
                return ask(place or name)
    except UnreadableTextError as error:
        problem = f"{reference} cannot be read: {error}"
    secret = without_line_end(found or "")
    if not secret:
        raise ConfigurationError(f"{name}: {problem or f'there is nothing at {reference}'}")
    return Secret(secret)


def _from_environment(variable: str) -> str:
    """The value as UTF-8, whatever the locale's encoding is."""
    return decode_text(os.fsencode(os.environ.get(variable, "")))


def _from_file(path: str) -> str:
    """The whole text, for keys in PEM have many lines."""
    return read_text(os.path.expanduser(path), SECRET_LIMIT)  # noqa: PTH111 - slow to import
