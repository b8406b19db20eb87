"""DirectTransport: its pool, its closing, other loops and processes, and what it writes."""

import asyncio
import contextlib
import gc
import os
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import trustme

from boxapis import (
    ClientClosedError,
    ConfigurationError,
    ConnectionLostError,
    InvalidResponseError,
    Limits,
    RequestTimeoutError,
    Timeouts,
    TransportError,
)
from boxapis.transports import DirectTransport, Origin, Request, _tcp
from tests.support.doubles import FakeClock, until
from tests.support.paths import is_package_code
from tests.support.peers import (
    SECRET,
    Make,
    Peer,
    Script,
    answering,
    black_hole,
    closing_after_request,
    in_turn,
    plain,
    request,
    server_context,
    serving,
    silent,
    soon,
    trusting,
    tunnelling,
)
from tests.support.timed import network, timed

OK = plain(b'{"status": 200}')


def idle(transport: DirectTransport) -> list[Any]:
    """The idle connections of a transport, oldest first."""
    pools = () if transport.latest is None else network(transport)._pools.values()
    return [one for pool in pools for one in pool.idle]


def sweep(transport: DirectTransport) -> None:
    """Closes expired connections now, instead of when the timer would."""
    connections = network(transport)
    if connections._sweeper is not None:
        connections._sweeper.cancel()
    connections._sweep()


async def test_fresh_requests_meet_a_new_connection(direct: DirectTransport) -> None:
    """A request that asks for a fresh connection gets one, which serves others afterwards."""
    async with serving(answering(OK)) as peer:
        for fresh in (False, True, False, False):
            await direct.send(request(peer.origin, fresh=fresh), deadline=soon())
        assert peer.connections == 2
        assert len(idle(direct)) == 2


async def test_last_in_first_out(direct: DirectTransport) -> None:
    """The connection used last is taken first, so that the others may expire."""
    async with serving(answering(OK)) as peer:
        calls = [direct.send(request(peer.origin), deadline=soon()) for _ in range(3)]
        await asyncio.gather(*calls)
        before = idle(direct)
        await direct.send(request(peer.origin), deadline=soon())
        assert len(before) == 3
        assert idle(direct) == before


async def test_no_more_idle_connections_than_allowed(make_direct: Make) -> None:
    """The pool keeps as many idle connections as its limit, however many were opened."""
    direct = make_direct(limits=Limits(max_connections=2))
    async with serving(answering(OK)) as peer:
        for _ in range(5):
            await direct.send(request(peer.origin, changing=True), deadline=soon())
        await until(lambda: len(network(direct)._connections) == 2)
        assert len(idle(direct)) == 2


async def test_expired_connections_are_closed(make_direct: Make, time: FakeClock) -> None:
    """A connection that was idle for too long is not used again, and is closed by the timer."""
    direct = timed(make_direct(), time.clock)
    async with serving(answering(OK)) as peer:
        await direct.send(request(peer.origin), deadline=time.now() + 9)
        time.advance(4.0)
        await direct.send(request(peer.origin), deadline=time.now() + 9)
        assert peer.connections == 2
        time.advance(4.0)
        sweep(direct)
        await until(lambda: not network(direct)._connections)
        assert idle(direct) == []


async def test_deadline_already_past(direct: DirectTransport) -> None:
    """A call whose deadline has passed sends nothing, and opens no connection."""
    async with serving(answering(OK)) as peer:
        with pytest.raises(RequestTimeoutError) as caught:
            await direct.send(request(peer.origin), deadline=soon(-1))
        assert (caught.value.phase, caught.value.sent, peer.connections) == ("total", False, 0)


async def test_deadline_while_connecting(direct: DirectTransport) -> None:
    """The deadline also bounds connecting, and then nothing was sent."""
    with black_hole() as hole, pytest.raises(RequestTimeoutError) as caught:
        await direct.send(request(hole), deadline=soon(0.05))
    assert (caught.value.phase, caught.value.sent) == ("total", False)


@pytest.mark.parametrize("turns", range(12))
async def test_cancelled_while_connecting(
    make_direct: Make, authority: trustme.CA, turns: int
) -> None:
    """F84: a call cancelled at any turn of connecting leaves no socket, task or timer."""
    direct = make_direct(ssl_context=trusting(authority))
    async with serving(answering(OK), context=server_context(authority)) as peer:
        call = asyncio.create_task(direct.send(request(peer.origin), deadline=soon()))
        for _ in range(turns):
            await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await until(
            lambda: len(network(direct)._connections if direct.latest else ()) == len(idle(direct))
        )  # one that was done is kept
        answer = await direct.send(request(peer.origin), deadline=soon())
        assert answer.status == 200


