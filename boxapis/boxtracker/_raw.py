"""`RawCommands`: the same commands, answered with status, headers and bytes as well."""

from collections.abc import Callable, Coroutine
from typing import Any

from boxapis._http.messages import Unpicklable
from boxapis._http.raw_answer import RawAnswer
from boxapis._sansio.boxtracker.arguments import seal_arguments
from boxapis.boxtracker._call import run_raw
from boxapis.boxtracker._session import SessionManager
from boxapis.options import CallOptions

__all__ = ["RawCommands"]


class RawCommands(Unpicklable):
    """Commands whose answers come with status, headers and bytes.

    Made by `BoxTracker.raw` and `Customer.raw`: an option of ``command`` itself could be taken for
    an argument of the service.
    """

    __slots__ = ("_options", "_sessions", "_watch")

    def __init__(
        self,
        sessions: SessionManager,
        options: CallOptions,
        watch: Callable[[], None] | None = None,
    ) -> None:
        self._sessions = sessions
        self._options = options
        self._watch = watch

    def command(self, name: str, /, **arguments: Any) -> Coroutine[Any, Any, RawAnswer]:
        """Runs a command, as ``command`` of the client or the customer does.

        Args:
            name: As there.
            arguments: As there.

        Raises:
            BoxAPIError: as there, also for every status that is no success.
        """
        work = run_raw(self._sessions, seal_arguments(name, arguments), self._options)
        return self._watched(work)

    async def _watched(self, work: Coroutine[Any, Any, RawAnswer]) -> RawAnswer:
        if self._watch is not None:
            self._watch()
        return await work
