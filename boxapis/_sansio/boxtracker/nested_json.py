"""Decodes JSON inside of text, which answers of Box Tracker's web API may hold at any place."""

import json
from typing import Any, NoReturn

__all__ = ["expand"]


def expand(value: Any) -> Any:
    """Returns decoded JSON with each text that is a JSON array or object decoded as well.

    The vendor's own client does so with every text of an answer. A text that only looks like JSON
    stays as it is. The depth is that of the response, which is limited when it is read.
    """
    match value:
        case dict():
            return {name: expand(inner) for name, inner in value.items()}
        case list():
            return [expand(inner) for inner in value]
        case str() if value.lstrip()[:1] in ("{", "["):
            return _decoded(value)
        case _:
            return value


def _decoded(text: str) -> Any:
    try:
        # The standard library reads integers of any length exactly.
        inner = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text
    return inner if isinstance(inner, dict | list) else text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