async def test_cancelled_call_drops_its_own_connection_alone(direct: DirectTransport) -> None:
    """F84: the connection of a cancelled call is closed; other connections stay."""
    gate = asyncio.Event()

    def held(peer: Any) -> Any:
        async def script(reader: Any, writer: Any) -> None:
            while True:
                asked = await peer.read_request(reader)
                if b"held" in asked:
                    await gate.wait()
                writer.write(OK)

        return script

    async with serving(held) as peer:
        first = asyncio.create_task(direct.send(request(peer.origin, "/held"), deadline=soon()))
        await until(lambda: len(peer.received) == 1)
        await direct.send(request(peer.origin), deadline=soon())
        kept = idle(direct)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        await until(lambda: len(network(direct)._connections) == 1)
        assert idle(direct) == kept
        assert peer.connections == 2


async def test_close_ends_what_is_under_way(make_direct: Make) -> None:
    """Closing ends calls that wait for an answer or a connection; later calls are refused."""
    direct = make_direct(timeouts=Timeouts(connect=1000.0))
    async with serving(silent) as peer, asyncio.timeout(10):
        with black_hole() as hole:
            sent = asyncio.create_task(direct.send(request(peer.origin), deadline=soon()))
            dialing = asyncio.create_task(direct.send(request(hole), deadline=soon()))
            await until(lambda: len(peer.received) == 1 and len(network(direct)._connecting) == 1)
            await direct.aclose()
            with pytest.raises(ConnectionLostError) as caught:
                await sent
            assert caught.value.sent
            with pytest.raises(ClientClosedError):
                await dialing
        with pytest.raises(ClientClosedError):
            await direct.send(request(peer.origin), deadline=soon())
        await direct.aclose()


async def test_close_while_shaking_hands(
    make_direct: Make, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing during a TLS handshake closes the socket before it returns."""
    made: list[socket.socket] = []

    async def held(address: Any) -> socket.socket:
        made.append(await original(address))
        return made[-1]

    original = _tcp._connect_socket
    monkeypatch.setattr(_tcp, "_connect_socket", held)
    direct = make_direct(ssl_context=trusting(authority))
    async with serving(silent) as peer:
        origin = Origin("https", peer.origin.host, peer.origin.port)
        call = asyncio.create_task(direct.send(request(origin), deadline=soon()))
        await until(lambda: peer.connections == 1)
        await direct.aclose()
        assert [one.fileno() for one in made] == [-1]
        with pytest.raises(ClientClosedError):
            await call


async def test_race_leaves_nothing() -> None:
    """Connection attempts that lost the race leave neither task nor socket, even if connected."""
    async with serving(answering(OK)) as peer:
        with black_hole() as hole:
            places = [("127.0.0.1", one.port) for one in (hole, peer.origin)]
            tried = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
            winner = await _tcp.connect_tcp(tried)
            tasks = [str(task.get_coro()) for task in asyncio.all_tasks()]
            assert not [name for name in tasks if "_connect_socket" in name]
            winner.close()
        late = asyncio.create_task(_tcp._connect_socket(tried[1]))
        await asyncio.wait((late,))
        await _tcp._cancel({late})
        await asyncio.sleep(0)
        assert late.result().fileno() == -1


async def test_connection_that_is_closing(direct: DirectTransport) -> None:
    """A connection that has just been closed is not used, though it is still in the pool."""
    async with serving(answering(OK)) as peer:
        await direct.send(request(peer.origin), deadline=soon())
        (connection,) = idle(direct)
        connection._transport.close()
        await direct.send(request(peer.origin), deadline=soon())
        assert peer.connections == 2


async def test_close_of_tls_leaves_nothing(make_direct: Make, authority: trustme.CA) -> None:
    """When closing returns, idle TLS connections are gone, without waiting for the server."""
    direct = make_direct(ssl_context=trusting(authority))
    async with serving(answering(OK), context=server_context(authority)) as peer:
        await asyncio.gather(
            *(direct.send(request(peer.origin), deadline=soon()) for _ in range(3))
        )
        wires = [
            one._tcp.get_extra_info("socket") for one in network(direct)._connections if one._tcp
        ]
        await direct.aclose()
        assert [wire.fileno() for wire in wires] == [-1, -1, -1]


def test_other_loop_while_the_first_runs() -> None:
    """F87: use on a second loop, while the first one runs, is an error of the caller's."""
    direct = DirectTransport(proxy=False)
    done = threading.Event()
    failures: list[Exception] = []

    async def held() -> None:
        async with serving(answering(OK)) as peer:
            await direct.send(request(peer.origin), deadline=soon())
            other = threading.Thread(target=lambda: asyncio.run(fail(peer.origin)))
            other.start()
            await asyncio.to_thread(done.wait)
            other.join()
            await direct.aclose()

    async def fail(origin: Origin) -> None:
        try:
            await direct.send(request(origin), deadline=soon())
        except ConfigurationError as error:
            failures.append(error)
        finally:
            done.set()

    asyncio.run(held())
    assert "another event loop" in str(failures[0])


@contextlib.contextmanager
def serving_from_a_thread() -> Iterator[Origin]:
    """A server that outlives the loops of a test: two connections, one answer on each."""

    def answer() -> None:
        for _ in range(2):
            taken, _ = listening.accept()
            taken.recv(65536)
            taken.sendall(OK)
            held.append(taken)

    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, daemon=True)  # a test that fails may leave it
        thread.start()
        yield Origin("http", *listening.getsockname())
        thread.join()
    for taken in held:
        taken.close()


