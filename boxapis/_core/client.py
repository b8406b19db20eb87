"""Base class of both clients: checks options, shares state with its views, and closes once."""

import asyncio
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextvars import Context
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from boxapis._core.awaitable import AsyncContextOnly
from boxapis._core.clock import Clock
from boxapis._core.dispatcher import Dispatcher
from boxapis._core.loop_guard import wrong_loop
from boxapis._http.messages import Unpicklable
from boxapis.errors import ConfigurationError, type_name
from boxapis.options import Allow, CallOptions, Retries

if TYPE_CHECKING:
    from boxapis._core.trace import Trace

__all__ = ["Client", "Viewable", "checked_option"]

T = TypeVar("T")

_UNCLOSED = "a client of boxapis was not closed: use it with 'async with', or await its aclose()"


class Viewable(Unpicklable, ABC):
    """Base class of what calls are made on: has views with other options for calls."""

    __slots__ = ()

    _options: CallOptions

    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        retries: Retries | None = None,
        trace: "Trace | None" = None,
        allow: Allow | None = None,
        background: bool | None = None,
    ) -> Self:
        """Returns a view: the same connections and sessions, other options for calls.

        There is nothing to close on a view. What is None stays as it is here, so a view of a view
        keeps what the first one set. Handshakes and tokens keep the client's own options, because
        many calls wait for one.

        Args:
            timeout: Seconds for each request, 0.001 or more.
            deadline: Seconds for everything that belongs to a call, waiting included, 0.001 or
                more. A call that the rate limit cannot let through in time is refused at once.
                Without one, the time in queues has no limit.
            retries: How failed requests are repeated; the retry budget stays the client's.
            trace: Called with a `CallTrace` when a call is over, instead of the client's.
            allow: What calls may do: ``"reads"``, ``"tests"`` or ``"everything"``, as for the
                client; it only narrows what is allowed here.
            background: Whether calls pass BoxC's rate limit only when no other call of the same
                user waits in this process; a steady foreground keeps them waiting. What a batch
                calls is in the background, even if this is False. No effect with Box Tracker,
                which has no rate limit.

        Raises:
            ConfigurationError: when an option is out of range or of another kind.
        """
        times = {"timeout": timeout, "deadline": deadline}
        changes = {**times, "retries": retries, "trace": trace, "allow": allow}
        return self._view(self._options.merged({**changes, "background": background}))

    @abstractmethod
    def _view(self, options: CallOptions) -> Self:
        """Returns an object that shares everything with this one but the options of its calls."""


class Client(AsyncContextOnly, Viewable):
    """A client that is used as an async context manager, or closed with `aclose`."""

    __slots__ = ("_dispatcher", "_host", "_is_view", "_options")

    _clock: ClassVar[Clock] = Clock()  # replaced by `clocked`

    def __init__(self) -> None:
        # First of all, so that even a client whose options were refused has a repr.
        self._dispatcher: Dispatcher | None = None
        self._host = ""
        self._options = CallOptions()
        self._is_view = False

    def _view(self, options: CallOptions) -> Self:
        view = object.__new__(type(self))
        for kind in type(self).__mro__:
            for slot in getattr(kind, "__slots__", ()):
                setattr(view, slot, getattr(self, slot))
        view._is_view = True
        view._use(options)
        return view

    def _use(self, options: CallOptions) -> None:
        """Makes calls with these options from now on."""
        self._options = options

    async def aclose(self) -> None:
        """Closes the client: queued calls get `ClientClosedError`, running ones a few seconds.

        Cancelling this leaves the closing under way; calling it again waits for its end. On a view
        it does nothing. In a forked child it leaves everything of the parent's alone.

        Raises:
            ConfigurationError: the client belongs to another event loop, which is still running.
        """
        if self._is_view or self._dispatcher is None:
            return
        dispatcher = self._dispatcher
        runtime = dispatcher.here()
        if runtime is None:
            raise wrong_loop("aclose()")
        dispatcher.closed = True
        if runtime.closing is None:
            closing = dispatcher.aclose(runtime)
            runtime.closing = asyncio.get_running_loop().create_task(closing, context=Context())
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
        # Warns and does nothing else: closing needs a loop, and nothing asked for a log-out.
        dispatcher = None if self._is_view else self._dispatcher
        if dispatcher is not None and dispatcher.is_bound_here and not dispatcher.closed:
            _warn(_UNCLOSED, ResourceWarning, source=self)

    def __repr__(self) -> str:
        load = "" if self._dispatcher is None else self._dispatcher.load
        return f"<{type(self).__name__} {', '.join(filter(None, (self._host, load)))}>"


def checked_option(value: T | None, kind: type[T], name: str) -> T | None:
    """Returns an option of a client, checked to be of its kind or None.

    Raises:
        ConfigurationError: when it is of another kind.
    """
    if value is None or issubclass(type(value), kind):
        return value
    message = f"{name} must be a {kind.__name__}, not a {type_name(value)}"
    raise ConfigurationError(message)
