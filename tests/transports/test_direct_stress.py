"""Random cancellations, resets and surplus bytes; afterwards every call is answered.

The environment variable BOXAPIS_STRESS multiplies the number of rounds.
"""

import asyncio
import os
import random
import ssl
from collections.abc import Callable

import pytest
import trustme

from boxapis import BoxAPIError
from boxapis.transports import DirectTransport, Origin
from tests.support.doubles import until
from tests.support.peers import (
    Make,
    Peer,
    Script,
    plain,
    request,
    reset,
    server_context,
    serving,
    soon,
    trusting,
)
from tests.support.timed import network

pytestmark = pytest.mark.servers

TASKS = 40
ROUNDS = 25 * int(os.environ.get("BOXAPIS_STRESS", "1"))
SECURE = pytest.mark.parametrize("secure", [False, True], ids=["in clear", "TLS"])


def number_of(asked: bytes) -> bytes:
    """The number that a request carries in its target."""
    return asked.split(b" ")[1].rpartition(b"=")[2]


def echoing(chance: random.Random) -> Callable[[Peer], Script]:
    """Answers with the request's number; with faults it errs, stalls and sends surplus bytes."""

    def make_script(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                asked = await peer.read_request(reader)
                peer.received.clear()
                whole, fate = plain(number_of(asked)), 1.0
                if b"storm" in asked:
                    fate = chance.random()
                    await turns(chance.randrange(4))
                if fate < 0.05:
                    reset(writer)
                elif fate < 0.10:
                    writer.write(whole[: chance.randrange(len(whole))])
                    return
                elif fate < 0.15:
                    writer.write(whole + plain(b"another response"))
                elif fate < 0.20:
                    writer.write(whole)
                    return
                else:
                    writer.write(whole)

        return script

    return make_script


def dice(seed: int) -> random.Random:
    """The same random numbers in each run."""
    return random.Random(seed)  # noqa: S311 - dice, not secrets


async def turns(count: int) -> None:
    """Lets other tasks run for so many turns of the loop."""
    for _ in range(count):
        await asyncio.sleep(0)


async def ask(direct: DirectTransport, origin: Origin, number: int, way: str = "calm") -> int:
    """Sends a number; returns the number in the answer."""
    given = await direct.send(request(origin, f"/{way}?number={number}"), deadline=soon())
    return int(given.body)


def check_books(direct: DirectTransport) -> None:
    """Checks that no idle connection is in use, and that all idle ones are in the pool."""
    for pool in network(direct)._pools.values():
        assert len(pool.idle) <= direct.limits.max_connections
        for connection in pool.idle:
            assert connection in network(direct)._connections
            assert connection._outcome is None


async def disturb(direct: DirectTransport, origin: Origin, seed: int) -> int:
    """Cancels calls at random points; every answer must be that of its request."""
    chance = dice(seed)
    answered = 0
    for round_number in range(ROUNDS):
        number = seed * 1_000_000 + round_number
        call = asyncio.create_task(ask(direct, origin, number, "storm"))
        await turns(chance.randrange(14))
        if chance.random() < 0.5:
            call.cancel()
        (outcome,) = await asyncio.gather(call, return_exceptions=True)
        check_books(direct)
        if isinstance(outcome, int):
            assert outcome == number
            answered += 1
        else:
            assert isinstance(outcome, BoxAPIError | asyncio.CancelledError)
    return answered


def contexts(
    authority: trustme.CA, *, secure: bool
) -> tuple[ssl.SSLContext | None, ssl.SSLContext | None]:
    """TLS contexts of server and client, or None for both."""
    return (server_context(authority), trusting(authority)) if secure else (None, None)


@SECURE
async def test_storm(make_direct: Make, authority: trustme.CA, *, secure: bool) -> None:
    """After forty tasks with random cancellations a hundred calls get their own answers."""
    theirs, ours = contexts(authority, secure=secure)
    direct = make_direct(ssl_context=ours)
    async with serving(echoing(dice(7)), context=theirs) as peer:
        storm = (disturb(direct, peer.origin, seed) for seed in range(TASKS))
        answered = await asyncio.gather(*storm)
        assert min(answered) > 0
        numbers = list(range(100))
        calls = (ask(direct, peer.origin, number) for number in numbers)
        assert await asyncio.gather(*calls) == numbers
        await until(lambda: all(one.is_free for one in network(direct)._connections))
        check_books(direct)
        assert network(direct)._connecting == set()
        assert network(direct)._connections == {
            one for pool in network(direct)._pools.values() for one in pool.idle
        }


@SECURE
async def test_f94_sibling_failure(
    make_direct: Make, authority: trustme.CA, *, secure: bool
) -> None:
    """F94: when a sibling in a task group fails, our calls end, and the pool still works."""
    theirs, ours = contexts(authority, secure=secure)
    direct = make_direct(ssl_context=ours)

    async def fail() -> None:
        await turns(chance.randrange(30))
        raise KeyError

    chance = dice(5)
    async with serving(echoing(chance), context=theirs) as peer:
        for _ in range(25):
            with pytest.raises(ExceptionGroup):
                async with asyncio.TaskGroup() as group:
                    for number in range(40):
                        group.create_task(ask(direct, peer.origin, number))
                    group.create_task(fail())
            check_books(direct)
        numbers = list(range(100))
        calls = (ask(direct, peer.origin, number) for number in numbers)
        assert await asyncio.gather(*calls) == numbers


async def test_f83_cancelled_before_it_began(direct: DirectTransport) -> None:
    """F83: a call that is cancelled before its first step touches nothing."""
    async with serving(echoing(dice(1))) as peer:
        await ask(direct, peer.origin, 1)
        before = set(network(direct)._connections)
        call = asyncio.create_task(ask(direct, peer.origin, 2))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert network(direct)._connections == before
        assert await ask(direct, peer.origin, 3) == 3
        assert peer.connections == 1


async def test_f84_cancelled_with_its_answer_in_hand(direct: DirectTransport) -> None:
    """F84, F106: a call cancelled just after its answer came, unread, loses that connection."""
    async with serving(echoing(dice(1))) as peer:
        await ask(direct, peer.origin, 1)
        (connection,) = network(direct)._connections
        call = asyncio.create_task(ask(direct, peer.origin, 2))
        await until(lambda: connection._outcome is not None)
        await until(lambda: connection._outcome is None)
        if call.cancel():
            await asyncio.wait((call,))
        assert await ask(direct, peer.origin, 3) == 3
        assert peer.connections == 2


async def test_f85_timeout_of_the_caller(direct: DirectTransport) -> None:
    """F85: a caller's own asyncio.timeout ends the call in the caller's own TimeoutError."""

    def held(peer: Peer) -> Script:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peer.read_request(reader)
            await reader.read()

        return script

    async with serving(held) as peer:
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.05):
                await ask(direct, peer.origin, 1)
        assert not isinstance(caught.value, BoxAPIError)
        await until(lambda: not network(direct)._connections)
