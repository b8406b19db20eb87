"""Options of every command that calls a service: ``--timeout`` and ``--verbose``."""

import inspect
import logging
import os
import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from inspect import Parameter
from typing import Annotated, Any, get_type_hints

import typer

from boxapis.cli.console import printable

__all__ = ["add_options", "call_deadline", "with_call_options"]

_DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)

_TimeoutOption = Annotated[
    float | None,
    typer.Option("--timeout", metavar="SECONDS", help="Give up after so many seconds."),
]
_VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Show each call and its times; $BOXAPIS_LOG=1, too."),
]


def call_deadline() -> float | None:
    """The seconds that each call of the command may take; None for the client's own limits."""
    return _DEADLINE.get()


def with_call_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Returns a command that also takes the two options; they hold while it runs."""
    added = {"timeout": (_TimeoutOption, None), "verbose": (_VerboseOption, False)}

    @wraps(command)
    def run(*args: Any, timeout: float | None, verbose: bool, **options: Any) -> Any:
        token = _DEADLINE.set(timeout)
        is_shown = verbose or os.environ.get("BOXAPIS_LOG", "0") not in ("", "0")
        handler = _StderrHandler() if is_shown else None
        logger = logging.getLogger("boxapis")
        before = logger.level, logger.propagate
        if handler is not None:
            logger.addHandler(handler)
            logger.setLevel(logging.DEBUG)
            logger.propagate = False
        try:
            return command(*args, **options)
        finally:
            _DEADLINE.reset(token)
            if handler is not None:
                logger.removeHandler(handler)
                logger.setLevel(before[0])  # which also empties a cache, as the attribute does not
                logger.propagate = before[1]

    return add_options(run, command, added)


def add_options(
    run: Callable[..., Any], command: Callable[..., Any], added: dict[str, tuple[Any, Any]]
) -> Callable[..., Any]:
    """Returns a function with the parameters of the command, and options added to them.

    Args:
        run: The function, which calls the command.
        command: The command.
        added: Annotation and default of each option, by its name.
    """
    signature = inspect.signature(command)
    parameters = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in added.items()
    ]
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]  # what Typer looks at
        parameters=[*signature.parameters.values(), *parameters]
    )
    hints = get_type_hints(command, include_extras=True)
    run.__annotations__ = {**hints, **{name: kind for name, (kind, _) in added.items()}}
    return run


class _StderrHandler(logging.Handler):
    """Writes each record as one line to stderr; a reader who has left changes nothing."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record."""
        try:
            print(f"boxapis: {printable(record.getMessage())}", file=sys.stderr, flush=True)
        except OSError:
            self.setLevel(logging.CRITICAL + 1)
