"""Clients and batches where asyncio does not run, as under trio: an error that says asyncio."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from boxapis import BoxC, BoxTracker, ConfigurationError, batch
from boxapis.transports import DirectTransport, HttpxTransport, Origin, ScriptedTransport
from tests.support.doubles import JOB_SITES
from tests.support.peers import request

NAMES = {
    "handshake": lambda tracker, boxc: tracker.handshakes.portal(),
    "command": lambda tracker, boxc: tracker.command("cmdBoxTWebAPIPricing"),
    "customer": lambda tracker, boxc: tracker.customer("jane", "x-password").command(JOB_SITES),
    "customer handshake": lambda tracker, boxc: tracker.customer("jane", "x-password").handshake(),
    "log-out": lambda tracker, boxc: tracker.customer("jane", session_key="x").logout(),
    "raw": lambda tracker, boxc: tracker.raw.command("cmdBoxTWebAPIPricing"),
    "request": lambda tracker, boxc: boxc.request("GET", "/shops"),
    "list": lambda tracker, boxc: anext(aiter(boxc.credentials.list())),
    "one record": lambda tracker, boxc: boxc.credentials.get(1),
    "close of Box Tracker": lambda tracker, boxc: tracker.aclose(),
    "close of BoxC": lambda tracker, boxc: boxc.aclose(),
    "batch": lambda tracker, boxc: entered(batch.run(asked, [1], client=boxc)),
}


async def asked(item: int) -> None:
    """The function of a batch."""
    raise AssertionError


async def entered(manager: Any) -> None:
    """Enters a context manager."""
    async with manager:
        raise AssertionError


async def awaited(value: Awaitable[Any]) -> Any:
    """Awaits, so that all that can be awaited is a coroutine."""
    return await value


def step(value: Awaitable[Any]) -> None:
    """Runs a coroutine to its first pause without a loop, as another library's loop would."""
    coroutine = awaited(value)
    try:
        coroutine.send(None)
    finally:
        coroutine.close()


@pytest.mark.parametrize("call", NAMES.values(), ids=NAMES)
def test_every_call_says_asyncio(call: Callable[..., Awaitable[Any]]) -> None:
    """No call begins under trio, none is a bare RuntimeError, and nothing was sent."""
    transport = ScriptedTransport([])
    clients = (
        BoxTracker("u", "api-password", transport=transport),
        BoxC("t", transport=transport),
    )
    with pytest.raises(ConfigurationError, match="asyncio") as caught:
        step(call(*clients))
    assert "trio" in caught.value.next_step
    assert not caught.value.may_have_been_applied
    assert transport.requests == []


@pytest.mark.parametrize("kind", [DirectTransport, HttpxTransport])
def test_every_transport_says_asyncio(kind: Any) -> None:
    """Neither does a transport that is used by itself."""
    with pytest.raises(ConfigurationError, match="asyncio"):
        step(kind(proxy=False).send(request(Origin("http", "127.0.0.1", 9)), deadline=9.0))
