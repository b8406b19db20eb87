"""What a service gives back for one request, before it becomes HTTP."""

from collections.abc import Mapping

import orjson
from attrs import Factory, field, frozen


@frozen
class Answer:
    """Status, content type, body and further headers of one HTTP answer.

    An empty `content_type` means that no such header is sent. With `twice` it goes out two times.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    headers: Mapping[str, str] = Factory(dict)
    twice: bool = False


def json_answer(status: int, content: object) -> Answer:
    """Build an answer whose body is `content` as JSON."""
    return Answer(status, orjson.dumps(content), "application/json")
