"""Prints the plan and the result of an import; never a value."""

from collections import Counter
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from boxapis.cli.console import printable, stderr_console
from boxapis.cli.imports.plan import ImportPlan, PlannedRow
from boxapis.cli.imports.results import STATUSES, ImportResult

__all__ = ["plan_data", "print_beginning", "print_plan", "print_result"]

_STATUS_WORDS = {"skipped": "unchanged", "left": "not begun"}


def print_beginning(plan: ImportPlan) -> None:
    """Prints problems, warnings and the plan in brief on stderr, before anything is sent."""
    console = stderr_console()
    for problem in plan.problems:
        _print_line(console, f"{problem.place}: {problem.text}", "red")
    for warning in plan.warnings:
        _print_line(console, f"{warning.place}: {warning.text}", "yellow")
    if len({(planned.action, planned.reason) for planned in plan.rows}) > 1:
        _print_line(console, f"{_counts(plan)}.")


def print_plan(console: Console, plan: ImportPlan) -> None:
    """Prints a table of what would be sent, then problems and warnings."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for name in ("line", "action", "why", "id", "name", "carrier", "parameters"):
        table.add_column(name, overflow="fold")
    for planned in plan.rows:
        table.add_row(*(Text(printable(text)) for text in _cells(planned)))
    console.print(table)
    for issue in (*plan.problems, *plan.warnings):
        _print_line(console, f"{issue.place}: {issue.text}", "red")
    _print_line(console, f"{_counts(plan)}. Nothing was sent.")


def _cells(planned: PlannedRow) -> tuple[str, ...]:
    row = planned.row
    number = "" if planned.id is None else str(planned.id)
    names = ", ".join(sorted(row.params))
    line, carrier = row.place.rpartition(" ")[2], row.carrier or ""
    return line, planned.action, planned.reason, number, row.key, carrier, names


def _counts(plan: ImportPlan) -> str:
    counted = Counter((planned.action, planned.reason) for planned in plan.rows)
    parts = [
        f"{count} to {action}" if reason == "new" else f"{count} to {action} ({reason})"
        for (action, reason), count in counted.items()
    ]
    if plan.problems:
        parts.append(f"{len(plan.problems)} that cannot be sent")
    return ", ".join(parts)


def plan_data(plan: ImportPlan) -> dict[str, Any]:
    """The plan as JSON values."""
    return {
        "plan": [
            {
                "line": planned.row.place,
                "action": planned.action,
                "reason": planned.reason,
                "id": planned.id,
                "name": planned.row.key,
                "carrier": planned.row.carrier,
                "parameters": sorted(planned.row.params),
            }
            for planned in plan.rows
        ],
        "problems": [{"line": issue.place, "text": issue.text} for issue in plan.problems],
        "warnings": [{"line": issue.place, "text": issue.text} for issue in plan.warnings],
    }


def print_result(console: Console, result: ImportResult) -> None:
    """Prints a line for each row that was begun and is not done, then the counts."""
    for row in result.rows:
        if not row.ok and row.status != "left":
            name = f" {row.name}" if row.name else ""
            _print_line(console, f"{row.line}{name}: {row.status}: {row.error}", "red")
    counts = [
        f"{result.count(status)} {_STATUS_WORDS.get(status, status)}"
        for status in STATUSES
        if result.count(status)
    ]
    rows = "1 row" if len(result.rows) == 1 else f"{len(result.rows)} rows"
    _print_line(console, f"{rows}: {', '.join(counts)}.")


def _print_line(console: Console, text: str, style: str = "") -> None:
    console.print(Text(printable(text), style=style), soft_wrap=True)
