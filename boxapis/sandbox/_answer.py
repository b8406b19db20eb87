"""What a service gives back for one request, before it becomes HTTP, and JSON in bodies."""

from collections.abc import Mapping
from typing import Any

import orjson
from attrs import Factory, field, frozen

from boxapis.sandbox._http.wire_faults import Mishap


@frozen
class Answer:
    """Status, content type, body and further headers of one HTTP answer.

    An empty `content_type` means that no such header is sent. `mishap` befalls it on its way.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    headers: Mapping[str, str] = Factory(dict)
    mishap: Mishap | None = None


def json_answer(status: int, content: object) -> Answer:
    """Build an answer whose body is `content` as JSON."""
    return Answer(status, orjson.dumps(content), "application/json")


def json_or_none(body: bytes) -> Any:
    """The JSON of a body, or None when it holds none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