def test_other_loop_after_the_first_was_closed() -> None:
    """F87: once the old loop is closed, the transport starts afresh; asyncio warns of leftovers."""
    direct = DirectTransport(proxy=False)

    async def send(origin: Origin, *, close: bool) -> int:
        answer = await direct.send(request(origin), deadline=soon())
        if close:
            await direct.aclose()
        return answer.status

    with serving_from_a_thread() as origin:
        assert asyncio.run(send(origin, close=False)) == 200
        assert asyncio.run(send(origin, close=True)) == 200
    with pytest.warns(ResourceWarning, match="unclosed"):
        gc.collect()


def test_other_loop_after_the_first_has_stopped() -> None:
    """F87: when the old loop has stopped, the transport leaves it, and closes its connections."""
    direct = DirectTransport(proxy=False)
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()

    async def send() -> None:
        async with serving(answering(OK)) as peer:
            await direct.send(request(peer.origin), deadline=soon())

    first.run_until_complete(send())
    second.run_until_complete(send())
    second.run_until_complete(direct.aclose())
    for loop in (first, second):
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork() -> None:
    """F88: a forked child opens connections of its own, and leaves its parent's as they are."""
    loop = asyncio.new_event_loop()
    direct = DirectTransport(proxy=False)

    async def held() -> None:
        async with serving(answering(OK)) as peer:
            await direct.send(request(peer.origin), deadline=soon())
            child = os.fork()
            if child == 0:
                os._exit(in_child(direct, peer.origin))
            exited = await asyncio.to_thread(os.waitpid, child, 0)
            await direct.send(request(peer.origin), deadline=soon())
            assert os.waitstatus_to_exitcode(exited[1]) == 0
            assert peer.connections == 2
            await direct.aclose()

    loop.run_until_complete(held())
    loop.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_with_the_loop_of_the_parent() -> None:
    """F88: a child that goes on with its parent's loop opens connections of its own."""
    loop = asyncio.new_event_loop()
    direct = DirectTransport(proxy=False)

    async def send(origin: Origin) -> int:
        return (await direct.send(request(origin), deadline=soon(2))).status

    with serving_from_a_thread() as origin:
        assert loop.run_until_complete(send(origin)) == 200
        child = os.fork()
        if child == 0:
            status = 1
            with contextlib.suppress(BaseException):
                status = 0 if loop.run_until_complete(send(origin)) == 200 else 1
            os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        loop.run_until_complete(direct.aclose())
    loop.close()


def in_child(direct: DirectTransport, origin: Origin) -> int:
    """Makes one call in a forked child; returns 0 when it was answered."""
    asyncio.events._set_running_loop(None)

    async def send() -> int:
        answer = await direct.send(request(origin), deadline=soon())
        await direct.aclose()
        return 0 if answer.status == 200 else 1

    return asyncio.run(send())


async def test_reused_connection_that_is_lost_says_so(direct: DirectTransport) -> None:
    """F11: the error of a connection lost without a byte says whether it had been used before."""
    async with serving(closing_after_request) as peer:
        with pytest.raises(ConnectionLostError) as caught:
            await direct.send(request(peer.origin), deadline=soon())
        assert not caught.value.reused

    def one(peer: Any) -> Any:
        async def script(reader: Any, writer: Any) -> None:
            await peer.read_request(reader)
            writer.write(OK)
            await peer.read_request(reader)

        return script

    async with serving(one) as peer:
        await direct.send(request(peer.origin), deadline=soon())
        with pytest.raises(ConnectionLostError) as caught:
            await direct.send(request(peer.origin), deadline=soon())
        assert (caught.value.reused, caught.value.sent) == (True, True)


