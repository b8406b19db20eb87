"""The doctor's report: a line for each check, advice below what failed, a verdict."""

import re
from collections.abc import Sequence
from pathlib import Path

from attrs import asdict
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from boxapis import ConfigurationError
from boxapis.cli.console import harmless
from boxapis.cli.doctor.values import Check

__all__ = ["as_data", "print_check", "print_verdict", "save_picture"]

_NAME_WIDTH = 13
_STYLES = {"ok": "green", "failed": "red", "skipped": "dim"}
_WORD_WIDTH = 7
_INDENT = _WORD_WIDTH + _NAME_WIDTH + 2


def print_check(console: Console, check: Check) -> None:
    """One line, and what to do below it."""
    style = _STYLES[check.verdict]
    line = Table.grid(padding=(0, 1))
    line.add_column(width=_WORD_WIDTH)
    line.add_column(width=_NAME_WIDTH)
    line.add_column()
    said = Text(harmless(check.said), style="dim" if check.verdict == "skipped" else "")
    line.add_row(Text(check.verdict, style=style), Text(check.name), said)
    console.print(line)
    if check.advice:
        advice = Text(f"-> {harmless(check.advice)}", style="yellow")
        console.print(Padding(advice, (0, 0, 0, _INDENT)))


def print_verdict(console: Console, checks: Sequence[Check]) -> None:
    """The whole in one line."""
    ill = [f"{check.service}: {check.name}" for check in checks if check.verdict == "failed"]
    if ill:
        console.print(Text(f"Not as it should be: {', '.join(ill)}.", style="red"))
    else:
        console.print(Text("Everything looked at is as it should be.", style="green"))


def as_data(checks: Sequence[Check]) -> dict[str, object]:
    """The report for programs."""
    return {
        "passed": all(check.verdict != "failed" for check in checks),
        "checks": [asdict(check) for check in checks],
    }


def save_picture(console: Console, file: Path) -> None:
    """What was printed, as an SVG.

    Raises:
        ConfigurationError: when the file cannot be written.
    """
    drawn = console.export_svg(title="boxapis doctor", unique_id="doctor")
    picture = re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)  # fetched from elsewhere
    try:
        file.write_text(picture, encoding="utf-8")
        return
    except OSError as error:
        why = error.strerror or type(error).__name__
    raise ConfigurationError(f"{file} cannot be written: {why}")
