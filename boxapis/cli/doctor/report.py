"""Prints the report: a service with a line per check, advice below each failure, a verdict."""

import re
from collections.abc import Sequence
from pathlib import Path

from attrs import asdict
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from boxapis import ConfigurationError
from boxapis.cli.console import printable
from boxapis.cli.doctor.check import Check

__all__ = ["CheckPrinter", "as_data", "print_verdict", "save_picture"]

_STYLES = {"ok": "green", "failed": "red", "skipped": "dim"}
_VERDICT_WIDTH, _NAME_WIDTH = 7, 13
_INDENT = _VERDICT_WIDTH + _NAME_WIDTH + 2


class CheckPrinter:
    """Prints each check it is called with, under the name of its service."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._service = ""

    def __call__(self, check: Check) -> None:
        """Prints one check."""
        if check.service != self._service:
            self._service = check.service
            self._console.print(Text(check.service, style="bold"))
        _print_check(self._console, check)


def _print_check(console: Console, check: Check) -> None:
    """Prints a check in one line, with any advice below it."""
    line = Table.grid(padding=(0, 1))
    line.add_column(width=_VERDICT_WIDTH)
    line.add_column(width=_NAME_WIDTH)
    line.add_column()
    verdict = Text(check.verdict, style=_STYLES[check.verdict])
    message = Text(printable(check.message), style="dim" if check.verdict == "skipped" else "")
    line.add_row(verdict, Text(check.name), message)
    console.print(line)
    if check.advice:
        advice = Text(f"-> {printable(check.advice)}", style="yellow")
        console.print(Padding(advice, (0, 0, 0, _INDENT)))


def print_verdict(console: Console, checks: Sequence[Check]) -> None:
    """Prints in one line which checks failed."""
    failures = [
        f"{check.service}: {check.name}".removeprefix(": ")
        for check in checks
        if check.verdict == "failed"
    ]
    if failures:
        console.print(Text(f"Problems found: {', '.join(failures)}.", style="red"))
    else:
        console.print(Text("No problems found.", style="green"))


def as_data(checks: Sequence[Check]) -> dict[str, object]:
    """The report as JSON values."""
    return {
        "passed": all(check.verdict != "failed" for check in checks),
        "checks": [asdict(check) for check in checks],
    }


def save_picture(console: Console, file: Path) -> None:
    """Saves what was printed as an SVG picture.

    Raises:
        ConfigurationError: The file cannot be written.
    """
    drawn = console.export_svg(title="boxapis doctor", unique_id="doctor")
    # Without its web fonts the picture fetches nothing when it is shown.
    picture = re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    try:
        file.write_text(picture, encoding="utf-8")
        return
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise ConfigurationError(f"{file} cannot be written: {problem}")
