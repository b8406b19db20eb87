"""The result of an import: the outcome of each row, as values, as JSON, and as a file."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from attrs import asdict, field, fields, frozen

from boxapis import BoxAPIError, ConfigurationError
from boxapis._settings.state_files import read_file, replace_file
from boxapis.batch import Outcome
from boxapis.cli.imports.plan import ImportPlan, PlannedRow

__all__ = ["STATUSES", "ImportResult", "RowResult", "known_ids", "row_results", "write_results"]

RowStatus = Literal["done", "skipped", "failed", "unknown", "invalid", "left"]
STATUSES: tuple[RowStatus, ...] = get_args(RowStatus)


@frozen(kw_only=True)
class RowResult:
    """The outcome of one row. It holds no parameter."""

    name: str
    line: str
    action: str
    status: RowStatus
    id: int | None = None
    carrier: str | None = None
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the stored credential matches the row."""
        return self.status in ("done", "skipped")


@frozen
class ImportResult:
    """The outcome of an import.

    Attributes:
        rows: Results in the order of the file; rows that could not be sent come last.
        interrupted: Whether the user stopped it.
        failure: What else ended it early, or an empty string.
    """

    rows: list[RowResult] = field(factory=list)
    interrupted: bool = False
    failure: str = ""

    def count(self, status: RowStatus) -> int:
        """The number of rows with a status."""
        return sum(row.status == status for row in self.rows)

    def as_data(self) -> dict[str, Any]:
        """The result as JSON values."""
        return {
            "total": len(self.rows),
            **{status: self.count(status) for status in STATUSES},
            "interrupted": self.interrupted,
            "rows": [asdict(row) for row in self.rows],
        }


def row_results(plan: ImportPlan, outcomes: Mapping[str, Outcome[int]]) -> list[RowResult]:
    """The result of every row; a row without an outcome was not begun."""
    sent = [_row_result(planned, outcomes.get(planned.row.key)) for planned in plan.rows]
    invalid = [
        RowResult(name="", line=issue.place, action="", status="invalid", error=issue.text)
        for issue in plan.problems
    ]
    return [*sent, *invalid]


def _row_result(planned: PlannedRow, outcome: Outcome[int] | None) -> RowResult:
    row = planned.row
    number = planned.id
    if outcome is not None and outcome.value is not None:
        number = outcome.value
    return RowResult(
        name=row.key,
        line=row.place,
        action=planned.action,
        status="left" if outcome is None else outcome.status,
        id=number,
        carrier=row.carrier,
        error="" if outcome is None or outcome.error is None else _text(outcome.error, planned),
    )


def _text(error: Exception, planned: PlannedRow) -> str:
    """The text of an error; of another library's error only its name, for it may show secrets."""
    text = str(error) if isinstance(error, BoxAPIError) else f"unexpected {type(error).__name__}"
    if planned.action == "look up":
        text += " If it exists, put its id into the row; if not, give --repeat-unknown."
    return text


def known_ids(file: Path) -> dict[str, int]:
    """Ids by name from the result file of an earlier run; empty if there is none.

    Raises:
        ConfigurationError: The file is not a result file, and must not be overwritten.
    """
    try:
        text = read_file(file).decode("utf-8")
        rows = json.loads(text) if _is_json(file) else list(csv.DictReader(io.StringIO(text)))
        return {row["name"]: int(row["id"]) for row in rows if row["id"] and row["name"]}
    except FileNotFoundError:
        return {}
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except (ValueError, TypeError, KeyError, csv.Error):
        problem = "it is not a result of an import, and is not overwritten"
    raise ConfigurationError(f"{file.name} cannot be used for results: {problem}")


def write_results(file: Path, rows: list[RowResult]) -> None:
    """Writes the results as CSV or JSON, all or nothing, readable by their owner only.

    Raises:
        OSError: The file cannot be written.
    """
    text = _to_json(rows) if _is_json(file) else _to_csv(rows)
    replace_file(file, text.encode())


def _is_json(file: Path) -> bool:
    return file.suffix.lower() == ".json"


def _to_json(rows: list[RowResult]) -> str:
    return json.dumps([asdict(row) for row in rows], indent=2) + "\n"


def _to_csv(rows: list[RowResult]) -> str:
    text = io.StringIO()
    names = [attribute.name for attribute in fields(RowResult)]
    table = csv.DictWriter(text, names, lineterminator="\n")
    table.writeheader()
    table.writerows(asdict(row) for row in rows)
    return text.getvalue()
