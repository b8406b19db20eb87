"""Runs one case, and returns its outcome."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from boxapis import BoxAPIError, BoxC, BoxTracker, Retries, Timeouts
from tests.canaries.cases import Case
from tests.canaries.channels import Happening
from tests.canaries.values import secret
from tests.canaries.world import World

__all__ = ["happen"]

_TIMES = Timeouts(connect=0.3, read=0.05, read_changing=0.05, write=0.05, close=0.05)
_TLS_PLACES = ("expired", "distrusted", "not TLS")
_PREPARATIONS = 3


async def happen(
    world: World, case: Case, look: Callable[[], None], options: dict[str, Any]
) -> Happening:
    """Runs one case, from a new client with these options to its closing."""
    world.forget()
    world.service.watch = look
    error: BaseException | None = None
    result: Any = None
    with _environment(world, case):
        client = _client(world, case, options)
        subject = client
        try:
            subject = await _prepared(client, case)
            world.service.arm(
                case.fault.play, at_accept=case.fault.at_accept, times=case.fault.times
            )
            result = await _acted(case, subject, client, world)
        except (BoxAPIError, TimeoutError, asyncio.CancelledError) as raised:
            error = raised
        finally:
            await client.aclose()
    return Happening(
        error,
        result,
        (client, subject),
        tuple(world.tunnelled),
        tuple(world.service.received),
    )


async def _prepared(client: Any, case: Case) -> Any:
    """Prepares the operation; on a busy machine that may take more than one attempt."""
    for _ in range(_PREPARATIONS - 1):
        try:
            return await case.operation.prepare(client)
        except BoxAPIError:
            if case.fault.place:
                raise
    return await case.operation.prepare(client)


async def _acted(case: Case, subject: Any, client: Any, world: World) -> Any:
    """Makes the call, and acts on it meanwhile as the fault says."""
    match case.fault.act:
        case "plain":
            return await case.operation.run(subject)
        case "timeout":
            async with asyncio.timeout(0.02):
                return await case.operation.run(subject)
        case "deadline":
            return await case.operation.run(subject.with_options(deadline=0.02))
    under_way = asyncio.ensure_future(case.operation.run(subject))
    await _reached(world, under_way)
    if case.fault.act == "close":
        await client.aclose()
    else:
        under_way.cancel()
    return await under_way


async def _reached(world: World, under_way: Awaitable[Any]) -> None:
    """Waits until the service has received the request."""
    there = asyncio.Event()
    look = world.service.watch

    def watch() -> None:
        look()
        there.set()

    world.service.watch = watch
    waiting = asyncio.ensure_future(there.wait())
    await asyncio.wait((waiting, under_way), return_when=asyncio.FIRST_COMPLETED)  # type: ignore[type-var]
    waiting.cancel()


def _client(world: World, case: Case, further: dict[str, Any]) -> Any:
    """A client of the case's service, with canaries for secrets."""
    options: dict[str, Any] = {"limits": None, "timeouts": _TIMES, **case.fault.options, **further}
    transport = case.transport(
        timeouts=options["timeouts"],
        limits=options["limits"],
        proxy=_proxy(world, case),
        ssl_context=world.context,
    )
    options |= {"transport": transport, "retries": Retries.none(), **case.operation.options}
    base = _base(world, case)
    if case.operation.door == "tracker":
        options["base_url"] = f"{base}/controller.html"
        return BoxTracker("api-user", secret("api-password"), method=case.method, **options)  # type: ignore[arg-type]
    if "client_id" not in options:
        options["token"] = secret("token")
    return BoxC(base_url=f"{base}/v1", accounts_url=base, **options)


def _base(world: World, case: Case) -> str:
    secure = case.route in ("connect", "environment") or case.fault.place in _TLS_PLACES
    place = case.fault.place if case.fault.place not in ("", "proxy") else ""
    if place == "unknown":
        return "https://no-such-host.invalid"
    port = world.ports[place or ("secure" if secure else "plain")]
    return f"{'https' if secure else 'http'}://127.0.0.1:{port}"


def _proxy(world: World, case: Case) -> Any:
    match case.route:
        case "direct":
            return False
        case "environment":
            return None
        case _:
            return _proxy_url(world, case)


def _proxy_url(world: World, case: Case) -> str:
    way = "connect" if case.route == "environment" else case.route
    port = world.ports["proxy" if case.fault.place == "proxy" else way]
    return f"http://user:{quote(secret('proxy-password'), safe='')}@127.0.0.1:{port}"


@contextmanager
def _environment(world: World, case: Case) -> Iterator[None]:
    """Sets the proxy in the environment for one case."""
    if case.route != "environment":
        yield
        return
    os.environ["HTTPS_PROXY"] = _proxy_url(world, case)
    try:
        yield
    finally:
        del os.environ["HTTPS_PROXY"]
