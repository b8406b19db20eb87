"""One record for each contender, scenario and round; a file of them has one JSON object a line."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import asdict, field, frozen

__all__ = ["Record", "Run", "read", "write"]


@frozen(kw_only=True)
class Record:
    """What one round of one contender gave.

    Attributes:
        scenario: For instance ``"warm"``.
        contender: Its name.
        tasks: How many called at once; 0 where nobody does.
        round: From 1 on.
        kept: False for a round that was thrown away.
        values: The numbers, by column.
    """

    scenario: str
    contender: str
    tasks: int = 0
    round: int = 1
    kept: bool = True
    values: dict[str, float] = field(factory=dict)
    note: str = ""

    def line(self) -> str:
        """The record as one JSON line."""
        fields = asdict(self)
        return json.dumps({**fields.pop("values"), **fields})


@frozen(kw_only=True)
class Run:
    """A whole run: what it ran on, and its records.

    Attributes:
        about: The machine, the versions, who is absent.
        records: In the order of measuring.
    """

    about: dict[str, Any]
    records: list[Record]


_FIELDS = ("scenario", "contender", "tasks", "round", "kept", "note")


def _record(line: dict[str, Any]) -> Record:
    values = {name: value for name, value in line.items() if name not in _FIELDS}
    return Record(values=values, **{name: line[name] for name in _FIELDS})


def lines(run: Run) -> Iterator[str]:
    """The run as JSON lines, what it ran on first."""
    yield json.dumps({"about": run.about})
    yield from (record.line() for record in run.records)


def write(path: Path, run: Run) -> None:
    """Writes a run to a file."""
    path.write_text("\n".join(lines(run)) + "\n", encoding="utf-8")


def read(texts: Iterable[str]) -> Run:
    """A run from its lines."""
    first, *rest = (json.loads(text) for text in texts if text.strip())
    return Run(about=first["about"], records=[_record(line) for line in rest])