async def test_timeout_drops_the_idle_ones(make_direct: Make) -> None:
    """F12, F13: when one connection falls silent, all idle ones are dropped with it."""
    direct = make_direct(timeouts=Timeouts(read=0.05))

    def held(peer: Any) -> Any:
        async def script(reader: Any, writer: Any) -> None:
            while b"silent" not in await peer.read_request(reader):
                writer.write(OK)
            await reader.read()

        return script

    async with serving(held) as peer:
        calls = [direct.send(request(peer.origin), deadline=soon()) for _ in range(3)]
        await asyncio.gather(*calls)
        with pytest.raises(RequestTimeoutError) as caught:
            await direct.send(request(peer.origin, "/silent"), deadline=soon())
        assert caught.value.phase == "read"
        assert idle(direct) == []
        await direct.send(request(peer.origin), deadline=soon())
        assert peer.connections == 4


@pytest.mark.parametrize(
    ("changing", "patience"), [(False, 20.0), (True, 60.0)], ids=["reading", "changing"]
)
async def test_times_are_those_of_the_clock(
    make_direct: Make, time: FakeClock, *, changing: bool, patience: float
) -> None:
    """Timeouts use the injected clock; a changing request may be silent for longer."""
    direct = timed(make_direct(), time.clock)
    async with serving(silent) as peer:
        sent = request(peer.origin, changing=changing)
        call = asyncio.create_task(direct.send(sent, deadline=time.now() + 90))
        await until(lambda: bool(peer.received))
        time.advance(patience - 0.1)
        sweep(direct)
        await asyncio.sleep(0)
        assert not call.done()
        time.advance(0.1)
        sweep(direct)
        with pytest.raises(RequestTimeoutError) as caught:
            await call
        assert caught.value.phase == "read"


def has_come(connection: Any, count: int) -> bool:
    """Whether so many bytes of the answer have been read."""
    received: int = connection._reader.received
    return received == count


async def test_progress_counts(make_direct: Make, time: FakeClock) -> None:
    """Every piece that arrives starts the read timeout again."""
    direct = timed(make_direct(), time.clock)
    pieces: asyncio.Queue[bytes] = asyncio.Queue()

    def held(peer: Any) -> Any:
        async def script(reader: Any, writer: Any) -> None:
            await peer.read_request(reader)
            while True:
                writer.write(await pieces.get())

        return script

    async with serving(held) as peer:
        call = asyncio.create_task(direct.send(request(peer.origin), deadline=time.now() + 90))
        await until(lambda: bool(peer.received))
        (connection,) = network(direct)._connections
        for place in range(4):
            pieces.put_nowait(OK[place : place + 1])
            await until(partial(has_come, connection, place + 1))
            time.advance(19.0)
            sweep(direct)
            assert connection._outcome is not None
        pieces.put_nowait(OK[4:])
        assert (await call).status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "/a b"},
        {"target": "/a\r\nX: y"},
        {"target": "/\N{EURO SIGN}"},
        {"method": "HEAD"},
        {"method": "GET /x HTTP/1.1\r\nX:"},
        {"headers": (("X", "a\r\nY: b"),)},
        {"headers": (("X", "\N{EURO SIGN}"),)},
    ],
    ids=repr,
)
async def test_what_cannot_be_written(direct: DirectTransport, wrong: dict[str, Any]) -> None:
    """A request that would not be one valid request is refused, and nothing of it is sent."""
    async with serving(answering(OK)) as peer:
        whole = {"method": "GET", "target": "/", "headers": (), "body": None, "operation": "c"}
        with pytest.raises(TransportError) as caught:
            await direct.send(Request(peer.origin, **{**whole, **wrong}), deadline=soon())
        assert (caught.value.phase, caught.value.sent, peer.received) == ("local", False, [])
        await direct.send(request(peer.origin), deadline=soon())
        assert peer.connections == 1


