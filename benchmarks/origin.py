"""The origin: a process of its own that answers as fast as it can. ``python -m benchmarks.origin``.

One core, one receive buffer, answers made beforehand. It is steered over its standard input, one
JSON line in, one out, so that no control request is ever counted; it ends when that is closed.
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

from benchmarks.answers import Answers
from benchmarks.machine import allow_many_files, pin

_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"
_BUFFER: Final = memoryview(bytearray(256 * 1024))
_BACKLOG: Final = 4096


class Origin:
    """Both services on one event loop, with all connections held for a while if told so."""

    def __init__(self) -> None:
        self.answers = Answers()
        self.holding = False
        self.held: list[tuple[asyncio.Transport, bytes]] = []

    def carry_out(self, order: dict[str, Any]) -> dict[str, Any]:
        """One order of the other side, and what there is to say to it."""
        match order["do"]:
            case "reset":
                self._release()
                self.answers.reset()
            case "expire":
                self.answers.expire_after(order["after"])
            case "hold":
                self.holding = True
            case "release":
                self._release()
        return {
            "counts": self.answers.counts,
            "lengths": self.answers.lengths,
            "generation": self.answers.generation,
            "held": len(self.held),
        }

    def _release(self) -> None:
        self.holding = False
        held, self.held = self.held, []
        for transport, answer in held:
            transport.write(answer)


class Connection(asyncio.BufferedProtocol):
    """One connection; whole requests in one segment, which is the rule here, take the short way."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._answer = origin.answers.answer
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        self._transport = cast("asyncio.Transport", transport)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - of the protocol
        """The one buffer of this process: it is emptied before anybody else may fill it."""
        return _BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        """Answers every whole request, and keeps the rest."""
        data = bytes(_BUFFER[:nbytes])
        if not self._rest and data.startswith(b"GET ") and data.find(_END) == nbytes - 4:
            self._give(self._answer(data))
            return
        data = self._rest + data
        while length := _whole(data):
            self._give(self._answer(data[:length]))
            data = data[length:]
        self._rest = data

    def _give(self, answer: bytes) -> None:
        if self._origin.holding:
            self._origin.held.append((self._transport, answer))
        else:
            self._transport.write(answer)


def _whole(data: bytes) -> int:
    """How long the first request is; 0 while it is not whole."""
    head = data.find(_END) + 4
    if head < 4:  # noqa: PLR2004 - not found
        return 0
    lower = data[:head].lower()
    start = lower.find(_LENGTH)
    body = 0 if start < 0 else int(lower[start + len(_LENGTH) : lower.find(b"\r\n", start)])
    return head + body if len(data) >= head + body else 0


def _tls(folder: Path) -> tuple[ssl.SSLContext, str] | None:
    """A context with a certificate made just now, and the file of its authority."""
    try:
        trustme = import_module("trustme")
    except ModuleNotFoundError:
        return None
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, str(file)


async def _listen(origin: Origin, context: ssl.SSLContext | None) -> int:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(origin), "127.0.0.1", 0, ssl=context, backlog=_BACKLOG
    )
    return int(server.sockets[0].getsockname()[1])


async def serve(folder: Path) -> None:
    """Serves until the standard input is closed."""
    origin, tls = Origin(), _tls(folder)
    ready = {
        "pid": os.getpid(),
        "loop": type(asyncio.get_running_loop()).__module__.partition(".")[0],
        "url": f"http://127.0.0.1:{await _listen(origin, None)}",
        "tls_url": f"https://127.0.0.1:{await _listen(origin, tls[0])}" if tls else None,
        "authority": tls[1] if tls else None,
    }
    _say(ready)
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_reader(
        sys.stdin.fileno(), _Orders(origin.carry_out, lambda: ended.set_result(None)).read
    )
    await ended


class _Orders:
    """JSON lines of the standard input, however they are cut."""

    def __init__(
        self, carry_out: Callable[[dict[str, Any]], dict[str, Any]], end: Callable[[], None]
    ) -> None:
        self._carry_out = carry_out
        self._end = end
        self._rest = b""

    def read(self) -> None:
        """Takes what there is."""
        data = os.read(sys.stdin.fileno(), 65536)
        if not data:
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self._end()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            _say(self._carry_out(json.loads(line)))


def _say(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """The faster loop where it is installed: the origin is no contender."""
    try:
        return cast(
            "Callable[[], asyncio.AbstractEventLoop]", import_module("uvloop").new_event_loop
        )
    except ModuleNotFoundError:
        return asyncio.new_event_loop


def main(core: str = "") -> None:
    """Serves, pinned to a core."""
    pin(core)
    allow_many_files()
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=_loop_factory()) as runner,
    ):
        runner.run(serve(Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:2])
