"""`RawResponse`: a decoded response together with its status, headers and bytes."""

from typing import Any, Self

from attrs import field, frozen

from boxapis._http.messages import Message, Response, header_text

__all__ = ["RawResponse"]


@frozen(repr=False, eq=False)
class RawResponse(Message[tuple[tuple[str, str], ...]]):
    """The response to a call; to its last request, if it made several.

    ``header(name)`` returns one header, in any case, or None. The ``repr`` shows neither headers
    nor body, and a `RawResponse` is not pickled or copied: both may hold secrets.

    Attributes:
        decoded: What the same call returns without ``raw``: decoded JSON, bytes or None.
        status: HTTP status.
        headers: Names and values, in the order and the case in which they were received.
        body: Bytes, after any content coding was undone.
    """

    decoded: Any = field(repr=False)
    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)

    @classmethod
    def of(cls, response: Response, decoded: Any) -> Self:
        """Returns a response together with its decoded body."""
        headers = tuple((header_text(key), header_text(value)) for key, value in response.headers)
        return cls(decoded, response.status, headers, response.body)

    def __repr__(self) -> str:
        return f"<RawResponse {self.status}, {len(self.body)} bytes>"
