"""F01 to F35: the network, TLS, proxies and the framing of HTTP."""

import asyncio
import gzip

from boxapis import Limits, Timeouts
from tests.canaries.fault import Fault, saying
from tests.canaries.service import Call, answer
from tests.support.peers import plain, reset

_HEAD = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def _echo(call: Call, most: int = 4000) -> bytes:
    """The request as one line of bytes."""
    return call.request.replace(b"\r\n", b" ")[:most]


def _header(call: Call) -> bytes:
    return b"X-Echo: " + _echo(call) + b"\r\nX-Request-Id: " + _echo(call) + b"\r\n"


async def _reset(call: Call) -> None:
    reset(call.writer)


async def _silent(call: Call) -> None:
    while await call.reader.read(65536):
        pass


async def _stalled(call: Call) -> None:
    call.writer.write(_HEAD + _header(call) + b'Content-Length: 9999\r\n\r\n{"a": "' + _echo(call))
    await _silent(call)


async def _dripping(call: Call) -> None:
    call.writer.write(_HEAD + b"X-Drip: ")
    for byte in _echo(call) * 9:
        call.writer.write(bytes((byte,)))
        await asyncio.sleep(0.001)


async def _hinting(call: Call) -> None:
    for _ in range(60):
        call.writer.write(b"HTTP/1.1 103 Early Hints\r\n" + _header(call) + b"\r\n")
        await call.writer.drain()
    await _silent(call)


async def _deaf(call: Call) -> None:
    call.writer.transport.pause_reading()  # type: ignore[attr-defined]  # of a reading transport
    try:
        await asyncio.Event().wait()
    finally:
        call.writer.transport.abort()


def _flood(call: Call) -> bytes:
    line = b"X-Echo: " + _echo(call, 900) + b"\r\n"
    return _HEAD + line * 400


def _page(call: Call) -> bytes:
    return b"<html>" + call.echo.encode()


def _packed(call: Call) -> bytes:
    body = gzip.compress(b'{"status": 303, "errorString": "no"}')
    return plain(body, b"Content-Encoding: gzip", b"X-Echo: " + _echo(call))


_UNCONNECTED = {"timeouts": Timeouts(connect=0.05, read=0.05, read_changing=0.05)}
_HURRIED = {"timeouts": Timeouts(read=5, read_changing=5, total=0.07, total_changing=0.07)}

WIRE = (
    Fault("F01 refused", place="refused"),
    Fault("F02 unknown host", place="unknown"),
    Fault("F03 black hole", place="hole", options=_UNCONNECTED),
    Fault("F04 expired certificate", place="expired"),
    Fault("F04 unknown authority", place="distrusted"),
    Fault("F05 no TLS", place="not TLS"),
    Fault("F06 closed at once", at_accept=True),
    Fault("F07 reset at once", _reset, at_accept=True),
    Fault("F08 closed after the request"),
    Fault("F09 reset after the request", _reset),
    Fault("F11 closed once", times=1),
    Fault("F12 silent", _silent),
    Fault("F14 the proxy refuses", place="proxy"),
    Fault("F16 deaf", _deaf, at_accept=True),
    Fault("F18 drip", _dripping, options=_HURRIED),
    Fault("F19 stalled body", _stalled),
    Fault("F20 endless hints", _hinting, options=_HURRIED),
    Fault("F21 continue", saying(lambda it: b"HTTP/1.1 100 Go\r\n\r\n" + plain(_page(it)))),
    Fault("F22 switching", saying(lambda it: b"HTTP/1.1 101 X\r\n" + _header(it) + b"\r\nPRI *")),
    Fault("F23 short", saying(lambda it: plain(_page(it) * 2)[:-99])),
    Fault("F24 cut", saying(lambda it: _HEAD + b'\r\n{"status": 303, "a": "' + _echo(it))),
    Fault("F25 wrong length", saying(lambda it: _HEAD + b"Content-Length: 5\r\n\r\n" + _page(it))),
    Fault(
        "F26 two lengths",
        saying(lambda it: _HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + _page(it)),
    ),
    Fault("F27 chunk garbage", saying(lambda it: _CHUNKED + _echo(it) + b"\r\n" + _page(it))),
    Fault("F28 cut chunk", saying(lambda it: _CHUNKED + b"fff\r\n" + _page(it)[:99])),
    Fault("F29 not HTTP", saying(lambda it: b"SSH-2.0 " + _echo(it) + b"\r\n\r\n")),
    Fault("F29 garbage header", saying(lambda it: _HEAD + b"\x00" + _echo(it) + b"\r\n\r\n")),
    Fault("F29 reason", saying(lambda it: b"HTTP/1.1 200 " + _echo(it) + b"\r\n\r\n")),
    Fault("F30 flood of headers", saying(_flood)),
    Fault("F31 status 999", saying(lambda it: plain(_page(it), status=b"999 " + _echo(it)))),
    Fault("F31 status 42", saying(lambda it: plain(_page(it), status=b"42 " + _echo(it)))),
    Fault("F32 gzip", saying(_packed)),
    Fault("F33 broken gzip", saying(lambda it: plain(_page(it), b"Content-Encoding: gzip"))),
    Fault("F33 coding", saying(lambda it: plain(_page(it), b"Content-Encoding: " + _echo(it)))),
    Fault(
        "F35 too large",
        saying(lambda it: plain(_page(it) * 99)),
        options={"limits": Limits(max_json_bytes=1000)},
    ),
    Fault("F34 surplus", saying(lambda it: answer({"status": 200}) + plain(_page(it)))),
)
