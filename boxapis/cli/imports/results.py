"""The result of an import: what became of each row, as a file, as data, as lines to read."""

import csv
import io
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from attrs import asdict, field, frozen

from boxapis import BoxAPIError, ConfigurationError
from boxapis.batch import Outcome
from boxapis.cli.imports.plan import Plan, Step
from boxapis.cli.imports.rows import Remark

__all__ = ["Result", "Total", "known_ids", "result_of", "write_results"]

Status = Literal["done", "skipped", "failed", "unknown", "invalid", "left"]

_COLUMNS: tuple[str, ...] = ("name", "line", "action", "status", "id", "carrier", "error")


@frozen(kw_only=True)
class Result:
    """What became of one row. It holds no parameter."""

    name: str
    line: str
    action: str
    status: Status
    id: int | None = None
    carrier: str | None = None
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the credential is as the row says."""
        return self.status in ("done", "skipped")


@frozen
class Total:
    """All rows of a run.

    Attributes:
        results: In the order of the file; those that could not be sent come last.
        interrupted: Whether the user stopped it.
        trouble: What else ended it early; empty when nothing did.
    """

    results: list[Result] = field(factory=list)
    interrupted: bool = False
    trouble: str = ""

    def count(self, status: Status) -> int:
        """How many rows ended so."""
        return sum(result.status == status for result in self.results)

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        statuses: tuple[Status, ...] = ("done", "skipped", "failed", "unknown", "invalid", "left")
        return {
            "total": len(self.results),
            **{status: self.count(status) for status in statuses},
            "interrupted": self.interrupted,
            "rows": [asdict(result) for result in self.results],
        }


def result_of(plan: Plan, outcomes: Mapping[str, Outcome[int]]) -> list[Result]:
    """Every row with its outcome; rows without one were not begun."""
    sent = [_of_step(step, outcomes.get(step.row.key)) for step in plan.steps]
    return [*sent, *map(_of_problem, plan.problems)]


def _of_step(step: Step, outcome: Outcome[int] | None) -> Result:
    row = step.row
    number = step.id
    if outcome is not None and outcome.value is not None:
        number = outcome.value
    return Result(
        name=row.key,
        line=row.where,
        action=step.action,
        status="left" if outcome is None else outcome.status,
        id=number,
        carrier=row.carrier,
        error="" if outcome is None or outcome.error is None else _words(outcome.error, step),
    )


def _of_problem(problem: Remark) -> Result:
    return Result(name="", line=problem.where, action="", status="invalid", error=problem.text)


def _words(error: Exception, step: Step) -> str:
    """Only errors of ours are quoted: they show no secret."""
    text = str(error) if isinstance(error, BoxAPIError) else f"unexpected {type(error).__name__}"
    if step.action == "look up":
        text += " If it is there, put its id into the row; if not, give --repeat-unknown."
    return text


def known_ids(file: Path) -> dict[str, int]:
    """The ids by name in the result file of an earlier run; none when there is no such file.

    Raises:
        ConfigurationError: another kind of file stands there, which must not be written over.
    """
    try:
        text = file.read_text("utf-8")
        rows = json.loads(text) if _is_json(file) else list(csv.DictReader(io.StringIO(text)))
        return {row["name"]: int(row["id"]) for row in rows if row["id"] and row["name"]}
    except FileNotFoundError:
        return {}
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except (ValueError, TypeError, KeyError, csv.Error):
        problem = "it is no result of an import, and is not written over"
    raise ConfigurationError(f"{file.name} cannot be used for results: {problem}")


def write_results(file: Path, results: list[Result]) -> None:
    """Writes them as CSV or JSON, all or nothing.

    Raises:
        OSError: it cannot be written.
    """
    write: Callable[[list[Result]], str] = _as_json if _is_json(file) else _as_csv
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(write(results), "utf-8")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _is_json(file: Path) -> bool:
    return file.suffix.lower() == ".json"


def _as_json(results: list[Result]) -> str:
    return json.dumps([asdict(result) for result in results], indent=2) + "\n"


def _as_csv(results: list[Result]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(asdict(result) for result in results)
    return text.getvalue()
