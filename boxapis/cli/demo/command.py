"""``boxapis demo``: runs the demo and prints its result."""

import contextlib

import typer

from boxapis.cli.console import print_error, stdout_console
from boxapis.cli.demo.report import StepPrinter, as_data, print_counts, verdict
from boxapis.cli.extras import require_extra
from boxapis.cli.options import JsonOption
from boxapis.cli.output.data import for_people, print_data

__all__ = ["EXAMPLE", "demo"]

EXAMPLE = "Example: boxapis demo --json"

_INTRODUCTION = "A sandbox on this machine plays both services. Handshakes: portal + customer."
_MIN_OPEN_FILES = 600


def demo(*, as_json: JsonOption = False) -> None:
    """Show both clients at work on a local sandbox.

    In a few seconds: handshakes, 200 commands at once, sessions that expire in between, pages,
    log-out; carrier credentials created, listed, replaced and deleted. The sandbox counts every
    request; the exit status is 1 if a count is not as expected.
    """
    import anyio  # noqa: PLC0415 - slow to import, and not needed for --help

    with require_extra("sandbox"):
        from boxapis.cli.demo.run import run_demo  # noqa: PLC0415 - it needs an optional extra
    _raise_file_limit()
    console = stdout_console()
    shown = for_people(as_json=as_json, piped=True)
    if not shown:
        result = anyio.run(run_demo, lambda _: None)
        print_data(as_data(result), as_json=as_json)
    else:
        console.print(_INTRODUCTION, style="dim")
        result = anyio.run(run_demo, StepPrinter(console))
        print_counts(console, result.requests)
    if not result.passed:
        print_error(verdict(result))
        raise typer.Exit(1)
    if shown:
        console.print(verdict(result), style="green")


def _raise_file_limit() -> None:
    """Both ends of 200 connections are in this process; some systems allow only 256 files."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < _MIN_OPEN_FILES:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (_MIN_OPEN_FILES, hard))
    if 0 <= resource.getrlimit(resource.RLIMIT_NOFILE)[0] < _MIN_OPEN_FILES:
        print_error(
            f"the demo needs {_MIN_OPEN_FILES} open files; "
            f"allow them with: ulimit -n {_MIN_OPEN_FILES}"
        )
        raise typer.Exit(1)
