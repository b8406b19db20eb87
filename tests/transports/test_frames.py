"""No frame of the transports shows what is sent, at whatever moment one looks at it.

Profilers, ``sys._current_frames``, crash reporters and the traceback of Ctrl-C show the local
variables of frames. A frame can be seen whenever Python calls something, or a task waits.
"""

import asyncio
import base64
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Self

import pytest
import trustme

from boxapis.errors import BoxAPIError
from boxapis.transports import DirectTransport, Origin, Request
from tests.support.doubles import until
from tests.support.paths import ROOT, is_package_code
from tests.support.peers import (
    Make,
    answering,
    closing_after_request,
    plain,
    server_context,
    serving,
    silent,
    silent_after,
    soon,
    trusting,
    tunnelling,
)
from tests.support.timed import network
from tests.support.waiting import waiting_frames

CANARY = "Zq9X"
USER = f"user:{CANARY}-proxy"
CANARIES = (CANARY, base64.b64encode(USER.encode()).decode().strip("=")[:-1])
OK = plain(b'{"status": 200}')

_WATCHED = tuple(f"{(ROOT / 'boxapis' / folder).as_posix()}/" for folder in ("transports", "_http"))


def secret_request(origin: Origin, *, changing: bool = False) -> Request:
    """A request with a canary wherever one is sent."""
    headers = (("Authorization", f"Bearer {CANARY}-token"), ("Accept-Encoding", "identity"))
    target, body = f"/c?password={CANARY}-password", f"card={CANARY}-card".encode()
    return Request(origin, "POST", target, headers, body, "cmdTest", changing)


def shown(frame: FrameType) -> list[str]:
    """The local variables of a frame that show a canary."""
    variables = [(name, repr(value)) for name, value in frame.f_locals.items()]
    found = [name for name, text in variables if any(canary in text for canary in CANARIES)]
    return [f"{Path(frame.f_code.co_filename).name}, {frame.f_code.co_name}: {n}" for n in found]


class Watch:
    """Looks at a frame of the transports whenever it calls something, is called, or waits.

    What httptools hands over is part of a response, and is looked at in `test_of_half_an_answer`.

    Attributes:
        seen: The variables that show a canary.
        functions: The functions that were looked at.
    """

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.functions: set[str] = set()
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = sys.getprofile()
        sys.setprofile(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self._before)

    def _look(self, frame: FrameType, event: str, _: object) -> None:
        caller = frame.f_back if event == "call" else None
        for one in (frame, caller):
            if one is not None and one.f_code.co_filename.startswith(_WATCHED):
                self.functions.add(one.f_code.co_name)
                self.seen.update(shown(one))


