"""`HttpxExchange`: one request through an httpx transport, and what becomes of its connection.

Promises: the connection goes back into httpx's pool one turn of the loop after the caller has
resumed with the response, so no other request takes it before the caller has said whether the
response was understood. A connection whose response is not read is ended.
"""

import asyncio
import contextlib

import httpx

from boxapis._http import failures as _failures
from boxapis._http.messages import Request, Response
from boxapis._sansio.content_codings import UnreadableBody
from boxapis.errors import BoxAPIError, ConfigurationError
from boxapis.options import Limits, Timeouts
from boxapis.transports._httpx_errors import mapped
from boxapis.transports._httpx_messages import (
    Progress,
    end_connection,
    from_httpx,
    has_surplus,
    to_httpx,
)
from boxapis.transports._httpx_pool import HttpxPool

__all__ = ["HttpxExchange"]


class HttpxExchange:
    """One request, which runs in its own task, and its outcome.

    Args:
        request: The request.
        progress: How far it has come.
        timeouts: ``connect``, ``write``, ``read`` and ``read_changing`` are used.
        limits: Maximum sizes of the body, both compressed and decompressed.

    Attributes:
        outcome: Gets the response or the error; None when the task was cancelled.
        progress: How far it has come.
    """

    def __init__(
        self, request: Request, progress: Progress, timeouts: Timeouts, limits: Limits
    ) -> None:
        self._request = request
        self.progress = progress
        self._timeouts = timeouts
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self.outcome: asyncio.Future[Response | BoxAPIError | None] = self._loop.create_future()
        self._released: asyncio.Future[None] = self._loop.create_future()

    def start(self, pool: HttpxPool) -> "asyncio.Task[None]":
        """Starts the task."""
        task = pool.start(self._run(pool))
        task.add_done_callback(self._ended)
        return task

    async def _run(self, pool: HttpxPool) -> None:
        """Sends the request and reads the response; raises only if cancelled."""
        try:
            await pool.connections_returned()
            if self.progress.abandoned:
                return
            self.progress.sent = pool.is_foreign
            converted = to_httpx(self._request, self._timeouts, self.progress)
            response = await pool.inner.handle_async_request(converted)
        except Exception as error:  # noqa: BLE001 - converted one by one, and none may escape
            self._settle(self._error(error))
            return
        try:
            outcome = await self._read(response)
            is_unread = self.progress.abandoned or not isinstance(outcome, Response)
            end = end_connection(response)
            if end is not None and (is_unread or has_surplus(response)):
                end()
            self._settle(outcome)
            await self._released
        finally:
            with contextlib.suppress(Exception):  # the outcome is settled
                await response.aclose()

    async def _read(self, response: httpx.Response) -> Response | BoxAPIError:
        request, status = self._request, response.status_code
        try:
            converted = await from_httpx(response, self._limits, was_used=self.progress.was_used)
        except UnreadableBody as error:
            problem, retryable = error.problem, error.retryable
            return _failures.invalid_response(request, problem, retryable=retryable, status=status)
        except Exception as error:  # noqa: BLE001 - as above
            return self._error(error, status)
        if self.progress.has_failed_to_write:
            return _failures.response_to_part(request, converted)
        return converted

    def _error(self, error: Exception, status: int = 0) -> BoxAPIError:
        if isinstance(error, ConfigurationError) and not self.progress.sent:
            return error  # of the fixture `boxapis_offline`
        progress = self.progress
        return mapped(
            error,
            self._request,
            progress.phase,
            sent=progress.sent,
            reused=progress.reused,
            status=status,
        )

    def _settle(self, outcome: Response | BoxAPIError | None) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled():
            task.exception()  # so that it counts as retrieved
        self._settle(None)

    def release(self) -> None:
        """Lets the connection go: the caller has resumed and reads the outcome, or has given up."""
        self._loop.call_soon(self._release)

    def _release(self) -> None:
        if not self._released.done():
            self._released.set_result(None)

    def discard(self) -> None:
        """Ends the connection of a response that the caller will not read."""
        outcome = self.outcome.result() if self.outcome.done() else None
        if isinstance(outcome, Response):
            outcome.discard_connection()
