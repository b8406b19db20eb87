"""Measures what a warm call costs above its transport: one without network answers at once."""

import ssl
from typing import Final

from attrs import evolve

from benchmarks.contenders import with_boxapis
from benchmarks.measures.job import Job, Numbers
from benchmarks.measures.throughput import measure_contender
from benchmarks.responses import OriginResponses
from boxapis import Limits
from boxapis.transports import Request, Response, Transport

__all__ = ["CALLS", "measure"]

CALLS: Final = {
    "customer.command": "call",
    "boxc.request": "boxc_request",
    "credentials.get": "boxc_get",
}
"""Methods of the contender, by the name of the call in the table."""


class _Immediate:
    """A transport that answers each target with the origin's bytes, split once."""

    def __init__(self) -> None:
        self._respond = OriginResponses().respond
        self._parts: dict[str, tuple[int, tuple[tuple[bytes, bytes], ...], bytes]] = {}

    async def send(self, request: Request, *, deadline: float) -> Response:  # noqa: ARG002 - part of the protocol
        """Returns a new response of the same parts."""
        parts = self._parts.get(request.target)
        if parts is None:
            line = f"{request.method} {request.target} HTTP/1.1\r\n\r\n"
            parts = self._parts[request.target] = _split(self._respond(line.encode()))
        return Response(*parts)

    async def aclose(self) -> None:
        """Does nothing."""


def _split(message: bytes) -> tuple[int, tuple[tuple[bytes, bytes], ...], bytes]:
    head, _, body = message.partition(b"\r\n\r\n")
    start, *lines = head.split(b"\r\n")
    fields = (line.partition(b": ") for line in lines)
    return int(start.split()[1]), tuple((name, value) for name, _, value in fields), body


class _Contender(with_boxapis.Contender):
    """Both clients over one such transport."""

    def transport(self, limits: Limits, context: ssl.SSLContext | None) -> Transport | None:  # noqa: ARG002 - as inherited
        """Returns the transport."""
        return _Immediate()


async def measure(job: Job) -> Numbers:
    """Measures one of the `CALLS`, which stands in the place of the contender's name."""
    contender = _Contender()
    await contender.setup(job.url, job.tasks)
    return await measure_contender(contender, evolve(job, call=CALLS[job.contender]))
