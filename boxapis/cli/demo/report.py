"""Prints the demo: a line per step, a table of requests, a verdict."""

from collections.abc import Mapping
from typing import Any

from attrs import asdict
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from boxapis.cli.console import printable
from boxapis.cli.demo.steps import DemoResult, StepResult

__all__ = ["StepPrinter", "as_data", "print_counts", "verdict"]

_TITLE_WIDTH = 21


class StepPrinter:
    """Prints the result of each step it is called with, under the name of its service."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._service = ""

    def __call__(self, step: StepResult) -> None:
        """Prints one result."""
        if step.service != self._service:
            self._service = step.service
            self._console.print(step.service, style="bold")
        self._console.print(_line(self._console, step))


def _line(console: Console, step: StepResult) -> Table:
    """Mark, title and summary, with any problems in red below."""
    line = Table.grid(padding=(0, 1))
    line.add_column(no_wrap=True)
    line.add_column(width=_TITLE_WIDTH)
    line.add_column()
    style = "green" if step.passed else "red"
    summary = step.summary or "ended by an error"
    line.add_row(Text(_mark(console, step), style=style), step.title, Text(summary))
    for problem in step.problems:
        line.add_row("", "", Text(printable(problem), style="red"))
    return line


def print_counts(console: Console, requests: Mapping[str, int]) -> None:
    """Prints a table of the requests that the sandbox counted, by operation."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, show_footer=True)
    table.add_column("counted by the sandbox", "total")
    table.add_column("requests", str(sum(requests.values())), justify="right")
    for operation, number in requests.items():
        table.add_row(operation, str(number))
    console.print("", table, "", sep="\n")


def verdict(result: DemoResult) -> str:
    """The result of the demo in one line."""
    passed = sum(step.passed for step in result.steps)
    if result.passed:
        return f"All {passed} steps passed in {result.seconds:.1f} seconds."
    failures = [step.title for step in result.steps if not step.passed]
    return f"{passed} of {result.planned} steps passed. Failed: {', '.join(failures)}."


def as_data(result: DemoResult) -> dict[str, Any]:
    """The result of the demo as JSON values."""
    return {
        "passed": result.passed,
        "seconds": round(result.seconds, 3),
        "planned": result.planned,
        "steps": [_step_data(step) for step in result.steps],
        "requests": dict(result.requests),
    }


def _step_data(step: StepResult) -> dict[str, Any]:
    return asdict(step) | {"passed": step.passed, "seconds": round(step.seconds, 3)}


def _mark(console: Console, step: StepResult) -> str:
    passed, failed = ("ok", "NO") if console.options.ascii_only else ("✓", "✗")
    return passed if step.passed else failed
