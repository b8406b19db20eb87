"""Plans an import: whether each row creates a credential, updates one, or is not sent."""

from collections.abc import Mapping
from typing import Literal

from attrs import frozen

from boxapis.batch import JournalEntry
from boxapis.cli.imports.rows import CheckedManifest, Row, RowIssue

__all__ = ["ImportPlan", "PlannedRow", "RowAction", "make_plan"]

RowAction = Literal["create", "update", "skip", "look up"]
"""``skip``: an earlier run did it; ``look up``: the user must see whether an earlier run did."""

_NEW = JournalEntry()


@frozen
class PlannedRow:
    """A row, its action, and the id of its credential if that is known."""

    row: Row
    action: RowAction
    id: int | None


@frozen
class ImportPlan:
    """The plan of an import.

    Attributes:
        rows: Every row that can be sent, in the order of the file.
        problems: Why the other rows cannot be sent.
        warnings: What is unusual about rows that are sent all the same.
        again: Whether rows that are done are sent again, because all are or the user asks for it.
    """

    rows: list[PlannedRow]
    problems: list[RowIssue]
    warnings: list[RowIssue]
    again: bool


def make_plan(
    checked: CheckedManifest,
    entries: Mapping[str, JournalEntry],
    results: Mapping[str, int],
    *,
    again: bool,
    repeat_unknown: bool,
) -> ImportPlan:
    """Looks up the id of each row: in the manifest, then the journal, then the result file.

    Args:
        checked: The manifest.
        entries: Journal entries by name.
        results: Ids by name, from a result file.
        again: Whether to send rows that are done.
        repeat_unknown: Whether to create again what an earlier run may have created.
    """
    known = [entries.get(row.key, _NEW) for row in checked.rows]
    complete = not checked.problems and all(entry.status == "done" for entry in known)
    again = again or complete
    rows: list[PlannedRow] = []
    problems = list(checked.problems)
    places: dict[int, str] = {}
    for row, entry in zip(checked.rows, known, strict=True):
        number = row.id or _journaled_id(entry) or results.get(row.key)
        if number is not None and number in places:
            problems.append(RowIssue(row.place, f"{places[number]} also has id {number}"))
            continue
        if number is not None:
            places[number] = row.place
        rows.append(PlannedRow(row, _action(entry, number, again, repeat_unknown), number))
    return ImportPlan(rows, problems, checked.warnings, again)


def _journaled_id(entry: JournalEntry) -> int | None:
    match entry.summary:
        case {"id": int(number)}:
            return number
        case _:
            return None


def _action(entry: JournalEntry, number: int | None, again: bool, repeat: bool) -> RowAction:  # noqa: FBT001
    if entry.status == "done" and not again:
        return "skip"
    if number is not None:
        return "update"
    return "look up" if entry.status == "unknown" and not repeat else "create"
