"""What the first mistakes with a client say: each text is that of Python, or says what to write."""

import asyncio
import gc
import inspect
import warnings
from collections.abc import AsyncIterable, Callable
from functools import partial
from typing import Any

import pytest
import trio

from boxapis import BoxC, BoxTracker, ConfigurationError
from boxapis.testing import BoxTrackerSandbox
from boxapis.transports import ScriptedTransport
from tests.support.doubles import CUSTOMER, JOB_SITES, PORTAL


def boxtracker() -> BoxTracker:
    """Returns a client that sends nothing."""
    return BoxTracker("api-user", "api-password", transport=ScriptedTransport([]))


def boxc() -> BoxC:
    """Returns a client that sends nothing."""
    return BoxC("token", transport=ScriptedTransport([]))


NOT_AWAITED: dict[str, Callable[[], Any]] = {
    "BoxC.request": lambda: boxc().request("GET", "/shops"),
    "BoxTracker.command": lambda: boxtracker().command("cmdBoxTWebAPIPricing"),
    "Customer.command": lambda: boxtracker().customer("jane", "pw").command(JOB_SITES),
    "Profiles.get": boxtracker().customer("jane", "pw").profile.get,
}
LISTS: dict[str, Callable[[], Any]] = {
    "Box Tracker": boxtracker().customer("jane", "pw").job_sites.list,
    "BoxC": boxc().shipments.list,
    "credentials": boxc().credentials.list,
}


def text_of(mistake: Callable[[], Any]) -> str:
    """Makes a mistake, lets go of what it left behind, and returns the text of its error."""
    try:
        mistake()
    except (AttributeError, RuntimeError, TypeError) as error:
        text = str(error)
    gc.collect()
    return text


@pytest.mark.parametrize("name", NOT_AWAITED)
def test_a_call_that_is_not_awaited(name: str) -> None:
    """F265: Python's warning names the method as its caller knows it."""
    with pytest.warns(RuntimeWarning, match=f"coroutine '{name}' was never awaited"):
        said = text_of(lambda: NOT_AWAITED[name]()["recordCount"])
    assert said == "'coroutine' object is not subscriptable"


@pytest.mark.parametrize("listing", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("loop", [list, partial(map, str), iter])
def test_a_list_without_async(listing: Callable[[], Any], loop: Callable[..., Any]) -> None:
    """F265: `for` over a list says `async for`."""
    with pytest.raises(TypeError, match=r"use 'async for item in \.\.\.list\(\)'"):
        loop(listing())


@pytest.mark.parametrize("listing", LISTS.values(), ids=LISTS)
async def test_a_list_that_is_awaited(listing: Callable[[], Any]) -> None:
    """F271: Python refuses `await` of a list, and a framework that asks first sees no awaitable."""
    assert not inspect.isawaitable(listing())
    assert isinstance(listing(), AsyncIterable)
    with pytest.raises(TypeError, match="Listing.* can't be "):
        await listing()


@pytest.mark.parametrize("client", [boxtracker, boxc])
def test_with_without_async(client: Callable[[], Any]) -> None:
    """F265: `with` says `async with`."""
    made = client()
    with pytest.raises(TypeError, match=f"use 'async with {type(made).__name__}"), made:
        raise AssertionError


def test_one_client_in_two_runs(boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """F265: two `asyncio.run` with one client work, and the second goes on with the session."""
    client = boxtracker_sandbox.client()
    jane = boxtracker_sandbox.customer
    customer = client.customer(jane.username, jane.password)

    async def end() -> None:
        await customer.profile.get()
        await client.aclose()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # asyncio's, for the socket left there
        asyncio.run(customer.profile.get())
        asyncio.run(end())
        gc.collect()
    assert boxtracker_sandbox.counts[PORTAL] == boxtracker_sandbox.counts[CUSTOMER] == 1


async def test_a_client_of_another_loop(boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """F265: in a thread, `asyncio.run` with a client of a running loop says what does work."""
    jane = boxtracker_sandbox.customer
    async with boxtracker_sandbox.client() as client:
        customer = client.customer(jane.username, jane.password)
        await customer.profile.get()
        with pytest.raises(ConfigurationError, match="another event loop, which is still") as wrong:
            await asyncio.to_thread(asyncio.run, customer.profile.get())
        assert "asyncio.run_coroutine_threadsafe()" in wrong.value.next_step
        assert "a blocking portal of anyio" in wrong.value.next_step
        loop = asyncio.get_running_loop()
        advised = asyncio.to_thread(
            lambda: asyncio.run_coroutine_threadsafe(customer.profile.get(), loop).result()
        )
        assert (await advised).name
    assert boxtracker_sandbox.counts[PORTAL] == boxtracker_sandbox.counts[CUSTOMER] == 1


def test_trio() -> None:
    """F265: under trio the call and the end of `async with` say that asyncio is needed."""

    async def main() -> None:
        async with boxtracker() as client:
            await client.customer("jane", "pw").profile.get()

    with pytest.raises(ConfigurationError, match="no event loop of asyncio runs") as wrong:
        trio.run(main)
    assert wrong.value.next_step.endswith("asyncio.run(main()); trio cannot run it")
    assert isinstance(wrong.value.__context__, ConfigurationError)


async def test_a_call_in_a_thread() -> None:
    """F265: in a thread without a loop a call is a coroutine, and Python says so, and why."""
    get: Any = boxtracker().customer("jane", "pw").profile.get
    with pytest.warns(RuntimeWarning, match="coroutine 'Profiles.get' was never awaited"):
        said = await asyncio.to_thread(text_of, lambda: get().name)
    assert said == "'coroutine' object has no attribute 'name'"
    with pytest.warns(RuntimeWarning, match="coroutine 'Profiles.get' was never awaited"):
        said = await asyncio.to_thread(text_of, lambda: asyncio.create_task(get()))
    assert said == "no running event loop"


async def test_run_in_a_running_loop() -> None:
    """F265: `asyncio.run` in a notebook or coroutine: Python's text, and the method's name."""
    command = boxtracker().customer("jane", "pw").command
    with pytest.warns(RuntimeWarning, match="coroutine 'Customer.command' was never awaited"):
        said = text_of(lambda: asyncio.run(command(JOB_SITES)))
    assert said == "asyncio.run() cannot be called from a running event loop"
