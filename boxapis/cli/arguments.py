"""Parses ``NAME=VALUE`` and ``@FILE`` arguments, and refuses secrets in plain text."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from boxapis import ConfigurationError, Secret
from boxapis._settings.references import REFERENCE_FORMS, is_reference, resolve_reference
from boxapis._settings.text_files import (
    DOCUMENT_LIMIT,
    UnreadableTextError,
    read_stdin,
    read_text,
)
from boxapis.cli.prompts import terminal

__all__ = ["parse_arguments", "read_json"]


def parse_arguments(
    arguments: Iterable[str], *, is_secret: Callable[[str], bool]
) -> dict[str, Any]:
    """Values by name: text, resolved secrets, and whatever a JSON object holds.

    Args:
        arguments: ``NAME=VALUE``, or ``@FILE`` (``@-`` for stdin) with a JSON object.
        is_secret: Whether the value of a name must be given as a reference.

    Raises:
        ConfigurationError: An argument is malformed, given twice, or a secret in plain text.
    """
    values: dict[str, Any] = {}
    for text in arguments:
        more = _read_object(text) if text.startswith("@") else dict([_parse_pair(text, is_secret)])
        twice = sorted(more.keys() & values.keys())
        if twice:
            raise ConfigurationError(f"{twice[0]} is given twice")
        values |= more
    return values


def _parse_pair(text: str, is_secret: Callable[[str], bool]) -> tuple[str, str | Secret]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        # The text is not quoted: it may be a secret whose name was forgotten.
        secret = ", a secret as NAME=env:NAME" if is_secret(name) else ""
        message = f"give each argument as NAME=VALUE{secret}, or a file of them as @FILE"
        raise ConfigurationError(message)
    if not is_secret(name):
        return name, value
    if not is_reference(value):
        raise ConfigurationError(
            f"{name} is a secret and must not stand on the command line",
            next_step=f"write {name}= followed by {REFERENCE_FORMS}, or put it into @FILE",
        )
    return name, resolve_reference(value, name, terminal())


def _read_object(text: str) -> dict[str, Any]:
    found = read_json(text)
    if not isinstance(found, dict):
        raise ConfigurationError(f"{text} must hold a JSON object")
    return found


def read_json(text: str) -> Any:
    """Reads JSON from ``@FILE``, or from stdin with ``@-``.

    Raises:
        ConfigurationError: It cannot be read, or is not JSON; its content is not quoted.
    """
    name = text.removeprefix("@")
    if name == text or not name:
        message = "give JSON as @FILE, or as @- for stdin"
        raise ConfigurationError(message)
    try:
        if name == "-":
            return json.loads(read_stdin(DOCUMENT_LIMIT))
        return json.loads(read_text(str(Path(name).expanduser()), DOCUMENT_LIMIT))
    except (ValueError, RecursionError):
        problem = "it is not JSON"
    except UnreadableTextError as error:
        problem = str(error)
    raise ConfigurationError(f"{text} cannot be read: {problem}")
