"""Origin server of the benchmark: ``python -m benchmarks.origin CORE``.

It sends prepared responses as fast as it can, on one core and with one receive buffer. It is
controlled over stdin and stdout, one JSON line in, one out, so that no such request is counted, and
exits when stdin is closed.
"""

import asyncio
import json
import os
import ssl
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

from benchmarks.machine import pin_to_core, raise_file_limit
from benchmarks.responses import OriginResponses

_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"
_BUFFER: Final = memoryview(bytearray(256 * 1024))
_BACKLOG: Final = 4096


class Origin:
    """Both services, which can hold all responses back until they are released."""

    def __init__(self) -> None:
        self.responses = OriginResponses()
        self.holding = False
        self.held: list[tuple[asyncio.Transport, bytes]] = []

    def execute(self, command: dict[str, Any]) -> dict[str, Any]:
        """Executes a command and returns the state of the origin."""
        match command["action"]:
            case "reset":
                self._release()
                self.responses.reset()
            case "expire":
                self.responses.expire_after(command["after"])
            case "hold":
                self.holding = True
            case "release":
                self._release()
        return {
            "counts": self.responses.counts,
            "lengths": self.responses.lengths,
            "body": self.responses.body,
            "generation": self.responses.generation,
            "held": len(self.held),
        }

    def _release(self) -> None:
        self.holding = False
        held, self.held = self.held, []
        for transport, answer in held:
            transport.write(answer)


class Connection(asyncio.BufferedProtocol):
    """One connection; has a fast path for a whole request in one segment, the usual case."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._respond = origin.responses.respond
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Stores the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - part of the protocol
        """Returns the buffer shared by all connections; it is read before the next one fills it."""
        return _BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        """Responds to every complete request and keeps the rest."""
        data = bytes(_BUFFER[:nbytes])
        if not self._rest and data.startswith(b"GET ") and data.find(_END) == nbytes - 4:
            self._send(self._respond(data))
            return
        data = self._rest + data
        while length := _request_length(data):
            self._send(self._respond(data[:length]))
            data = data[length:]
        self._rest = data

    def _send(self, answer: bytes) -> None:
        if self._origin.holding:
            self._origin.held.append((self._transport, answer))
        else:
            self._transport.write(answer)


def _request_length(data: bytes) -> int:
    """Returns the length of the first request; 0 while it is incomplete."""
    head = data.find(_END) + 4
    if head < 4:  # noqa: PLR2004 - not found
        return 0
    lower = data[:head].lower()
    start = lower.find(_LENGTH)
    body = 0 if start < 0 else int(lower[start + len(_LENGTH) : lower.find(b"\r\n", start)])
    return head + body if len(data) >= head + body else 0


def _tls(folder: Path) -> tuple[ssl.SSLContext, str, str] | None:
    """Returns a TLS context, the file of the CA, and that of the new certificate with its key."""
    try:
        trustme = import_module("trustme")
    except ModuleNotFoundError:
        return None
    ca = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issued = ca.issue_cert("127.0.0.1")
    issued.configure_cert(context)
    file, certificate = str(folder / "ca_file.pem"), str(folder / "certificate.pem")
    ca.cert_pem.write_to_path(file)
    issued.private_key_and_cert_chain_pem.write_to_path(certificate)
    return context, file, certificate


async def _listen(origin: Origin, context: ssl.SSLContext | None) -> int:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(origin), "127.0.0.1", 0, ssl=context, backlog=_BACKLOG
    )
    return int(server.sockets[0].getsockname()[1])


async def serve(folder: Path) -> None:
    """Serves until stdin is closed."""
    origin, tls = Origin(), _tls(folder)
    ready = {
        "pid": os.getpid(),
        "loop": type(asyncio.get_running_loop()).__module__.partition(".")[0],
        "url": f"http://127.0.0.1:{await _listen(origin, None)}",
        "tls_url": f"https://127.0.0.1:{await _listen(origin, tls[0])}" if tls else None,
        "ca_file": tls[1] if tls else None,
        "certificate": tls[2] if tls else None,
    }
    _print_json(ready)
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_reader(
        sys.stdin.fileno(), _CommandReader(origin.execute, lambda: ended.set_result(None)).read
    )
    await ended


class _CommandReader:
    """Reads commands from stdin, as JSON lines that may arrive in pieces."""

    def __init__(
        self, execute: Callable[[dict[str, Any]], dict[str, Any]], end: Callable[[], None]
    ) -> None:
        self._carry_out = execute
        self._end = end
        self._rest = b""

    def read(self) -> None:
        """Reads what is available and executes complete lines."""
        data = os.read(sys.stdin.fileno(), 65536)
        if not data:
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self._end()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            _print_json(self._carry_out(json.loads(line)))


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Returns uvloop's factory if it is installed, because the origin is not measured."""
    try:
        return cast(
            "Callable[[], asyncio.AbstractEventLoop]", import_module("uvloop").new_event_loop
        )
    except ModuleNotFoundError:
        return asyncio.new_event_loop


def main(core: str = "") -> None:
    """Serves on one core."""
    pin_to_core(core)
    raise_file_limit()
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=_loop_factory()) as runner,
    ):
        runner.run(serve(Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:2])
