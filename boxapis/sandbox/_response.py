"""The response of a service before it is sent over HTTP, and JSON bodies."""

from collections.abc import Mapping
from typing import Any, Literal

import orjson
from attrs import Factory, field, frozen

WireFault = Literal["twice", "half", "never", "reset"]
"""What happens to a response's bytes on the connection:

- ``twice``: the response is written twice in one segment.
- ``half``: the body is truncated in the middle, or the head where there is no body, and the
  connection is closed.
- ``never``: nothing is written, and the connection stays open.
- ``reset``: nothing is written, and the connection is reset (RST).
"""


@frozen
class SandboxResponse:
    """One HTTP response of the sandbox.

    Attributes:
        status: HTTP status.
        body: The body; empty by default.
        content_type: The ``Content-Type`` header; no such header is sent when it is empty.
        headers: Further headers.
        wire_fault: What happens to the bytes on the connection; None sends them as they are.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    headers: Mapping[str, str] = Factory(dict)
    wire_fault: WireFault | None = None


def json_response(
    status: int, content: object, headers: Mapping[str, str] | None = None
) -> SandboxResponse:
    """Build a response whose body is `content` as JSON."""
    return SandboxResponse(status, orjson.dumps(content), "application/json", headers or {})


def json_or_none(body: bytes) -> Any:
    """Decode a JSON body, or return None when it is not JSON."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
