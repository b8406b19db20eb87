"""What the program says of an error: one line on stderr, an exit status, and an object of JSON."""

import os
import signal
import traceback
from collections.abc import Sequence
from typing import Any

import typer
from attrs import frozen

from boxapis import BoxAPIError, ConfigurationError
from boxapis.cli.exit_status import FAILED, OUTCOME_UNKNOWN, USAGE_ERROR, signal_status

__all__ = ["EndedBySignalError", "ErrorReport", "report_error"]

_LOOK_UP = "look it up before you repeat it"


class EndedBySignalError(Exception):
    """A signal ended the command, whose calls under way were cut off."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@frozen(kw_only=True)
class ErrorReport:
    """An error as the user sees it.

    Attributes:
        name: Class of the error.
        message: What happened, without the outcome and the next step.
        line: The whole text, for stderr.
        status: Exit status.
        code: The service's own error number, or None.
        may_have_been_applied: Whether the service may have carried something out; None if that
            is not known.
        next_step: What to do next.
    """

    name: str
    message: str
    line: str
    status: int
    code: int | None = None
    may_have_been_applied: bool | None = False
    next_step: str = ""

    def as_data(self) -> dict[str, Any]:
        """The error as JSON values, in an object of its own beside which there are no data."""
        return {
            "error": {
                "class": self.name,
                "code": self.code,
                "message": self.message,
                "may_have_been_applied": self.may_have_been_applied,
                "next_step": self.next_step,
            }
        }


def report_error(error: BaseException, arguments: Sequence[str]) -> ErrorReport:
    """Describes an error of the library, of the usage, or of any other kind.

    What is not known to have changed nothing has the status of an unknown outcome.

    Args:
        error: The error.
        arguments: The program's arguments; a usage error quotes none of their values.
    """
    if isinstance(error, BoxAPIError):
        return _of_library(error)
    if isinstance(error, KeyboardInterrupt | typer.Abort | EndedBySignalError):
        return _of_signal(getattr(error, "number", signal.SIGINT))
    # Typer has moved these classes out of click; the method identifies them in every version.
    if hasattr(error, "format_message"):
        return _of_usage(error, arguments)
    # No text and no traceback: they could show secrets.
    place = traceback.extract_tb(error.__traceback__)[-1]
    name = type(error).__name__
    message = f"unexpected {name} at {place.filename}:{place.lineno}"
    if isinstance(error, OSError) and error.errno is not None:
        message += f": {os.strerror(error.errno)}"
    return ErrorReport(
        name=name,
        message=message,
        line=f"{message}. If anything was sent, it may have been carried out: {_LOOK_UP}.",
        status=OUTCOME_UNKNOWN,
        may_have_been_applied=None,
        next_step=_LOOK_UP,
    )


def _of_signal(number: int) -> ErrorReport:
    text = "interrupted" if number == signal.SIGINT else f"ended by {signal.Signals(number).name}"
    return ErrorReport(
        name="KeyboardInterrupt" if number == signal.SIGINT else "EndedBySignalError",
        message=text,
        line=text,
        status=signal_status(number),
        may_have_been_applied=None,
        next_step=_LOOK_UP,
    )


def _of_library(error: BoxAPIError) -> ErrorReport:
    status = USAGE_ERROR if isinstance(error, ConfigurationError) else FAILED
    applied = error.may_have_been_applied
    return ErrorReport(
        name=type(error).__name__,
        message=Exception.__str__(error),
        line=str(error),
        status=status if applied is False else OUTCOME_UNKNOWN,
        code=getattr(error, "code", None),
        may_have_been_applied=applied,
        next_step=error.next_step,
    )


def _of_usage(error: Any, arguments: Sequence[str]) -> ErrorReport:
    context = getattr(error, "ctx", None)
    command = "boxapis" if context is None else context.command_path
    message = _usage_message(error, context, arguments).rstrip(".")
    next_step = f"see '{command} --help'"
    return ErrorReport(
        name=type(error).__name__,
        message=message,
        line=f"{message}; {next_step}",
        status=USAGE_ERROR,
        next_step=next_step,
    )


def _usage_message(error: Any, context: Any, arguments: Sequence[str]) -> str:
    """The message without a value, which may be a secret in the wrong place."""
    kind, command = type(error).__name__, getattr(context, "command", None)
    if kind == "UsageError" and command is not None and not hasattr(command, "commands"):
        taken = sum(one.param_type_name == "argument" for one in command.params)
        return f"argument {taken + 1} is unexpected: the command takes {taken or 'none'}"
    if kind == "BadParameter":
        for given in arguments:
            value = given.partition("=")[2] if given.startswith("--") else given
            error.message = error.message.replace(repr(value), "it").removeprefix(f"{value} ")
    return str(error.format_message())
