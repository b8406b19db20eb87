"""References to secrets: ``env:NAME``, ``file:PATH``, ``keyring:SERVICE/NAME``, ``prompt:``.

A reference may stand where a secret must not: in a profile, and on the command line.
"""

import os
from collections.abc import Callable

from boxapis._settings.keyring import read_from_keyring
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
    match scheme:
        case "env":
            found = os.environ.get(place)
        case "file":
            found = _from_file(place, name)
        case "keyring":
            found = read_from_keyring(reference, name)
        case _:
            if ask is None:
                raise ConfigurationError(f"{name} cannot be asked for: there is no terminal")
            return ask(place or name)
    if not found:
        raise ConfigurationError(f"{name}: there is nothing at {reference}")
    return Secret(found)


def _from_file(place: str, name: str) -> str:
    """The first line without its end, because an editor or ``echo`` adds one."""
    from pathlib import Path  # noqa: PLC0415 - slow to import, and needed here alone

    try:
        with Path(place).expanduser().open(encoding="utf-8") as file:
            return file.readline().rstrip("\r\n")
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or "it is not text in UTF-8"
    raise ConfigurationError(f"{name}: file:{place} cannot be read: {problem}")
