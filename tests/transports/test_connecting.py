"""Making connections: peers that hang up at once, shared look-ups, and the default TLS context."""

import asyncio
import contextlib
import contextvars
import gc
import itertools
import socket
import ssl
import struct
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import trustme
from httpcore._backends.anyio import AnyIOStream

from boxapis import BoxAPIError, BoxC, ClientClosedError, ConnectError, Limits, Retries
from boxapis._http.failures import OffMachineError, check_stays_local
from boxapis.transports import (
    DirectTransport,
    HttpxTransport,
    Origin,
    _h1_connection,
    _resolver,
    _tls,
)
from tests.support.doubles import FakeClock, until
from tests.support.peers import (
    Make,
    answering,
    plain,
    request,
    server_context,
    serving,
    soon,
    trusting,
)
from tests.support.timed import network, timed

OK = plain(b'{"status": 200}')


@contextlib.contextmanager
def hanging_up(*, abruptly: bool, wait_for_a_byte: bool = False) -> Iterator[Origin]:
    """A server in a thread that hangs up each connection right after accepting it."""

    def serve() -> None:
        while True:
            taken, _ = listening.accept()
            with taken, contextlib.suppress(OSError):
                if stopping.is_set():
                    return
                if wait_for_a_byte:
                    taken.recv(1)
                if abruptly:
                    taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Origin("https", *listening.getsockname())
        finally:
            stopping.set()
            socket.create_connection(listening.getsockname()).close()
            thread.join()


class LookUps:
    """The look-ups of the running loop: counted, and held until a test lets them end.

    Attributes:
        count: How many were begun.
        held: Cleared while look-ups are held.
        answer: The address that every name has, or the error of every look-up.
    """

    def __init__(self, answer: tuple[str, int] | OSError) -> None:
        self.answer = answer
        self.count = 0
        self.held = asyncio.Event()
        self.held.set()

    async def getaddrinfo(self, host: str, *_: Any, **__: Any) -> Any:
        """Stands in for the loop's own."""
        if host != "localhost":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, *_))]
        self.count += 1
        await self.held.wait()
        if isinstance(self.answer, OSError):
            raise self.answer
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", self.answer)]


@pytest.fixture
async def look_ups(monkeypatch: pytest.MonkeyPatch) -> LookUps:
    """Look-ups that a test counts and holds."""
    made = LookUps(("127.0.0.1", 9))
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", made.getaddrinfo)
    return made


NAMED = Origin("http", "localhost", 80)


