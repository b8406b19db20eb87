"""Runs the command line and turns every error into one line and an exit status."""

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence

import typer

from boxapis import BoxAPIError, ConfigurationError
from boxapis.cli.app import app
from boxapis.cli.completion.command import enable_completion
from boxapis.cli.console import print_error, replace_unencodable
from boxapis.cli.exit_status import BROKEN_PIPE, FAILED, INTERRUPTED, USAGE_ERROR

__all__ = ["run"]


def run(arguments: Sequence[str]) -> int:
    """Runs one command; without arguments it shows the help.

    Returns:
        The exit status: 0 for success, 1 for failure, 2 for a wrong option or a missing setting,
        130 for Ctrl-C, 141 when the reader of the output closed the pipe.
    """
    replace_unencodable()
    enable_completion()
    try:
        status = app(list(arguments) or ["--help"], prog_name="boxapis", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        return _broken_pipe()
    except SystemExit as error:
        # Typer and Rich turn a broken pipe into SystemExit; any other exit is intended.
        if isinstance(error.__context__, BrokenPipeError):
            return _broken_pipe()
        raise
    except ConfigurationError as error:
        return _fail(str(error), USAGE_ERROR)
    except BoxAPIError as error:
        return _fail(str(error), FAILED)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted", INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - a traceback could show secrets
        return _usage_error(error) or _fail(_unexpected(error), FAILED)
    return status if isinstance(status, int) else 0


def _fail(text: str, status: int) -> int:
    print_error(text)
    return status


def _broken_pipe() -> int:
    """Discards the rest of the output, so that Python reports no broken pipe at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _usage_error(error: Exception) -> int:
    """Reports an error in the arguments and returns its status; returns 0 for any other error."""
    # Typer has moved these classes out of click; the method identifies them in every version.
    message = getattr(error, "format_message", None)
    if message is None:
        return 0
    context = getattr(error, "ctx", None)
    command = "boxapis" if context is None else context.command_path
    return _fail(f"{message().rstrip('.')}; see '{command} --help'", USAGE_ERROR)


def _unexpected(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"unexpected {type(error).__name__} at {place.filename}:{place.lineno}"
