"""Shows the progress of an import on stderr: a bar at a terminal, else a line per tenth."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as ProgressBar

from boxapis.batch import Progress

__all__ = ["ProgressMeter"]

_LINES = 10


class ProgressMeter:
    """Context manager that shows each `Progress` it is called with."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        self._bar = ProgressBar(*columns, console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task("")
        self._shown_tenth = -1

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:  # elsewhere some versions of rich print an empty line
            self._bar.stop()

    def __call__(self, progress: Progress) -> None:
        """Shows the progress."""
        total = progress.total or 0
        finished = progress.finished
        if self._console.is_terminal:
            text = _describe(progress)
            self._bar.update(self._task, completed=finished, total=total, description=text)
            return
        tenth = finished * _LINES // total if total else _LINES
        if tenth > self._shown_tenth:
            self._shown_tenth = tenth
            self._console.print(f"{finished}/{total} {_describe(progress)}", soft_wrap=True)


def _describe(progress: Progress) -> str:
    """The failures and the remaining time."""
    counts = (("failed", progress.failed), ("unknown", progress.unknown))
    parts = [f"{count} {name}" for name, count in counts if count]
    if progress.eta and progress.left:
        minutes, seconds = divmod(round(progress.eta), 60)
        parts.append(f"{minutes}:{seconds:02} left")
    return ", ".join(parts)
