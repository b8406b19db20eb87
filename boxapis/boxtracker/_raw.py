"""`RawCommands`: commands that return the whole response: status, headers and bytes, too."""

from collections.abc import Callable, Coroutine
from typing import Any

from boxapis._core.awaitable import returns_coroutine
from boxapis._http.messages import Unpicklable
from boxapis._http.raw_response import RawResponse
from boxapis._sansio.boxtracker.arguments import SealedArguments, seal_arguments
from boxapis.boxtracker._call import run
from boxapis.boxtracker._session import SessionManager
from boxapis.options import CallOptions

__all__ = ["RawCommands"]


class RawCommands(Unpicklable):
    """Commands that return a `RawResponse`, as ``tracker.raw`` and ``customer.raw``.

    It is an object of its own because an option of ``command`` could be taken for an argument of
    the service.
    """

    __slots__ = ("_options", "_session", "_watch")

    def __init__(
        self,
        session: SessionManager,
        options: CallOptions,
        watch: Callable[[], None] | None = None,
    ) -> None:
        self._session = session
        self._options = options
        self._watch = watch

    @returns_coroutine
    def command(self, name: str, /, **arguments: Any) -> Coroutine[Any, Any, RawResponse]:
        """Runs a command like ``command`` of the client or the customer.

        Args:
            name: The command.
            arguments: The service's arguments, as for the other ``command``.

        Returns:
            Decoded body, HTTP status, headers and bytes of the last response.

        Raises:
            BoxAPIError: as the other ``command``, also for every status that is no success.
        """
        return self._run(seal_arguments(name, arguments))

    async def _run(self, arguments: SealedArguments) -> RawResponse:
        if self._watch is not None:
            self._watch()
        response: RawResponse = await run(self._session, arguments, self._options, is_raw=True)
        return response
