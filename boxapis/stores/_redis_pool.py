"""`RedisPool`: a few connections to one Redis server.

Promises: a command that is cancelled, at whatever moment, costs no place in the pool, and its
answer is never taken for that of another command; nothing is open after the end. (With the pool of
`redis` a connection stayed open after many commands had been cancelled.) When a connection fails,
the idle ones are as doubtful and are closed with it, so that a second try connects anew.
"""

import asyncio
from typing import Any

from boxapis.stores._redis_url import RedisSettings

__all__ = ["RedisPool"]

_MAX_CONNECTIONS = 8
_TIMEOUT = 1.0  # seconds; also for the end of a connection


class RedisPool:
    """The connections of one event loop.

    Args:
        settings: The server, and how to reach it.
    """

    def __init__(self, settings: RedisSettings) -> None:
        from redis.exceptions import ResponseError  # noqa: PLC0415 - an extra

        self._settings = settings
        self._refusal = ResponseError
        self._places = asyncio.Semaphore(_MAX_CONNECTIONS)
        self._idle: list[Any] = []
        self._busy: set[Any] = set()
        self._is_closed = False

    async def execute_command(self, *words: Any, **_: Any) -> Any:
        """Sends a command; returns the answer, whose texts are bytes."""
        async with self._places:
            if self._is_closed:
                raise ConnectionAbortedError
            connection = self._idle.pop() if self._idle else connection_of(self._settings)
            self._busy.add(connection)
            try:
                reply = await _exchange(connection, words)
            except self._refusal:  # it was answered
                self._idle.append(connection)
                raise
            except BaseException:
                await self._close_doubtful(connection)
                raise
            else:
                self._idle.append(connection)
            finally:
                self._busy.discard(connection)
                if self._is_closed:  # while this one was being connected
                    await self.aclose()
            return reply

    async def _close_doubtful(self, connection: Any) -> None:
        doubtful, self._idle = [connection, *self._idle], []
        for one in doubtful:
            await one.disconnect(nowait=True)

    async def aclose(self) -> None:
        """Closes all connections; commands under way and those that wait fail."""
        self._is_closed = True
        connections, self._idle = [*self._idle, *self._busy], []
        ends = (connection.disconnect() for connection in connections)
        await asyncio.gather(*ends, return_exceptions=True)


async def _exchange(connection: Any, words: tuple[Any, ...]) -> Any:
    await connection.connect()
    await connection.send_command(*words)
    return await connection.read_response(disable_decoding=True)


def connection_of(settings: RedisSettings) -> Any:
    """Returns a connection, which is not yet connected."""
    from redis import asyncio as library  # noqa: PLC0415 - an extra
    from redis.asyncio.retry import Retry  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415

    kind: type[Any] = library.Connection
    tls: dict[str, Any] = {}
    if settings.tls is not None:
        kind = library.SSLConnection
        tls = {"ssl_check_hostname": True, "ssl_cert_reqs": "required", **settings.tls}
    return kind(
        host=settings.host,
        port=settings.port,
        db=settings.database,
        credential_provider=None if settings.password is None else settings,
        protocol=2,  # needs no right to HELLO
        retry=Retry(NoBackoff(), 0),  # a step that got no answer is tried again by `Store`
        socket_keepalive=True,
        socket_timeout=_TIMEOUT,
        socket_connect_timeout=_TIMEOUT,
        **tls,
    )
