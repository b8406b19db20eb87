"""``boxapis demo``: runs the demo and prints it."""

import contextlib
from typing import Annotated

import anyio
import typer

from boxapis.cli.console import complain, on_stdout, print_json
from boxapis.cli.demo.report import StepPrinter, as_data, print_counts, verdict
from boxapis.cli.extras import extra

__all__ = ["EXAMPLE", "demo"]

EXAMPLE = "Example: boxapis demo --json"

_INTRODUCTION = "A sandbox on this machine plays both services. Handshakes: portal + customer."
_FILES = 600


def demo(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show both clients at work on a local sandbox.

    In a few seconds: handshakes, 200 commands at once, sessions that expire under way, pages,
    log-out; carrier credentials made, listed, replaced and deleted. Every number is counted by
    the other side and checked; the exit status is 1 when one is off.
    """
    with extra("sandbox"):
        from boxapis.cli.demo.run import run_demo  # noqa: PLC0415 - it needs an optional extra
    _allow_open_files()
    console = on_stdout()
    if as_json:
        outcome = anyio.run(run_demo, lambda _: None)
        print_json(as_data(outcome))
    else:
        console.print(_INTRODUCTION, style="dim")
        outcome = anyio.run(run_demo, StepPrinter(console))
        print_counts(console, outcome.requests)
    if not outcome.passed:
        complain(verdict(outcome))
        raise typer.Exit(1)
    if not as_json:
        console.print(verdict(outcome), style="green")


def _allow_open_files() -> None:
    """Both ends of 200 connections live in this process; some systems allow only 256 files."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < _FILES:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, hard))
    if 0 <= resource.getrlimit(resource.RLIMIT_NOFILE)[0] < _FILES:
        complain(f"the demo needs {_FILES} open files; allow them with: ulimit -n {_FILES}")
        raise typer.Exit(1)
