"""How far an import has come, on stderr: a bar at a terminal, now and then a line elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from boxapis.batch import Progress

__all__ = ["Meter"]

_LINES = 10


class Meter:
    """Shows each `Progress` it is called with, while it is entered."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
        self._bar = Bar(*columns, console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task("")
        self._told = -1

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
        """Shows how far it is now."""
        total = progress.total or 0
        finished = progress.finished
        if self._console.is_terminal:
            words = _words(progress)
            self._bar.update(self._task, completed=finished, total=total, description=words)
            return
        tenth = finished * _LINES // total if total else _LINES
        if tenth > self._told:
            self._told = tenth
            self._console.print(f"{finished}/{total} {_words(progress)}", soft_wrap=True)


def _words(progress: Progress) -> str:
    """What there is to say beside the numbers."""
    bad = (("failed", progress.failed), ("unknown", progress.unknown))
    words = [f"{number} {name}" for name, number in bad if number]
    if progress.eta and progress.left:
        words.append(f"{_clock(progress.eta)} left")
    return ", ".join(words)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
