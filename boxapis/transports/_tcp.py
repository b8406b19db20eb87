"""TCP connections by Happy Eyeballs (RFC 8305): the next address is tried a moment later."""

import asyncio
import socket
from collections.abc import Sequence

from boxapis.transports._resolver import Address

__all__ = ["connect_tcp"]

_ATTEMPT_DELAY = 0.25  # RFC 8305, section 5


async def connect_tcp(addresses: Sequence[Address]) -> socket.socket:
    """Returns a socket that is connected to the first address that accepts (RFC 8305)."""
    if len(addresses) == 1:
        return await _connect_socket(addresses[0])
    untried = list(reversed(addresses))
    tasks: set[asyncio.Task[socket.socket]] = set()
    failure: BaseException = OSError()
    try:
        while untried or tasks:
            if untried:
                tasks.add(asyncio.create_task(_connect_socket(untried.pop())))
            delay = _ATTEMPT_DELAY if untried else None
            done, _ = await asyncio.wait(tasks, timeout=delay, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is None:
                    tasks.discard(task)
                    return task.result()
                failure = error
            tasks -= done
        raise failure
    finally:
        await _cancel(tasks)


async def _connect_socket(address: Address) -> socket.socket:
    family, kind, protocol, _, peer = address
    connected = socket.socket(family, kind, protocol)
    try:
        connected.setblocking(False)  # noqa: FBT003 - of the standard library
        await asyncio.get_running_loop().sock_connect(connected, peer)
    except BaseException:
        connected.close()
        raise
    return connected


async def _cancel(tasks: set[asyncio.Task[socket.socket]]) -> None:
    for task in tasks:
        task.add_done_callback(_close_socket)
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


def _close_socket(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()
