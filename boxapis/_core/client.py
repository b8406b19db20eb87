"""What both clients are before they are anything: made of checked options, and closed once."""

import asyncio
import os
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from boxapis._core.dispatcher import Exchange
from boxapis._core.loop_guard import elsewhere
from boxapis._http.messages import Unpicklable
from boxapis.errors import ConfigurationError
from boxapis.options import CallOptions
from boxapis.secret import Secret, seal

__all__ = ["Client", "address", "from_environment", "option"]

T = TypeVar("T")

_UNCLOSED = "a client of boxapis was not closed: use it with 'async with', or await its aclose()"


class Client(Unpicklable):
    """Something to be used as an async context manager, and closed."""

    __slots__ = ("_exchange", "_options", "_viewed")

    def __init__(self) -> None:
        # First of all, so that even a client whose options were refused has a repr.
        self._exchange: Exchange | None = None
        self._options = CallOptions()
        self._viewed = False

    def _view(self, options: CallOptions) -> Self:
        """A client that shares everything with this one but the options of its calls."""
        view = object.__new__(type(self))
        for kind in type(self).__mro__:
            for slot in getattr(kind, "__slots__", ()):
                setattr(view, slot, getattr(self, slot))
        view._options, view._viewed = options, True
        return view

    async def aclose(self) -> None:
        """Ends the client: waiting calls get `ClientClosedError`, running ones a few seconds.

        Cancelling this leaves the closing under way; calling it again waits for its end. On a view
        it does nothing. In a forked child it leaves everything of the parent's alone.

        Raises:
            ConfigurationError: the client belongs to another event loop, which is still running.
        """
        if self._viewed or self._exchange is None:
            return
        exchange = self._exchange
        runtime = exchange.here()
        if runtime is None:
            raise elsewhere("aclose()")
        exchange.closed = True
        if runtime.closing is None:
            runtime.closing = asyncio.get_running_loop().create_task(exchange.aclose(runtime))
        await asyncio.shield(runtime.closing)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self, _warn: Callable[..., None] = warnings.warn) -> None:
        # Says so and does nothing: closing needs a loop, and a log-out nobody asked for.
        exchange = None if self._viewed else self._exchange
        if exchange is not None and exchange.is_used_here and not exchange.closed:
            _warn(_UNCLOSED, ResourceWarning, source=self)

    def __repr__(self) -> str:
        is_closed = self._exchange is not None and self._exchange.closed
        return f"<{type(self).__name__}{' closed' if is_closed else ''}>"


def option(value: T | None, kind: type[T], name: str) -> T | None:
    """An option of a client, when it is of its kind.

    Raises:
        ConfigurationError: when it is of another.
    """
    if value is None or isinstance(value, kind):
        return value
    message = f"{name} must be a {kind.__name__}, not a {type(value).__name__}"
    raise ConfigurationError(message)


def address(given: object, variable: str, default: str) -> Secret:
    """An address as given, or of the environment, or the default one; it may hold a password."""
    return seal(given) or Secret(os.environ.get(variable) or default)


def from_environment(*names: str) -> list[Secret]:
    """The values of environment variables that must all be set.

    Raises:
        ConfigurationError: naming those that are not, or are empty.
    """
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        message = f"set the environment variable {' and '.join(missing)}"
        raise ConfigurationError(message)
    return [Secret(os.environ[name]) for name in names]
