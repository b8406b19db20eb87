"""Records of a run, one for each contender, scenario and round, and their file of JSON lines."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import asdict, field, frozen

__all__ = ["Record", "Run", "read", "write"]


@frozen(kw_only=True)
class Record:
    """Results of one round of one contender.

    Attributes:
        scenario: Name of the scenario, for instance ``"warm"``.
        contender: Name of the contender.
        tasks: Number of concurrent tasks; 0 if the scenario has none.
        round: Number of the round, from 1.
        kept: False for a discarded round.
        values: Numbers by column.
        note: Error that ended the round, or an empty string.
    """

    scenario: str
    contender: str
    tasks: int = 0
    round: int = 1
    kept: bool = True
    values: dict[str, float] = field(factory=dict)
    note: str = ""

    def line(self) -> str:
        """Returns the record as one JSON line."""
        fields = asdict(self)
        return json.dumps({**fields.pop("values"), **fields})


@frozen(kw_only=True)
class Run:
    """A run.

    Attributes:
        environment: The machine, the versions, and the contenders that are not installed.
        records: Records in the order of measuring.
    """

    environment: dict[str, Any]
    records: list[Record]


_FIELDS = ("scenario", "contender", "tasks", "round", "kept", "note")


def _record(line: dict[str, Any]) -> Record:
    values = {name: value for name, value in line.items() if name not in _FIELDS}
    return Record(values=values, **{name: line[name] for name in _FIELDS})


def lines(run: Run) -> Iterator[str]:
    """Yields the run as JSON lines, the environment first."""
    yield json.dumps({"about": run.environment})
    yield from (record.line() for record in run.records)


def write(path: Path, run: Run) -> None:
    """Writes a run to a file."""
    path.write_text("\n".join(lines(run)) + "\n", encoding="utf-8")


def read(texts: Iterable[str]) -> Run:
    """Returns a run from its JSON lines."""
    first, *rest = (json.loads(text) for text in texts if text.strip())
    return Run(environment=first["about"], records=[_record(line) for line in rest])
