"""The values that a request of BoxC carries under the names of sensitive fields.

Looked for only when a text of the service must be freed of them.
"""

from collections.abc import Iterator
from urllib.parse import parse_qsl

import orjson

from boxapis.secret import Secret, is_sensitive

__all__ = ["sensitive_values"]


def sensitive_values(target: str, body: bytes | None) -> Iterator[Secret]:
    """The values of sensitive fields in the query and in the JSON of a request.

    Args:
        target: Path and query.
        body: JSON, or None.
    """
    for name, value in parse_qsl(target.partition("?")[2]):
        if is_sensitive(_last(name)):
            yield Secret(value)
    if body is not None:
        yield from _below(orjson.loads(body), hidden=False)


def _last(name: str) -> str:
    """The field that ``packages[0][password]`` speaks of."""
    return name.rstrip("]").rpartition("[")[2]


def _below(value: object, *, hidden: bool) -> Iterator[Secret]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _below(inner, hidden=hidden or is_sensitive(name))
        case list():
            for inner in value:
                yield from _below(inner, hidden=hidden)
        case str() if hidden:
            yield Secret(value)
        case _:
            return
