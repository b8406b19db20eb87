"""What is given as ``name=value`` and ``@FILE`` on the command line, where no secret may stand."""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from boxapis import ConfigurationError, Secret
from boxapis.cli.settings.references import KINDS, is_reference, look_up

__all__ = ["named_values", "read_json", "read_object"]


def named_values(given: Iterable[str], *, hidden: Callable[[str], bool]) -> dict[str, Any]:
    """Values by their names: each a text, a looked-up secret, or what a JSON object holds.

    Args:
        given: ``name=value``; or ``@FILE``, ``@-`` for stdin, with a JSON object of more.
        hidden: Whether the value of a name is a secret, to be given as a reference only.

    Raises:
        ConfigurationError: when one has another form, comes twice, or is a secret in clear.
    """
    values: dict[str, Any] = {}
    for text in given:
        more = read_object(text) if text.startswith("@") else dict([_pair(text, hidden)])
        twice = sorted(more.keys() & values.keys())
        if twice:
            raise ConfigurationError(f"{twice[0]} is given twice")
        values |= more
    return values


def _pair(text: str, hidden: Callable[[str], bool]) -> tuple[str, str | Secret]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        # It is not shown: it may be a secret whose name was forgotten.
        message = "give each argument as name=value, or a file of them as @FILE"
        raise ConfigurationError(message)
    if not hidden(name):
        return name, value
    if not is_reference(value):
        raise ConfigurationError(
            f"{name} is a secret and must not stand on the command line",
            next_step=f"write {name}= and then {KINDS}, or give it in @FILE",
        )
    return name, look_up(value, name)


def read_object(text: str) -> dict[str, Any]:
    """The JSON object in ``@FILE``, or with ``@-`` on stdin.

    Raises:
        ConfigurationError: when there is none.
    """
    found = read_json(text)
    if not isinstance(found, dict):
        raise ConfigurationError(f"{text} must hold a JSON object")
    return found


def read_json(text: str) -> Any:
    """What ``@FILE``, or with ``@-`` stdin, holds as JSON.

    Raises:
        ConfigurationError: when it cannot be read, or is no JSON; nothing of it is shown.
    """
    name = text.removeprefix("@")
    if name == text or not name:
        message = "give JSON as @FILE, or as @- for stdin"
        raise ConfigurationError(message)
    try:
        if name == "-":
            return json.load(sys.stdin)
        return json.loads(Path(name).expanduser().read_bytes())
    except ValueError:
        why = "it is not JSON"
    except OSError as error:
        why = error.strerror or type(error).__name__
    raise ConfigurationError(f"{text} cannot be read: {why}")
