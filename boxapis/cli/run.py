"""Runs a command and makes of whatever it raises one line and an exit status."""

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence

import typer

from boxapis import BoxAPIError, ConfigurationError
from boxapis.cli.app import app
from boxapis.cli.completion.command import prepare
from boxapis.cli.console import complain, survive_any_text

__all__ = ["run"]

_FAILED, _USAGE_ERROR, _INTERRUPTED, _UNREAD = 1, 2, 130, 141


def run(arguments: Sequence[str]) -> int:
    """Runs the command line; without arguments it shows the help.

    Returns:
        The exit status: 0 for success, 1 for failure, 2 for a wrong option or a missing setting,
        130 for an interruption, 141 when nobody reads the output to its end.
    """
    survive_any_text()
    prepare()
    try:
        status = app(list(arguments) or ["--help"], prog_name="boxapis", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        return _unread()
    except SystemExit as ended:
        # Typer and Rich make one of a pipe that was closed; others are meant.
        if isinstance(ended.__context__, BrokenPipeError):
            return _unread()
        raise
    except ConfigurationError as error:
        return _failed(str(error), _USAGE_ERROR)
    except BoxAPIError as error:
        return _failed(str(error), _FAILED)
    except (KeyboardInterrupt, typer.Abort):
        return _failed("interrupted", _INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - a traceback could show what must not be seen
        return _wrong_usage(error) or _failed(_unexpected(error), _FAILED)
    return status if isinstance(status, int) else 0


def _failed(text: str, status: int) -> int:
    complain(text)
    return status


def _unread() -> int:
    """A pipe was closed early, as by ``head``: ends as quietly as other programs do."""
    with contextlib.suppress(OSError, ValueError):  # what is left must not complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _UNREAD


def _wrong_usage(error: Exception) -> int:
    """The status for an error in the arguments; 0 for any other error."""
    # Typer moved these classes from click into itself: the method tells them in every version.
    message = getattr(error, "format_message", None)
    if message is None:
        return 0
    context = getattr(error, "ctx", None)
    command = "boxapis" if context is None else context.command_path
    return _failed(f"{message().rstrip('.')}; see '{command} --help'", _USAGE_ERROR)


def _unexpected(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"unexpected {type(error).__name__} at {place.filename}:{place.lineno}"
