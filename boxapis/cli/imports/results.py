"""The result of an import: the outcome of each row, as values, as JSON, and as a file.

Promises: a result file names the account whose credentials its ids are, and gives a digest only
for what is stored; one of another account is refused, and none is written in part. The id of a row
is kept in it until another takes its place: without it, the row would be created a second time.
"""

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
from boxapis.cli.imports.binding import Account
from boxapis.cli.imports.plan import ImportPlan, KnownResult, PlannedRow

__all__ = ["STATUSES", "ImportResult", "RowResult", "known_results", "row_results", "write_results"]

RowStatus = Literal["done", "skipped", "failed", "unknown", "invalid", "left"]
STATUSES: tuple[RowStatus, ...] = get_args(RowStatus)

_AGAIN = "Run the import again: it looks up what was done."


@frozen(kw_only=True)
class RowResult:
    """The outcome of one row. It holds no parameter; ``digest`` is that of what is stored."""

    name: str
    line: str
    action: str
    status: RowStatus
    id: int | None = None
    carrier: str | None = None
    error: str = ""
    reason: str = ""
    digest: str = ""

    @property
    def ok(self) -> bool:
        """Whether the stored credential matches the row."""
        return self.status in ("done", "skipped")


@frozen
class ImportResult:
    """The outcome of an import.

    Attributes:
        rows: Results in the order of the file; rows that could not be sent come last.
        signal_number: Number of the signal that ended it early, or None.
        failure: What else ended it early, or an empty string.
    """

    rows: list[RowResult] = field(factory=list)
    signal_number: int | None = None
    failure: str = ""

    def count(self, status: RowStatus) -> int:
        """The number of rows with a status."""
        return sum(row.status == status for row in self.rows)

    def as_data(self) -> dict[str, Any]:
        """The result as JSON values."""
        return {
            "total": len(self.rows),
            **{status: self.count(status) for status in STATUSES},
            "interrupted": self.signal_number is not None,
            "failure": self.failure,
            "rows": [asdict(row, filter=lambda one, _: one.name != "digest") for row in self.rows],
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
    status: RowStatus = "skipped" if planned.action == "skip" else "left"
    if outcome is not None:
        number, status = outcome.value or number, outcome.status
        if number is None and isinstance(outcome.summary, dict):
            number = outcome.summary.get("id")
    return RowResult(
        name=row.key,
        line=row.place,
        action=planned.action,
        status=status,
        id=number,
        carrier=row.carrier,
        error="" if outcome is None or outcome.error is None else _text(outcome.error, planned),
        reason=planned.reason,
        digest=planned.digest if status in ("done", "skipped") else "",
    )


def _text(error: Exception, planned: PlannedRow) -> str:
    """The text of an error; of another library's error only its name, for it may show secrets."""
    if planned.action == "look up":
        return (
            f"{planned.reason}; put its id into the row, let --adopt do so,"
            " or give --repeat-unknown if it is none"
        )
    if not isinstance(error, BoxAPIError):
        return f"unexpected {type(error).__name__}. {_AGAIN}"
    return f"{error} {_AGAIN}" if error.may_have_been_applied else str(error)


def known_results(file: Path, account: Account) -> dict[str, KnownResult]:
    """What the result file of an earlier run says, by name; empty if there is none.

    Raises:
        ConfigurationError: The file is not a result file, and must not be overwritten; or it is of
            another account.
    """
    try:
        text = read_file(file).decode("utf-8")
        rows = json.loads(text) if _is_json(file) else list(csv.DictReader(io.StringIO(text)))
        accounts = {Account(row["service"], row["user"]) for row in rows}
        if not accounts:  # a result has rows: this is cut off, or another text of one line
            raise ValueError
        known = {
            row["name"]: KnownResult(int(row["id"]), row["digest"] or "", row)
            for row in rows
            if row["id"] and row["name"]
        }
    except FileNotFoundError:
        return {}
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except (ValueError, TypeError, KeyError, csv.Error):
        problem = "it is not a result of an import, and is not overwritten"
    else:
        if accounts <= {account}:
            return known
        other = min(accounts - {account}, key=str)
        problem = (
            f"it is of user {other.user} at {other.service}, "
            f"and this import of user {account.user} at {account.service}"
        )
    raise ConfigurationError(f"{file.name} cannot be used for results: {problem}")


def write_results(
    file: Path, rows: list[RowResult], account: Account, known: Mapping[str, KnownResult]
) -> None:
    """Writes the results as CSV or JSON, all or nothing, readable by their owner only.

    Args:
        file: The file.
        rows: The results.
        account: The account whose credentials their ids are.
        known: What the file said before; rows that have no result now are kept, behind the others.

    Raises:
        OSError: The file cannot be written.
    """
    names = {row.name for row in rows}
    lines = [{**asdict(row), "service": account.service, "user": account.user} for row in rows]
    lines += [dict(one.line) for name, one in known.items() if name not in names]
    replace_file(file, (_to_json(lines) if _is_json(file) else _to_csv(lines)).encode())


def _is_json(file: Path) -> bool:
    return file.suffix.lower() == ".json"


def _to_json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, indent=2) + "\n"


def _to_csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    names = [*(attribute.name for attribute in fields(RowResult)), "service", "user"]
    table = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()
