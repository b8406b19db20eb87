"""F34, F106, F107, F108: whatever a peer sends and when, each caller receives only its own answer.

Hypothesis draws what is asked and how the peer answers; the sequences that once found a fault are
played in any case, also with the protection taken out, to prove that they find it.
``BOXAPIS_ANSWERS=all`` draws 2,000 sequences for each way to reach the peer, which takes minutes.
"""

import asyncio
import os
import ssl
import sys
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
import trustme
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from boxapis import BoxAPIError, BoxTracker, Limits, Retries
from boxapis.transports import (
    DirectTransport,
    HttpxTransport,
    Request,
    Response,
    _h1_connection,
    _httpx_exchange,
)
from tests.support.peers import server_context, trusting
from tests.support.untidy_peer import COMMANDS, NUMBERED, Ask, Step, Together, UntidyPeer

pytestmark = pytest.mark.servers

EXAMPLES = 2_000 if os.environ.get("BOXAPIS_ANSWERS") == "all" else 300  # in each mode
TURNS = 8

Steps = list[Step]


@frozen
class Mode:
    """How the client reaches the peer."""

    kind: type[Any] = DirectTransport
    tls: bool = False
    proxy: bool = False
    loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop


MODES = {
    "direct": Mode(),
    "direct, TLS": Mode(tls=True),
    "direct, proxy": Mode(proxy=True),
    "direct, proxy, TLS": Mode(tls=True, proxy=True),
    "httpx": Mode(HttpxTransport),
    "httpx, TLS": Mode(HttpxTransport, tls=True),
    "httpx, proxy, TLS": Mode(HttpxTransport, tls=True, proxy=True),
}
if sys.platform != "win32":
    import uvloop

    MODES["direct, uvloop"] = Mode(loop=uvloop.new_event_loop)
    MODES["direct, TLS, uvloop"] = Mode(tls=True, loop=uvloop.new_event_loop)
    MODES["direct, proxy, TLS, uvloop"] = Mode(tls=True, proxy=True, loop=uvloop.new_event_loop)
    MODES["httpx, uvloop"] = Mode(HttpxTransport, loop=uvloop.new_event_loop)
    MODES["httpx, TLS, uvloop"] = Mode(HttpxTransport, tls=True, loop=uvloop.new_event_loop)


class Recorder:
    """A transport over another one that notes when each request is about to be written.

    Attributes:
        sent: The tick at which the request with this number was written.
    """

    def __init__(self, inner: Any, tick: Callable[[], int]) -> None:
        self._inner = inner
        self._tick = tick
        self.sent: dict[int, int] = {}

    async def send(self, request: Request, *, deadline: float) -> Response:
        """Sends through the other transport."""
        number = int(request.arguments.get(NUMBERED.get(request.operation, ""), 0))
        note = _Writing(lambda: self.sent.__setitem__(number, self._tick()))
        response: Response = await self._inner.send(request, deadline=deadline, watch=note)
        return response

    async def aclose(self) -> None:
        """Closes the other transport."""
        await self._inner.aclose()


class _Writing:
    """Reports that a request is about to be written."""

    def __init__(self, note: Callable[[], None]) -> None:
        self._note = note

    def connecting(self) -> None:
        """A connection is being made."""

    def sending(self, *, reused: bool) -> None:
        """The request is about to be written."""
        self._note()

    def waiting(self) -> None:
        """The request is written."""


def wrong_results(results: dict[int, Any], recorder: Recorder, peer: UntidyPeer) -> list[str]:
    """The calls that were given what they must not get.

    Args:
        results: The body that each call received; an error is never wrong here.
        recorder: The transport that sent the calls.
        peer: The peer.
    """
    wrong: list[str] = []
    for number, body in results.items():
        if isinstance(body, BaseException):
            continue
        if "early" in body and peer.early_at[body["early"]] < recorder.sent[number]:
            wrong.append(f"call {number} was answered before it was written")
        elif "early" not in body and body.get("number") != number:
            wrong.append(f"call {number} received {body}")
    return wrong


class World:
    """A peer that stays, and a client for each sequence."""

    def __init__(self, mode: Mode, runner: asyncio.Runner, authority: trustme.CA) -> None:
        self.mode = mode
        self._runner = runner
        self._peer = UntidyPeer()
        self._context: ssl.SSLContext | None = None
        served = None
        if mode.tls:
            self._context, served = trusting(authority), server_context(authority)
        self._server = runner.run(self._peer.start(served, tunnel=mode.proxy))

    def play(self, steps: Steps, connections: int = 10) -> list[str]:
        """Plays a sequence; returns what must never happen, and did."""
        return self._runner.run(self._play(steps, connections))

    async def _play(self, steps: Steps, connections: int) -> list[str]:
        peer, mode = self._peer, self.mode
        peer.reset()
        origin = peer.origin
        proxy = f"http://{origin.authority}" if mode.proxy else False
        recorder = Recorder(mode.kind(proxy=proxy, ssl_context=self._context), peer.tick)
        results: dict[int, Any] = {}
        async with BoxTracker(
            "api-user",
            "api-password",
            base_url=f"{origin.scheme}://{origin.authority}/controller.html",
            transport=recorder,
            retries=Retries(attempts=1),
            limits=Limits(max_connections=connections),
        ) as tracker:
            customer = tracker.customer("jane", "jane-password")
            await customer.handshake()

            async def one(ask: Ask) -> None:
                number = len(peer.asks) + 1
                peer.asks[number] = ask
                command = COMMANDS[ask.command]
                try:
                    call = customer.command(command, **{NUMBERED[command]: number})
                    results[number] = await call
                except BoxAPIError as error:
                    results[number] = error

            for step in steps:
                peer.early = step.early
                if len(step.asks) == 1:
                    await one(step.asks[0])  # in this very turn of the loop
                else:
                    await asyncio.gather(*map(one, step.asks))
                if peer.end_step():
                    for _ in range(TURNS):
                        await asyncio.sleep(0)
        return peer.violations + wrong_results(results, recorder, peer)

    def close(self) -> None:
        """Stops the peer."""
        self._server.close()


