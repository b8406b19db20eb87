"""Every transport on real sockets: what it sends, and what it returns."""

import asyncio
import base64
from typing import Any

import pytest
import trustme

from boxapis import BoxC
from boxapis.transports import Request, Response
from tests.support.doubles import until
from tests.support.peers import (
    Make,
    Peer,
    Script,
    answering,
    plain,
    request,
    server_context,
    serving,
    soon,
    trusting,
    tunnelling,
)

OK = plain(b'{"status": 200}')


async def test_round_trip(transport: Any) -> None:
    """The target is sent as it is; status, headers and body come back unchanged."""
    async with serving(answering(plain(b"body", b"X-One: 1"))) as peer:
        answer = await transport.send(request(peer.origin), deadline=soon())
    assert b"GET /controller.html?command=c&password=p%26w HTTP/1.1" in peer.received[0]
    assert (answer.status, answer.body, answer.header("x-one")) == (200, b"body", "1")


async def test_headers_sent(transport: Any) -> None:
    """Only our headers and the framing are sent: no compression is asked for, no cookie."""
    async with serving(answering(plain(b"x", b"Set-Cookie: a=b; Path=/"))) as peer:
        for _ in range(2):
            await transport.send(request(peer.origin), deadline=soon())
    names = {line.split(b":")[0].lower() for line in peer.received[1].split(b"\r\n")[1:] if line}
    assert names == {b"host", b"accept-encoding"}


async def test_reading_requests_share_a_connection(transport: Any) -> None:
    """Reads share a connection; each changing request gets a new one."""
    async with serving(answering(OK)) as peer:
        for _ in range(3):
            await transport.send(request(peer.origin), deadline=soon())
        assert peer.connections == 1
        for _ in range(3):
            await transport.send(request(peer.origin, changing=True), deadline=soon())
        assert peer.connections == 4


async def test_an_overridden_send_is_called(transport: Any) -> None:
    """A client sends through the ``send`` of a subclass of a transport, not past it."""
    sent: list[str] = []

    class Counting(type(transport)):  # type: ignore[misc]
        async def send(self, request: Request, *, deadline: float) -> Response:
            """Counts a request on its way."""
            sent.append(request.operation)
            response: Response = await super().send(request, deadline=deadline)
            return response

    async with serving(answering(plain(b'{"shops": []}'))) as peer:
        url = f"http://{peer.origin.authority}"
        async with BoxC("token", base_url=url, transport=Counting(proxy=False)) as boxc:
            await boxc.request("GET", "/shops")
    assert sent == ["GET /shops"]


async def test_cancelled_calls_do_not_spoil_the_pool(transport: Any) -> None:
    """F84, F86: after 60 cancelled calls the next 100 are all answered."""
    gate = asyncio.Event()

    def held(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                await peer.read_request(reader)
                await gate.wait()
                writer.write(OK)
                await writer.drain()

        return script

    async with serving(held) as peer:
        calls = [
            asyncio.create_task(transport.send(request(peer.origin), deadline=soon()))
            for _ in range(60)
        ]
        await until(lambda: len(peer.received) >= 20)
        for call in calls:
            call.cancel()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
        gate.set()
        answers = await asyncio.gather(
            *(transport.send(request(peer.origin), deadline=soon()) for _ in range(100))
        )
        assert [answer.status for answer in answers] == [200] * 100


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_connect_proxy(make: Make, authority: trustme.CA, scheme: str) -> None:
    """Through a CONNECT proxy everything but host and port is inside TLS.

    The TLS context is that for an ``https`` proxy, too.
    """
    seen: list[bytes] = []
    context = server_context(authority)
    async with (
        serving(answering(OK), context=context) as peer,
        serving(tunnelling(seen), context=context if scheme == "https" else None) as proxy,
    ):
        transport = make(
            proxy=f"{scheme}://user:proxy-password@127.0.0.1:{proxy.origin.port}",
            ssl_context=trusting(authority),
        )
        for _ in range(2):
            answer = await transport.send(request(peer.origin), deadline=soon())
            assert answer.status == 200
        await transport.aclose()
    assert seen[0].startswith(b"CONNECT 127.0.0.1:")
    assert base64.b64encode(b"user:proxy-password") in seen[0]
    assert b"p%26w" in peer.received[0]
    assert b"p%26w" not in b"".join(seen)
    assert b"proxy-password" not in peer.received[0]
    assert (peer.connections, proxy.connections) == (1, 1)
