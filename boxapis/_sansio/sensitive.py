"""Values under sensitive names in JSON, at any depth: masked in tables, sealed in values."""

import json
from collections.abc import Callable
from typing import Any

from boxapis._sansio.redaction import names_a_secret
from boxapis.secret import MASK, Secret, is_sensitive

__all__ = ["mask_sensitive", "seal_sensitive"]


def mask_sensitive(value: Any) -> Any:
    """Returns decoded JSON with a mask in place of each value under a sensitive name."""
    return _replace(value, lambda _: MASK)


def seal_sensitive(value: Any) -> Any:
    """Returns decoded JSON with each text and number under a sensitive name as a `Secret`."""
    return _replace(value, _sealed)


def _replace(value: Any, replace: Callable[[Any], Any]) -> Any:
    match value:
        case dict():
            return {
                name: replace(inner) if is_sensitive(name) else _replace(inner, replace)
                for name, inner in value.items()
            }
        case list():
            return [_replace(inner, replace) for inner in value]
        case str() if value.lstrip()[:1] in ("{", "[") and names_a_secret(value):
            return replace(value)  # JSON as text; it may be cut or escaped, so all of it goes
        case _:
            return value


def _sealed(value: Any) -> Any:
    match value:
        case dict():
            return {name: _sealed(inner) for name, inner in value.items()}
        case list():
            return [_sealed(inner) for inner in value]
        case None | bool() | Secret():
            return value
        case _:
            return Secret(value if isinstance(value, str) else json.dumps(value))