@pytest.fixture(scope="module", params=MODES)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A peer for each way to reach it."""
    mode = MODES[request.param]
    with asyncio.Runner(loop_factory=mode.loop) as runner:
        made = World(mode, runner, trustme.CA())
        yield made
        made.close()


def asks() -> st.SearchStrategy[Ask]:
    """Calls and what the peer makes of them.

    After a right answer, one more that comes when the next request is written cannot be told from
    the right answer to that one, by any client; so it comes before.
    """
    commands = st.sampled_from(("list", "record", "save"))
    together = ("with", "apart", "beyond")
    surplus = st.sampled_from(("none", "none", *together, "busy", "idle"))
    understood = st.builds(Ask, commands, st.sampled_from(("right", "right", "refused")), surplus)
    strange = st.sampled_from(("page", "gateway", "no envelope", "other customer"))
    late = st.one_of(
        st.sampled_from(("none", *together, "next", "busy", "idle")), st.integers(1, TURNS)
    )
    return st.one_of(understood, st.builds(Ask, commands, strange, late))


def sequences(*, early: bool) -> st.SearchStrategy[Steps]:
    """Sequences of steps; with unasked answers on new connections, or without."""
    turns = st.one_of(st.none(), st.integers(0, TURNS)) if early else st.none()
    steps = st.builds(Step, st.lists(asks(), min_size=1, max_size=3).map(tuple), turns)
    return st.lists(steps, min_size=1, max_size=6)


def test_any_sequence(world: World) -> None:
    """F34, F106, F107, F108: no caller receives what another one asked for, or older bytes.

    httpx cannot see what a server sends over a new connection before it is asked.
    """

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(sequences(early=world.mode.kind is DirectTransport), st.sampled_from((1, 2, 10)))
    def play(steps: Steps, connections: int) -> None:
        assert world.play(steps, connections) == []

    play()


PAGE: Steps = [Step((Ask(answer="page", rest="next"),)), Step((Ask(),))]
BUSY: Steps = [Step((Ask(rest="busy"),)), Step((Ask(),))]
TOGETHER: dict[str, Steps] = {
    rest: [Step((Ask(rest=rest),)), Step((Ask(),))] for rest in get_args(Together)
}
EARLY: list[Steps] = [[Step((Ask("save"),), early)] for early in range(TURNS + 1)]


@pytest.mark.parametrize("steps", [PAGE, BUSY, *TOGETHER.values()], ids=["page", "busy", *TOGETHER])
def test_recorded_sequences(world: World, steps: Steps) -> None:
    """F106, F107: the sequences that once found a fault find none."""
    assert world.play(steps) == []


def test_recorded_early_answers(world: World) -> None:
    """F108: bytes that are older than the request never answer it."""
    if world.mode.kind is DirectTransport:
        assert [world.play(steps) for steps in EARLY] == [[]] * len(EARLY)


def test_without_discarding(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """F106: without it the next caller would receive the answer that the page stood before."""
    monkeypatch.setattr(Response, "discard_connection", lambda _: None)
    assert world.play(PAGE) == [
        "cmdBoxTPortalJobsiteList was sent over a spoiled connection",
        "call 2 received {'status': 200, 'number': 1, 'jobSiteObj': {'ID': 1}}",
    ]


def test_without_the_look(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """F34, F107, F108: without it surplus and early bytes would be taken for answers.

    Over TLS early bytes arrive after the request in any case: no client can tell them apart. What
    is beyond one read may still be in the socket, where httpcore sees it.
    """
    monkeypatch.setattr(_h1_connection, "_make_poll", lambda _: lambda _: None)
    monkeypatch.setattr(_httpx_exchange, "has_surplus", lambda _: False)
    is_direct = world.mode.kind is DirectTransport
    for steps in (BUSY,) if is_direct else (TOGETHER["with"], TOGETHER["apart"]):
        assert world.play(steps) == [
            "cmdBoxTPortalJobsiteList was sent over a spoiled connection",
            "call 2 received {'status': 200, 'number': 1, 'jobSiteObj': {'ID': 1}}",
        ]
    found = {violation for steps in EARLY for violation in world.play(steps)}
    if is_direct and not world.mode.tls:
        assert found == {"call 1 was answered before it was written"}
