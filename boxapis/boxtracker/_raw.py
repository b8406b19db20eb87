"""`RawCommands`: commands that return the whole response: status, headers and bytes, too."""

from collections.abc import Coroutine
from typing import Any

from boxapis._core.awaitable import named, returns_coroutine
from boxapis._core.lazy_resource import resource_of
from boxapis._http.messages import Unpicklable
from boxapis._http.raw_response import RawResponse
from boxapis._sansio.boxtracker.arguments import seal_arguments
from boxapis._sansio.boxtracker.catalogue import PortalCommand, WebCommand
from boxapis.boxtracker._call import Caller
from boxapis.boxtracker._warnings import warn_of_unknown_names

__all__ = ["RawCommands"]


class RawCommands(Unpicklable):
    """Commands that return a `RawResponse`, as ``tracker.raw`` and ``customer.raw``.

    It is an object of its own because an option of ``command`` could be taken for an argument of
    the service.
    """

    __slots__ = ("_caller", "_resources")

    def __init__(self, caller: Caller, resources: type[Any]) -> None:
        self._caller = caller.raw()
        self._resources = resources

    def __getattr__(self, name: str) -> Any:  # the resources' own types would say too little
        return resource_of(self._resources, name, self._caller, self)

    @returns_coroutine
    def command(
        self, name: PortalCommand | WebCommand | str, /, **arguments: Any
    ) -> Coroutine[Any, Any, RawResponse]:
        """Runs a command like ``command`` of the client or the customer.

        Args:
            name: The command. For a name that no source has, `UnknownCommandWarning` warns.
            arguments: The service's arguments, as for the other ``command``.

        Returns:
            Decoded body, HTTP status, headers and bytes of the last response.

        Raises:
            BoxAPIError: as the other ``command``, also for every status that is no success.
        """
        sealed = seal_arguments(name, arguments)
        del arguments  # a warning may be made an error
        warn_of_unknown_names(sealed)
        return named(self._caller.call(sealed), "RawCommands.command")
