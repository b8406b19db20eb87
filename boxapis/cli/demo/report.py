"""The demo's run on the screen: one line a step, a table, a verdict."""

from collections.abc import Mapping
from typing import Any

from attrs import asdict
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from boxapis.cli.console import harmless
from boxapis.cli.demo.values import Outcome, Step

__all__ = ["StepPrinter", "as_data", "print_counts", "verdict"]

_TITLE_WIDTH = 21


class StepPrinter:
    """Prints each step as it comes, under the name of its service."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._service = ""

    def __call__(self, step: Step) -> None:
        """One line for the step."""
        if step.service != self._service:
            self._service = step.service
            self._console.print(step.service, style="bold")
        self._console.print(_line(self._console, step))


def _line(console: Console, step: Step) -> Table:
    """Mark, title, what happened; what is off stands below it in red."""
    line = Table.grid(padding=(0, 1))
    line.add_column(no_wrap=True)
    line.add_column(width=_TITLE_WIDTH)
    line.add_column()
    style = "green" if step.passed else "red"
    happened = step.happened or "broke off"
    line.add_row(Text(_mark(console, step), style=style), step.title, Text(happened))
    for problem in step.problems:
        line.add_row("", "", Text(harmless(problem), style="red"))
    return line


def print_counts(console: Console, requests: Mapping[str, int]) -> None:
    """How often the other side was asked for each operation."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, show_footer=True)
    table.add_column("counted by the sandbox", "total")
    table.add_column("requests", str(sum(requests.values())), justify="right")
    for operation, number in requests.items():
        table.add_row(operation, str(number))
    console.print("", table, "", sep="\n")


def verdict(outcome: Outcome) -> str:
    """The whole run in one line."""
    taken, right = len(outcome.steps), sum(step.passed for step in outcome.steps)
    if outcome.passed:
        return f"All {taken} steps passed in {outcome.seconds:.1f} seconds."
    off = [step.title for step in outcome.steps if not step.passed]
    return f"{right} of {outcome.planned} steps passed. Not as it should be: {', '.join(off)}."


def as_data(outcome: Outcome) -> dict[str, Any]:
    """The run for programs."""
    return {
        "passed": outcome.passed,
        "seconds": round(outcome.seconds, 3),
        "planned": outcome.planned,
        "steps": [_step_data(step) for step in outcome.steps],
        "requests": dict(outcome.requests),
    }


def _step_data(step: Step) -> dict[str, Any]:
    fields = asdict(step) | {"passed": step.passed, "seconds": round(step.seconds, 3)}
    return fields | {"checks": [asdict(check) for check in step.checks]}


def _mark(console: Console, step: Step) -> str:
    good, bad = ("ok", "NO") if console.options.ascii_only else ("✓", "✗")
    return good if step.passed else bad
