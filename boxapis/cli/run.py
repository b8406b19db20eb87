"""Runs the command line and turns every error into one line and an exit status."""

import contextlib
import os
import sys
from collections.abc import Sequence

import typer

from boxapis.cli.app import app
from boxapis.cli.completion.command import enable_completion
from boxapis.cli.console import print_error, print_json, replace_unencodable
from boxapis.cli.error_report import ErrorReport, report_error
from boxapis.cli.exit_status import BROKEN_PIPE

__all__ = ["run"]


def run(arguments: Sequence[str]) -> int:
    """Runs one command; without arguments it shows the help.

    Returns:
        The exit status: 0 for success, 1 if it failed and nothing was changed, 2 for a wrong
        option or a missing setting, 3 if an import was done in part, 4 if something may have been
        carried out, 130 for Ctrl-C, 141 when the reader of the output closed the pipe.
    """
    replace_unencodable()
    enable_completion()
    try:
        status = app(list(arguments) or ["--help"], prog_name="boxapis", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return BROKEN_PIPE
    except SystemExit as error:
        # Typer and Rich turn a broken pipe into SystemExit; any other exit is intended.
        if isinstance(error.__context__, BrokenPipeError):
            _discard_output()
            return BROKEN_PIPE
        raise
    except (Exception, KeyboardInterrupt, typer.Abort) as error:  # noqa: BLE001 - see report_error
        return _fail(report_error(error, arguments), as_json=_wants_json(arguments))
    return status if isinstance(status, int) else 0


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether ``--json`` was given; asked of the arguments, which may not have been parsed."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def _fail(report: ErrorReport, *, as_json: bool) -> int:
    print_error(report.line)
    if as_json:  # programs read one stream, whatever the outcome
        try:
            print_json(report.as_data())
            sys.stdout.flush()
        except OSError:  # the status says more than that the reader has left
            _discard_output()
    return report.status


def _discard_output() -> None:
    """Discards the rest of the output, so that Python reports no broken pipe at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
