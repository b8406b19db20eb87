"""Runs the command line and turns every error into one line and an exit status.

Promises: SIGINT, SIGTERM and SIGHUP end a command alike, in the order that its blocks are left, and
the status says which one came. A signal that is ignored, as under ``nohup``, stays ignored. When
stdout cannot be written, nothing but the status says so, or one line if a disk is full.
"""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import typer

from boxapis.cli.app import app
from boxapis.cli.completion.command import enable_completion
from boxapis.cli.console import discard, print_error, print_json, replace_unencodable
from boxapis.cli.error_report import EndedBySignalError, ErrorReport, report_error
from boxapis.cli.exit_status import BROKEN_PIPE, signal_status

__all__ = ["run"]


def run(arguments: Sequence[str]) -> int:
    """Runs one command; without arguments it shows the help.

    Returns:
        The exit status; see `boxapis.cli.exit_status.STATUSES`.
    """
    received: list[int] = []
    error: BaseException
    try:
        replace_unencodable()  # which also writes what could not be written before
        enable_completion(app)
        with _signals_alike(received):
            status = app(list(arguments) or ["--help"], prog_name="boxapis", standalone_mode=False)
            sys.stdout.flush()
        if not received or status != signal_status():  # what Typer makes of a KeyboardInterrupt
            return status if isinstance(status, int) else 0
        error = EndedBySignalError(received[-1])
    except BrokenPipeError:
        discard(sys.stdout)
        return BROKEN_PIPE
    except SystemExit as exit_:
        # Typer turns a broken pipe into SystemExit; any other exit is intended.
        if isinstance(exit_.__context__, BrokenPipeError):
            discard(sys.stdout)
            return BROKEN_PIPE
        raise
    except (KeyboardInterrupt, typer.Abort) as raised:
        error = EndedBySignalError(received[-1]) if received else raised
    except Exception as raised:  # noqa: BLE001 - see report_error
        error = raised
    return _fail(report_error(error, arguments), as_json=_wants_json(arguments))


@contextmanager
def _signals_alike(received: list[int]) -> Iterator[None]:
    """Makes SIGTERM and SIGHUP end the command as SIGINT does; notes which came."""

    def end(number: int, frame: FrameType | None) -> None:
        received.append(number)
        interrupt = signal.getsignal(signal.SIGINT)  # within an event loop its own
        if callable(interrupt):
            interrupt(signal.SIGINT, frame)
        else:
            raise KeyboardInterrupt

    names = ("SIGTERM", "SIGHUP")  # the latter is not on every system
    taken: list[int] = []
    try:
        for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, end)
                taken.append(number)
    except ValueError:  # not in the main thread, which alone gets signals
        pass
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether ``--json`` was given; asked of the arguments, which may not have been parsed."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def _fail(report: ErrorReport, *, as_json: bool) -> int:
    print_error(report.line)
    try:
        if as_json:  # programs read one stream, whatever the outcome
            print_json(report.as_data())
        sys.stdout.flush()
    except OSError:  # the status says more than that the reader has left
        discard(sys.stdout)
    return report.status
