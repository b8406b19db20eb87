"""`RawRequests`: requests that return the whole response: status, headers and bytes, too."""

import warnings
from collections.abc import Coroutine, Mapping
from typing import Any

from boxapis._core.awaitable import named, returns_coroutine
from boxapis._core.lazy_resource import resource_of
from boxapis._http.messages import Unpicklable
from boxapis._http.raw_response import RawResponse
from boxapis._sansio.boxc import rest
from boxapis._sansio.boxc.operations import deprecation
from boxapis._sansio.text import exact_text
from boxapis.boxc._call import Caller
from boxapis.boxc._resources import Resources
from boxapis.secret import Secret, seal

__all__ = ["RawRequests", "warn_if_deprecated"]


class RawRequests(Unpicklable):
    """Calls that return a `RawResponse`, as ``boxc.raw``."""

    __slots__ = ("_caller",)

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def __getattr__(self, name: str) -> Any:  # the resources' own types would say too little
        return resource_of(Resources, name, self._caller, self)

    @returns_coroutine
    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        accept: str = rest.JSON,
    ) -> Coroutine[Any, Any, RawResponse]:
        """Calls any operation of the API; arguments and errors are those of ``boxc.request``.

        Returns:
            Decoded body, HTTP status, headers and bytes of the last response.
        """
        warn_if_deprecated(method, path)
        prepared = rest.prepare(method, path, params=params, json=json, accept=accept)
        return named(self._caller.call(prepared), "RawRequests.request")

    def user(self, token: str | Secret) -> "RawRequests":
        """Returns the same for another user; see ``boxc.user``.

        Raises:
            ConfigurationError: the token is empty, or has other characters than visible ASCII.
        """
        sealed = seal(token)
        del token
        return RawRequests(self._caller.for_user(sealed))


def warn_if_deprecated(method: object, path: object) -> None:
    """Warns the caller of a caller when BoxC has deprecated the operation."""
    advice = deprecation(exact_text(method) or "", exact_text(path) or "")
    if advice is not None:
        warnings.warn(advice, DeprecationWarning, stacklevel=3)