@pytest.mark.parametrize("changing", [False, True], ids=["reading", "changing"])
@pytest.mark.parametrize("abruptly", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("wait_for_a_byte", [False, True], ids=["at once", "in the handshake"])
async def test_peer_that_hangs_up_before_tls(
    make: Make, authority: trustme.CA, *, changing: bool, abruptly: bool, wait_for_a_byte: bool
) -> None:
    """F110, F111: where TLS was to begin and the peer hangs up, the call ends; nothing was sent."""
    transport = make(ssl_context=trusting(authority))
    with hanging_up(abruptly=abruptly, wait_for_a_byte=wait_for_a_byte) as origin:
        for _ in range(20):
            with pytest.raises(ConnectError) as caught:
                await transport.send(request(origin, changing=changing), deadline=soon())
            assert not caught.value.sent
            assert caught.value.retry_stopped_by is None


async def test_slot_of_a_call_that_met_a_lost_connection(make: Make, authority: trustme.CA) -> None:
    """F110: the slot of such a call comes back, and its attempts are repeated."""
    transport = make(ssl_context=trusting(authority))
    retries, limits = Retries(attempts=3, wait_initial=0.001), Limits(max_connections=1)
    with hanging_up(abruptly=False) as origin:
        url = f"https://{origin.host_and_port}/v1"
        client = BoxC("t", base_url=url, transport=transport, retries=retries, limits=limits)
        async with client:
            for method in ("GET", "POST", "DELETE"):
                with pytest.raises(ConnectError) as caught:
                    await client.request(method, "/track/1")
                assert caught.value.attempts == 3


async def test_connection_lost_before_it_is_handed_over(
    direct: DirectTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F110: no request is begun on a connection that was lost while it was made."""
    loop = asyncio.get_running_loop()
    original = loop.create_connection

    async def lost(*args: Any, **options: Any) -> Any:
        transport, protocol = await original(*args, **options)
        transport.abort()
        await until(lambda: protocol.is_lost)
        return transport, protocol

    monkeypatch.setattr(loop, "create_connection", lost)
    async with serving(answering(OK)) as peer:
        with pytest.raises(ConnectError):
            await direct.send(request(peer.origin), deadline=soon())
        assert network(direct)._connections == set()


async def test_no_handshake_over_a_lost_connection(
    make_direct: Make, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F110: TLS is not begun on a connection that was lost: some loops would wait for its end."""
    loop = asyncio.get_running_loop()
    original = loop.create_connection
    handshakes: list[object] = []

    async def lost(*args: Any, **options: Any) -> Any:
        transport, protocol = await original(*args, **options)
        transport.abort()
        return transport, protocol

    async def start_tls(*args: Any, **_: Any) -> None:
        handshakes.append(args)

    monkeypatch.setattr(loop, "create_connection", lost)
    monkeypatch.setattr(loop, "start_tls", start_tls)
    direct = make_direct(ssl_context=trusting(authority))
    async with serving(answering(OK)) as peer:
        origin = Origin("https", peer.origin.host, peer.origin.port)
        with pytest.raises(ConnectError) as caught:
            await direct.send(request(origin), deadline=soon())
    assert (caught.value.phase, handshakes) == ("tls", [])


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
async def test_lost_connection_has_no_address(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, *, secure: bool
) -> None:
    """F110: where the loop knows no address of a lost connection any more, nothing is sent."""
    original = AnyIOStream.get_extra_info

    def lost(stream: AnyIOStream, info: str) -> Any:
        if info == "server_addr":
            raise AttributeError
        return original(stream, info)

    monkeypatch.setattr(AnyIOStream, "get_extra_info", lost)
    transport = HttpxTransport(proxy=False, ssl_context=trusting(authority))
    context = server_context(authority) if secure else None
    async with serving(answering(OK), context=context) as peer:
        sent = transport.send(request(peer.origin), deadline=soon())
        if secure:  # the address does not matter, and the handshake says that it is not lost
            assert (await sent).status == 200
        else:
            with pytest.raises(ConnectError) as caught:
                await sent
            assert (caught.value.sent, caught.value.retry_stopped_by) == (False, None)
            assert peer.received == []
        await transport.aclose()


ELSEWHERE = ("192.0.2.1", 80)


@pytest.mark.parametrize("through_proxy", [False, True], ids=["directly", "through a proxy"])
async def test_localhost_that_is_another_machine(
    make_direct: Make, look_ups: LookUps, *, through_proxy: bool
) -> None:
    """F138: a request over http is refused, and nothing connected, if a look-up leads elsewhere."""
    look_ups.answer = ELSEWHERE
    direct = make_direct(proxy="http://user:pw@localhost:3128" if through_proxy else False)
    for origin in (Origin("http", "127.0.0.1", 9),) if through_proxy else (NAMED,) * 2:
        with pytest.raises(ConnectError, match="another machine") as caught:
            await direct.send(request(origin), deadline=soon())
        assert (caught.value.phase, caught.value.sent) == ("connect", False)
        assert caught.value.retry_stopped_by == "permanent"
    assert look_ups.count == (1 if through_proxy else 2)  # such an answer is not kept


@pytest.mark.parametrize(
    "kind",
    [DirectTransport, HttpxTransport, lambda: HttpxTransport(httpx.AsyncHTTPTransport())],
    ids=["direct", "httpx", "httpx given"],
)
async def test_address_that_is_connected_to(
    kind: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """F138: what counts is the address, not the name; no byte is sent where it is elsewhere."""
    addresses = []

    def elsewhere(address: str) -> bool:
        addresses.append(address)
        return False

    monkeypatch.setattr("boxapis._http.failures.is_loopback", elsewhere)
    transport = kind()
    async with serving(answering(OK)) as peer:
        named = Origin("http", "localhost", peer.origin.port)
        for _ in range(2):
            with pytest.raises(ConnectError, match="another machine") as caught:
                await transport.send(request(named), deadline=soon())
            assert (caught.value.phase, caught.value.sent) == ("connect", False)
            assert caught.value.retry_stopped_by == "permanent"
        await until(lambda: not peer.open_connections)  # nor is a connection kept
        assert peer.received == []
    assert {"127.0.0.1", "::1"}.issuperset(addresses)
    assert len(addresses) >= 2
    await transport.aclose()


async def test_localhost_on_this_machine(make: Make) -> None:
    """F138: a name that is looked up as a loopback address is reached."""
    transport = make()
    async with serving(answering(OK)) as peer:
        for _ in range(2):
            named = Origin("http", "localhost", peer.origin.port)
            assert (await transport.send(request(named), deadline=soon())).status == 200
        assert peer.connections == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "::1%lo"])
def test_addresses_of_this_machine(address: str) -> None:
    """F138: every loopback address is this machine."""
    check_stays_local(NAMED, address)


@pytest.mark.parametrize("address", ["192.0.2.1", "fe80::1%eth0", "::ffff:192.0.2.1"])
def test_addresses_of_other_machines(address: str) -> None:
    """F138: no other address is, and only TLS leads there."""
    check_stays_local(Origin("https", "localhost", 443), address)
    with pytest.raises(OffMachineError):
        check_stays_local(NAMED, address)


async def test_one_look_up_for_all_who_wait(direct: DirectTransport, look_ups: LookUps) -> None:
    """F112: calls that start together share one look-up, also when the first is cancelled."""
    look_ups.held.clear()
    async with serving(answering(OK)) as peer:
        look_ups.answer = (peer.origin.host, peer.origin.port)
        calls = [
            asyncio.create_task(direct.send(request(NAMED, changing=one % 2 > 0), deadline=soon()))
            for one in range(28)
        ]
        await until(lambda: look_ups.count > 0)
        calls[0].cancel()
        await asyncio.wait(calls[:1])
        look_ups.held.set()
        answers = await asyncio.gather(*calls[1:])
        assert (look_ups.count, len(peer.received)) == (1, 27)
    assert calls[0].cancelled()
    assert {answer.status for answer in answers} == {200}


async def test_failed_look_up_is_shared(direct: DirectTransport, look_ups: LookUps) -> None:
    """F112: all who wait for a look-up that fails get an error; the next call asks again."""
    look_ups.answer = socket.gaierror(socket.EAI_AGAIN, "x")
    calls = [direct.send(request(NAMED), deadline=soon()) for _ in range(5)]
    errors = await asyncio.gather(*calls, return_exceptions=True)
    assert [getattr(error, "phase", "") for error in errors] == ["dns"] * 5
    assert len({id(error) for error in errors}) == 5
    with pytest.raises(ConnectError):
        await direct.send(request(NAMED), deadline=soon())
    assert look_ups.count == 2


async def test_addresses_are_kept_for_ten_seconds(
    make_direct: Make, time: FakeClock, look_ups: LookUps
) -> None:
    """F112: within ten seconds a name is looked up once, however many connections are made."""
    direct = timed(make_direct(), time.clock)
    async with serving(answering(OK)) as peer:
        look_ups.answer = (peer.origin.host, peer.origin.port)
        for seconds, expected in ((0.0, 1), (9.9, 1), (0.1, 2), (9.9, 2)):
            time.advance(seconds)
            await direct.send(request(NAMED, changing=True), deadline=time.now() + 9)
            assert look_ups.count == expected


async def test_last_addresses_serve_while_a_look_up_waits(
    make_direct: Make, time: FakeClock, look_ups: LookUps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F112: a look-up that takes its time holds up no call whose name had addresses before."""
    monkeypatch.setattr(_resolver, "_PATIENCE", 0.0)
    direct = timed(make_direct(), time.clock)
    async with serving(answering(OK)) as peer:
        look_ups.answer = (peer.origin.host, peer.origin.port)
        await direct.send(request(NAMED, changing=True), deadline=time.now() + 9)
        time.advance(60.0)
        look_ups.held.clear()
        for _ in range(3):
            await direct.send(request(NAMED, changing=True), deadline=time.now() + 9)
        assert (look_ups.count, len(peer.received)) == (2, 4)
        look_ups.held.set()


async def test_new_addresses_are_waited_for(
    make_direct: Make, time: FakeClock, look_ups: LookUps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F112: a look-up that is quick enough takes a call to the new address of its host."""
    monkeypatch.setattr(_resolver, "_PATIENCE", 60.0)
    direct = timed(make_direct(), time.clock)
    async with serving(answering(OK)) as old, serving(answering(OK)) as new:
        for peer in (old, new):
            look_ups.answer = (peer.origin.host, peer.origin.port)
            await direct.send(request(NAMED, changing=True), deadline=time.now() + 9)
            time.advance(60.0)
        assert (len(old.received), len(new.received)) == (1, 1)


async def test_addresses_that_refuse_are_forgotten(
    direct: DirectTransport, look_ups: LookUps
) -> None:
    """F112: a name none of whose addresses accepts is looked up anew by the next call."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        look_ups.answer = closed.getsockname()
        with pytest.raises(ConnectError):
            await direct.send(request(NAMED), deadline=soon())
    async with serving(answering(OK)) as peer:
        look_ups.answer = (peer.origin.host, peer.origin.port)
        assert (await direct.send(request(NAMED), deadline=soon())).status == 200
    assert look_ups.count == 2


async def test_close_while_a_name_is_looked_up(make_direct: Make, look_ups: LookUps) -> None:
    """Closing ends a look-up and the calls that wait for it."""
    direct = make_direct()
    look_ups.held.clear()
    call = asyncio.create_task(direct.send(request(NAMED), deadline=soon()))
    await until(lambda: look_ups.count == 1)
    await direct.aclose()
    with pytest.raises(ClientClosedError):
        await call


async def test_default_context_comes_before_tcp(
    make_direct: Make, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F113: calls share one build of the default context, and connect when it is there."""
    builds: list[int] = []
    held = threading.Event()

    def build() -> ssl.SSLContext:
        builds.append(1)
        held.wait()
        return trusting(authority)

    monkeypatch.setattr(_tls, "_built", [])
    monkeypatch.setattr(_tls, "_build", build)
    direct = make_direct()
    async with serving(answering(OK), context=server_context(authority)) as peer:
        calls = [
            asyncio.create_task(direct.send(request(peer.origin), deadline=soon()))
            for _ in range(20)
        ]
        try:
            await until(lambda: bool(builds))
            calls[0].cancel()
            await asyncio.wait(calls[:1])
            assert peer.connections == 0
        finally:
            held.set()
        answers = await asyncio.gather(*calls[1:])
        assert {answer.status for answer in answers} == {200}
    assert len(builds) == 1


async def test_context_that_cannot_be_built(
    make_direct: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F113: when the default context cannot be built, the next call tries again."""
    builds: list[int] = []

    def fail() -> ssl.SSLContext:
        builds.append(1)
        raise OSError

    monkeypatch.setattr(_tls, "_built", [])
    monkeypatch.setattr(_tls, "_build", fail)
    for _ in range(2):
        with pytest.raises(ConnectError) as caught:
            await make_direct().send(request(Origin("https", "127.0.0.1", 9)), deadline=soon())
        assert caught.value.phase == "tls"
    assert len(builds) == 2


def refuse_thread(*_: Any, **__: Any) -> Any:
    """What Python does when the interpreter exits."""
    message = "cannot schedule new futures after interpreter shutdown"
    raise RuntimeError(message)


async def test_no_thread_for_a_look_up(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """F114: where a look-up gets no thread any more, as at exit, the error says so."""
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", refuse_thread)
    with pytest.raises(BoxAPIError, match=r"Python starts no thread any more.*Nothing was sent"):
        await make().send(request(NAMED), deadline=soon())


async def test_no_thread_for_the_context(
    make_direct: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F114: where the default context gets no thread any more, the error says so."""
    monkeypatch.setattr(_tls, "_built", [])
    monkeypatch.setattr(threading.Thread, "start", refuse_thread)
    with pytest.raises(BoxAPIError, match=r"Python starts no thread any more.*Nothing was sent"):
        await make_direct().send(request(Origin("https", "127.0.0.1", 9)), deadline=soon())
    assert _tls._built == []


VALUE: contextvars.ContextVar[object] = contextvars.ContextVar("VALUE")


class Value:
    """What a caller keeps in its context."""


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
async def test_kept_connections_keep_no_context(
    make_direct: Make, authority: trustme.CA, *, secure: bool
) -> None:
    """Neither a kept connection nor a timer keeps the context of the call that began it alive."""
    direct = make_direct(ssl_context=trusting(authority))

    async def call(origin: Origin) -> weakref.ref[Value]:
        value = Value()
        VALUE.set(value)
        await direct.send(request(origin), deadline=soon())
        return weakref.ref(value)

    context = server_context(authority) if secure else None
    async with serving(answering(OK), context=context) as peer:
        kept = await asyncio.create_task(call(peer.origin))
        await asyncio.sleep(0)  # the loop lets go of the task
        gc.collect()
        assert len(network(direct)._connections) == 1
        assert kept() is None


async def test_a_ticket_behind_the_last_look(
    make_direct: Make, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F259: a look that finds nothing on a new connection settles it, whatever comes after it."""
    looks = itertools.cycle((False, True))
    monkeypatch.setattr(_h1_connection, "_make_poll", lambda _: lambda _: next(looks))
    async with serving(answering(plain(b"{}")), context=server_context(authority)) as peer:
        direct = make_direct(ssl_context=trusting(authority))
        for _ in range(3):
            sent = request(peer.origin, changing=True)
            assert (await direct.send(sent, deadline=soon())).status == 200
