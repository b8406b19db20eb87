"""An answer with all that came: what was decoded, and the status, headers and bytes it is from."""

from typing import Any, Self

from attrs import field, frozen

from boxapis._http.messages import Response, Unpicklable

__all__ = ["RawResponse"]


@frozen(repr=False, eq=False)
class RawResponse(Unpicklable):
    """The answer to one call, of the last request where several were made.

    Its ``repr`` shows neither headers nor body, and it is not pickled: both may hold what nobody
    else should see.

    Attributes:
        decoded: What the same call gives otherwise: decoded JSON, bytes or None.
        status: The HTTP status.
        headers: Names and values, in the order and the case in which they came.
        body: The bytes, after any content coding was undone.
    """

    decoded: Any = field(repr=False)
    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)

    @classmethod
    def of(cls, response: Response, decoded: Any) -> Self:
        """A decoded answer beside the one it is from."""
        headers = tuple((_text(name), _text(value)) for name, value in response.headers)
        return cls(decoded, response.status, headers, response.body)

    def header(self, name: str) -> str | None:
        """The first header of this name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def __repr__(self) -> str:
        return f"<RawAnswer {self.status}, {len(self.body)} bytes>"


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
