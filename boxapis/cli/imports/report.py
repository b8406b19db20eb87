"""The plan and the end of an import on the screen; never a value."""

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from boxapis.cli.console import harmless, on_stderr
from boxapis.cli.imports.plan import Plan, Step
from boxapis.cli.imports.results import Total

__all__ = ["plan_data", "print_plan", "print_total", "say_remarks"]


def say_remarks(plan: Plan) -> None:
    """What is wrong with rows, and what is doubtful, on stderr before anything is sent."""
    console = on_stderr()
    for problem in plan.problems:
        _line(console, f"{problem.where}: {problem.text}", "red")
    for doubt in plan.doubts:
        _line(console, f"{doubt.where}: {doubt.text}", "yellow")


def print_plan(console: Console, plan: Plan) -> None:
    """A table of what would be sent, and what stands in the way."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for name in ("line", "action", "id", "name", "carrier", "parameters"):
        table.add_column(name, overflow="fold")
    for step in plan.steps:
        table.add_row(*(Text(harmless(text)) for text in _cells(step)))
    console.print(table)
    for remark in (*plan.problems, *plan.doubts):
        _line(console, f"{remark.where}: {remark.text}", "red")
    _line(console, f"{_numbers(plan)}. Nothing was sent.")


def _cells(step: Step) -> tuple[str, ...]:
    row = step.row
    number = "" if step.id is None else str(step.id)
    names = ", ".join(sorted(row.params))
    return row.where.rpartition(" ")[2], step.action, number, row.key, row.carrier or "", names


def _numbers(plan: Plan) -> str:
    actions = [step.action for step in plan.steps]
    told = [f"{actions.count(action)} to {action}" for action in dict.fromkeys(actions)]
    if plan.problems:
        told.append(f"{len(plan.problems)} that cannot be sent")
    return ", ".join(told)


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan for programs."""
    return {
        "plan": [
            {
                "line": step.row.where,
                "action": step.action,
                "id": step.id,
                "name": step.row.key,
                "carrier": step.row.carrier,
                "parameters": sorted(step.row.params),
            }
            for step in plan.steps
        ],
        "problems": [{"line": one.where, "text": one.text} for one in plan.problems],
        "doubts": [{"line": one.where, "text": one.text} for one in plan.doubts],
    }


def print_total(console: Console, total: Total) -> None:
    """Each row that is not done, in a line; then the numbers."""
    for result in total.results:
        if not result.ok and result.status != "left":
            name = f" {result.name}" if result.name else ""
            _line(console, f"{result.line}{name}: {result.status}: {result.error}", "red")
    names = {"skipped": "done before", "left": "not begun"}
    data = total.as_data()
    told = [
        f"{data[status]} {names.get(status, status)}"
        for status in ("done", "skipped", "failed", "unknown", "invalid", "left")
        if data[status]
    ]
    rows = "1 row" if len(total.results) == 1 else f"{len(total.results)} rows"
    _line(console, f"{rows}: {', '.join(told)}.")


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(Text(harmless(text), style=style), soft_wrap=True)