async def check_route(
    make: Make, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    """Sends requests over a route, and checks every frame that is met on the way."""
    context = server_context(authority)
    proxy_context = context if route == "tunnel through tls" else None
    target_context = None if route in ("plain", "forwarded") else context
    proxy_script = answering(OK) if route == "forwarded" else tunnelling([])
    for name in ("https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    async with (
        serving(answering(OK), context=target_context) as peer,
        serving(proxy_script, context=proxy_context) as proxy,
    ):
        url = f"{proxy.origin.scheme}://{USER}@{proxy.origin.host_and_port}"
        monkeypatch.setenv("HTTPS_PROXY", url)
        option = {"plain": False, "tls": False, "environment": None}.get(route, url)
        transport = make(proxy=option, ssl_context=trusting(authority))
        with Watch() as watch:
            for changing in (False, False, True):
                sent = secret_request(peer.origin, changing=changing)
                response = await transport.send(sent, deadline=soon())
                assert response.status == 200
            await transport.aclose()
        assert (proxy.connections > 0) == (option is not False)
    assert watch.seen == set()
    assert len(watch.functions) > 20


@pytest.mark.parametrize("route", ["plain", "tls", "tunnel", "forwarded", "environment"])
async def test_of_a_call(
    make: Make, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    """F137: no local variable holds a part of a request, or a proxy's password, at any moment."""
    await check_route(make, authority, monkeypatch, route)


async def test_of_a_call_through_a_proxy_under_tls(
    make_direct: Make, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F137: nor does one where the connection to the proxy itself is encrypted."""
    await check_route(make_direct, authority, monkeypatch, "tunnel through tls")


def test_the_watch_finds_what_is_there() -> None:
    """The check can fail: a variable of a frame is found, wherever the frame calls something."""
    source = f"def leaf(text):\n    held = text + '{CANARY}'\n    return held.upper()\n"
    space: dict[str, Any] = {}
    exec(compile(source, f"{_WATCHED[0]}leaf.py", "exec"), space)  # noqa: S102 - our own source
    with Watch() as watch:
        space["leaf"]("")
    assert watch.seen == {"leaf.py, leaf: held"}


def seen_in_tasks() -> tuple[list[str], int]:
    """What the package's frames of all tasks show, and the number of these frames."""
    frames = [frame for task in asyncio.all_tasks() for frame in waiting_frames(task)]
    ours = [frame for frame in frames if is_package_code(frame.f_code.co_filename)]
    return [text for frame in ours for text in shown(frame)], len(ours)


def seen_in(error: BaseException) -> tuple[list[str], int]:
    """What the package's frames in a traceback show, and the number of these frames."""
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    ours = [frame for frame in frames if is_package_code(frame.f_code.co_filename)]
    return [text for frame in ours for text in shown(frame)], len(ours)


async def test_of_a_waiting_and_cancelled_call(make: Make) -> None:
    """F137: while the answer is awaited, and when the call is cancelled, no frame shows it."""
    async with serving(silent) as peer:
        transport = make()
        call = asyncio.create_task(transport.send(secret_request(peer.origin), deadline=soon()))
        await until(lambda: bool(peer.received))
        seen, count = seen_in_tasks()
        assert (seen, count > 1) == ([], True)
        call.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await call
        seen, count = seen_in(caught.value)
        assert (seen, count > 1) == ([], True)


async def test_of_a_failed_call(make: Make) -> None:
    """F137: neither does a frame in the traceback of a call that failed."""
    async with serving(closing_after_request) as peer:
        with pytest.raises(BoxAPIError) as caught:
            await make().send(secret_request(peer.origin), deadline=soon())
    seen, count = seen_in(caught.value)
    assert (seen, count > 1) == ([], True)


async def test_of_half_an_answer(make: Make) -> None:
    """F137: while the rest of an answer is awaited, no frame shows what has come of it."""
    half = f'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{{"sessionKey": "{CANARY}-key"'
    async with serving(silent_after(half.encode())) as peer:
        transport = make()
        sent, read = secret_request(peer.origin), Watched()
        work = transport.send(sent, deadline=soon(), watch=read)
        call = asyncio.create_task(work)
        await until(lambda: bool(peer.received) and read.is_waiting)
        for _ in range(20):  # turns of the loop, in which the half is read
            await asyncio.sleep(0)
        seen, count = seen_in_tasks()
        assert (seen, count > 1) == ([], True)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


class Watched:
    """A watch of a transport's progress that remembers whether the response is awaited."""

    is_waiting = False

    def connecting(self) -> None:
        """Nothing to remember."""

    def sending(self, *, reused: bool) -> None:
        """Nothing to remember."""

    def waiting(self) -> None:
        """The response is awaited."""
        self.is_waiting = True


class Interrupting:
    """The asyncio transport of a connection, during whose writing the user presses Ctrl-C."""

    def __init__(self, inner: asyncio.Transport) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def write(self, data: bytes) -> None:
        """Raises what Ctrl-C raises; a part may have been sent."""
        assert CANARY.encode() in data
        raise KeyboardInterrupt


async def test_of_ctrl_c_while_a_request_is_written(direct: DirectTransport) -> None:
    """F137: the traceback of an interrupted write shows nothing, and the connection is closed."""
    async with serving(answering(OK)) as peer:
        await direct.send(secret_request(peer.origin), deadline=soon())
        (connection,) = network(direct)._connections
        connection._transport = Interrupting(connection._transport)  # type: ignore[assignment,arg-type]
        with pytest.raises(KeyboardInterrupt) as caught:
            await direct.send(secret_request(peer.origin), deadline=soon())
        seen, count = seen_in(caught.value)
        assert (seen, count > 1) == ([], True)
        await until(lambda: not network(direct)._connections)