async def test_what_is_written(direct: DirectTransport) -> None:
    """The bytes of a request are exactly these, without headers of an earlier one."""
    async with serving(answering(OK)) as peer:
        host = peer.origin.authority.encode()
        for method, headers, body in (
            ("GET", (("A", "1"),), None),
            ("POST", (("A", "2"), ("B", "\xe9")), b"{}"),
            ("PUT", [], None),
        ):
            sent = Request(peer.origin, method, "/p?q=1", headers, body, "c")
            await direct.send(sent, deadline=soon())
    assert peer.received == [
        b"GET /p?q=1 HTTP/1.1\r\nHost: " + host + b"\r\nA: 1\r\n\r\n",
        b"POST /p?q=1 HTTP/1.1\r\nHost: "
        + host
        + b"\r\nA: 2\r\nB: \xe9\r\nContent-Length: 2\r\n\r\n{}",
        b"PUT /p?q=1 HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: 0\r\n\r\n",
    ]


async def test_forwarding_proxy(make_direct: Make) -> None:
    """Through a proxy a plain request has the whole URL, and the proxy's password."""
    async with serving(answering(OK)) as proxy:
        direct = make_direct(proxy=f"http://user:p%40ss@127.0.0.1:{proxy.origin.port}")
        answer = await direct.send(request(Origin("http", "localhost", 9)), deadline=soon())
    head = proxy.received[0]
    assert answer.status == 200
    assert head.startswith(b"GET http://localhost:9/controller.html?command=c")
    assert b"\r\nHost: localhost:9\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n" in head


async def test_proxy_under_tls(make_direct: Make, authority: trustme.CA) -> None:
    """The proxy itself may use TLS, so that its password is not sent in plain text."""
    seen: list[bytes] = []
    async with (
        serving(answering(OK), context=server_context(authority)) as peer,
        serving(tunnelling(seen), context=server_context(authority)) as proxy,
    ):
        direct = make_direct(
            proxy=f"https://user:proxy-password@127.0.0.1:{proxy.origin.port}",
            ssl_context=trusting(authority),
        )
        for _ in range(2):
            answer = await direct.send(request(peer.origin), deadline=soon())
            assert answer.status == 200
        await direct.aclose()
    assert seen[0].startswith(b"CONNECT 127.0.0.1:")
    assert SECRET.encode() not in b"".join(seen)
    assert (peer.connections, proxy.connections) == (1, 1)


def answering_the_head(answer: bytes) -> Callable[[Peer], Script]:
    """Answers each request when its head has come, and reads no more."""

    def make(_: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await asyncio.Event().wait()

        return script

    return make


@pytest.mark.parametrize("changing", [False, True], ids=["reading", "changing"])
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
async def test_answer_to_half_a_request(
    make_direct: Make, authority: trustme.CA, *, secure: bool, changing: bool
) -> None:
    """F147: before the request is out a success is none, a refusal is one; neither is kept."""
    direct = make_direct(ssl_context=trusting(authority))
    context = server_context(authority) if secure else None
    body = b"x" * 20_000_000
    for status in (b"200 OK", b"201 Created", b"204 No Content"):
        answer = plain(b"", status=status)
        async with serving(answering_the_head(answer), context=context) as peer:
            with pytest.raises(InvalidResponseError, match="before the whole request") as caught:
                sent = request(peer.origin, changing=changing, body=body)
                await direct.send(sent, deadline=soon())
            assert caught.value.status == int(status[:3])
            assert caught.value.may_have_been_applied is changing
            assert caught.value.retry_stopped_by is None
            assert idle(direct) == []
    for status in (b"302 Found", b"413 Content Too Large", b"500 Server Error"):
        async with serving(answering_the_head(plain(b"", status=status)), context=context) as peer:
            sent = request(peer.origin, changing=changing, body=body)
            assert (await direct.send(sent, deadline=soon())).status == int(status[:3])
            assert idle(direct) == []


async def test_nothing_can_be_seen(direct: DirectTransport) -> None:
    """Neither the frames of a cancelled call nor reprs show what was sent."""
    async with serving(silent) as peer:
        call = asyncio.create_task(direct.send(request(peer.origin), deadline=soon()))
        await until(lambda: bool(peer.received))
        call.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await call
    seen = []
    trace = caught.value.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if is_package_code(frame.f_code.co_filename):
            seen.append(repr(frame.f_locals) + repr(vars(direct)))
        trace = trace.tb_next
    assert seen
    assert SECRET not in "".join(seen)


async def test_many_answers_on_one_connection(direct: DirectTransport) -> None:
    """One connection reads answers of any framing, one after the other."""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    empty = b"HTTP/1.1 204 No Content\r\n\r\n"
    async with serving(in_turn(OK, chunked, empty, chunked, plain(b"end"))) as peer:
        bodies = [(await direct.send(request(peer.origin), deadline=soon())).body for _ in range(5)]
        assert peer.connections == 1
    assert bodies == [b'{"status": 200}', b"abc", b"", b"abc", b"end"]
