"""Log records of every logger, warnings, standard output, and complaints of the event loop."""

import asyncio
import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from typing import Any, Self

from tests.canaries.channels.channel import Channel, Happening

_DEBUG_EVERY = 9


class Records(Channel, logging.Handler):
    """Every record of every logger at DEBUG: its message, its arguments, all its attributes."""

    def __init__(self) -> None:
        logging.Handler.__init__(self, 1)
        self._texts: list[str] = []
        self._levels: dict[logging.Logger, int] = {}

    def __enter__(self) -> Self:
        names = ("", "asyncio", "httpx", "httpcore", "boxapis", "sentry_sdk", "opentelemetry")
        for logger in map(logging.getLogger, names):
            self._levels[logger] = logger.level
            logger.setLevel(1)
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        for logger, level in self._levels.items():
            logger.setLevel(level)

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a record as text, as handlers and formatters would show it."""
        self._texts += (record.getMessage(), repr(record.__dict__))

    def texts(self, happening: Happening) -> list[str]:
        """The text of the records."""
        texts, self._texts = self._texts, []
        return texts


class Warned(Channel):
    """Warnings of every category, including repeated ones."""

    def __enter__(self) -> Self:
        self._stack = contextlib.ExitStack()
        self._caught = self._stack.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def texts(self, happening: Happening) -> Iterator[str]:
        """The text of the warnings."""
        for one in self._caught:
            yield f"{one.message!r} {one.message} {one.source!r}"
        self._caught.clear()


class Output(Channel):
    """Standard output and standard error."""

    def __enter__(self) -> Self:
        self._stack = contextlib.ExitStack()
        self._out = io.StringIO()
        self._stack.enter_context(contextlib.redirect_stdout(self._out))
        self._stack.enter_context(contextlib.redirect_stderr(self._out))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def texts(self, happening: Happening) -> list[str]:
        """The text printed."""
        text = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return [text]


class CallTraces(Channel):
    """The client's call traces."""

    def __init__(self) -> None:
        self._traces: list[object] = []

    def options(self) -> dict[str, Any]:
        """A trace that keeps every call."""
        return {"trace": self._traces.append}

    def texts(self, happening: Happening) -> list[str]:
        """The text of the traces."""
        texts = [f"{trace!r} {trace}" for trace in self._traces]
        self._traces.clear()
        return texts


class LoopComplaints(Channel):
    """Calls of the loop's exception handler, with the loop in debug mode."""

    def __enter__(self) -> Self:
        self._contexts: list[str] = []
        self._loop = asyncio.get_running_loop()
        self._loop.slow_callback_duration = 1e-4  # so that handles are logged, with their reprs
        self._loop.set_exception_handler(self._complain)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.set_exception_handler(None)
        self._loop.set_debug(False)

    def begin(self, number: int) -> None:
        """Debug mode records the stack of every handle, which is slow: some cases only."""
        self._loop.set_debug(number % _DEBUG_EVERY == 0)

    def _complain(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._contexts.append(repr(context))
        loop.default_exception_handler(context)

    def texts(self, happening: Happening) -> list[str]:
        """The text of the complaints."""
        texts, self._contexts = self._contexts, []
        return texts
