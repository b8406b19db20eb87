"""What calls leave to the garbage collector: nothing of this library, so it may be switched off."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType
from typing import Any

import pytest
import trustme

from boxapis import BoxAPIError, BoxC, Limits, Retries
from boxapis.transports import DirectTransport, Origin
from tests.support.paths import is_package_code
from tests.support.peers import (
    Make,
    answering,
    closing_after_request,
    plain,
    server_context,
    serving,
    trusting,
)

CALLS = 5

DONE = plain(b'{"id": 1}', b"Content-Type: application/json")
MISSING = plain(b'{"code": 1002, "status": "error", "message": "no"}', status=b"404 Not Found")


@pytest.fixture
def collector() -> Iterator[Callable[[], list[str]]]:
    """Returns what of this library, and of its parser, waits for the garbage collector."""

    def left() -> list[str]:
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        gc.set_debug(0)
        found = [type(one).__qualname__ for one in gc.garbage if is_ours(one)]
        gc.garbage.clear()
        return found

    gc.collect()
    gc.disable()
    yield left
    gc.set_debug(0)
    gc.enable()


def is_ours(one: object) -> bool:
    """Whether an object, or the code of a frame, is this library's or its parser's."""
    if isinstance(one, FrameType):
        return is_package_code(one.f_code.co_filename)
    return type(one).__module__.partition(".")[0] in ("boxapis", "httptools")


async def after(call: Callable[[], Awaitable[Any]], left: Callable[[], list[str]]) -> list[str]:
    """Returns what some calls leave, each of which may fail."""
    for _ in range(CALLS):
        try:
            await call()
        except BoxAPIError:
            continue
    for _ in range(5):  # connections end in the loop's next turns
        await asyncio.sleep(0)
    return left()


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("answer", [DONE, MISSING], ids=["done", "refused"])
async def test_calls_leave_nothing(
    make: Make,
    authority: trustme.CA,
    collector: Callable[[], list[str]],
    *,
    secure: bool,
    method: str,
    answer: bytes,
) -> None:
    """No call leaves a cycle, whether it uses a new connection, and whether it is refused."""
    context = server_context(authority) if secure else None
    # One idle connection at most, so that those of changing calls end.
    transport = make(ssl_context=trusting(authority), limits=Limits(max_connections=1))
    async with serving(answering(answer), context=context) as peer:
        url = f"{peer.origin.scheme}://{peer.origin.authority}/v1"
        async with BoxC("t", base_url=url, transport=transport) as client:
            await after(lambda: client.request(method, "/track/1"), collector)
            assert await after(lambda: client.request(method, "/track/1"), collector) == []
        assert len(peer.received) == 2 * CALLS


@pytest.mark.parametrize("is_there", [False, True], ids=["refused", "lost"])
async def test_failed_calls_leave_nothing(
    direct: DirectTransport, collector: Callable[[], list[str]], *, is_there: bool
) -> None:
    """Neither does a call whose connection is refused or lost."""
    async with serving(closing_after_request) as peer:
        origin = peer.origin if is_there else Origin("http", "127.0.0.1", 9)
        url = f"http://{origin.authority}/v1"
        client = BoxC("t", base_url=url, transport=direct, retries=Retries.none())
        async with client:
            await after(lambda: client.request("GET", "/track/1"), collector)
            assert await after(lambda: client.request("GET", "/track/1"), collector) == []


async def test_garbage_would_be_found(collector: Callable[[], list[str]]) -> None:
    """An error that refers to itself is found."""
    error = BoxAPIError("x")
    error.__notes__ = [error]  # type: ignore[list-item]
    del error
    assert collector() == ["BoxAPIError"]
