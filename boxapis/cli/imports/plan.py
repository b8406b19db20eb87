"""Plans an import: whether each row creates a credential, updates one, or is not sent, and why."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from attrs import field, frozen

from boxapis.batch import JournalEntry
from boxapis.cli.imports.rows import CheckedManifest, Row, RowIssue

__all__ = ["Finding", "ImportPlan", "KnownResult", "Past", "PlannedRow", "RowAction", "make_plan"]

RowAction = Literal["create", "update", "skip", "look up"]
"""``skip``: it is stored already; ``look up``: the user must see whether an earlier run did it."""

_NEW = JournalEntry()
_OVERTAKEN = "unchanged, but another import has sent other values since"


@frozen
class KnownResult:
    """What a result file says of a row: its credential, and the digest that was stored, if any.

    ``line`` is the whole line by column, to be kept where an import says nothing of the row.
    """

    id: int
    digest: str
    line: Mapping[str, Any] = field(factory=dict)


@frozen
class Finding:
    """What a look-up found of a creation whose outcome was unknown.

    Attributes:
        action: ``"create"``: it was not carried out; ``"update"``: it was; else ``"look up"``.
        reason: Why.
        id: The credential, if one is to be updated.
    """

    action: RowAction
    reason: str
    id: int | None = None


@frozen
class Past:
    """What earlier runs left.

    Attributes:
        entries: Journal entries by name.
        results: What the result file says, by name.
        last_sent: The digest of what any import last sent, by id; only updates are known.
        digest: Returns the digest of what is sent for a row.
    """

    entries: Mapping[str, JournalEntry] = field(factory=dict)
    results: Mapping[str, KnownResult] = field(factory=dict)
    last_sent: Mapping[int, str] = field(factory=dict)
    digest: Callable[[Row], str] = lambda _: ""

    def id_of(self, row: Row) -> int | None:
        """The id of a row's credential: from the manifest, the journal, or the result file."""
        match self.entries.get(row.key, _NEW).summary:
            case {"id": int(number)}:
                journaled: int | None = number
            case _:
                journaled = None
        known = self.results.get(row.key)
        return row.id or journaled or (known.id if known else None)

    def sent_digest(self, row: Row) -> str | None:
        """The digest of what a row's journal entry says was sent, or None."""
        return (self.entries.get(row.key, _NEW).version or "").partition(" ")[0] or None

    def known_ids(self, checked: CheckedManifest) -> set[int]:
        """Every id that belongs to a row of this or an earlier manifest."""
        summaries = (entry.summary for entry in self.entries.values())
        return {
            *(row.id for row in checked.rows if row.id is not None),
            *(one["id"] for one in summaries if isinstance(one, dict) and "id" in one),
            *(known.id for known in self.results.values()),
        }

    def renamed(self, checked: CheckedManifest) -> dict[str, str]:
        """What was stored under names that the manifest has no more, by digest, in words."""
        names = {row.key for row in checked.rows}
        return {
            entry.version.partition(" ")[0]: f"{entry.summary['id']}, under the name {name!r}"
            for name, entry in self.entries.items()
            if name not in names and entry.status == "done" and entry.version
            if isinstance(entry.summary, dict) and "id" in entry.summary
        }

    def unknown_creations(self, checked: CheckedManifest) -> dict[str, Row]:
        """Rows, by name, whose credential an earlier run may have created under no known id."""
        return {
            row.key: row
            for row in checked.rows
            if self.entries.get(row.key, _NEW).status == "unknown" and self.id_of(row) is None
        }


@frozen
class PlannedRow:
    """A row and what is done with it.

    Attributes:
        row: The row.
        action: What is done.
        reason: Why.
        id: The id of its credential, if it is known.
        digest: The digest of what is sent.
        version: The digest as the journal records it; with a number behind it where the journal
            has it already, so that the row is sent.
    """

    row: Row
    action: RowAction
    reason: str
    id: int | None
    digest: str
    version: str


@frozen
class ImportPlan:
    """The plan of an import.

    Attributes:
        rows: Every row that can be sent or is skipped, in the order of the file.
        problems: Why the other rows cannot be sent.
        warnings: What is unusual about rows that are sent all the same.
    """

    rows: list[PlannedRow]
    problems: list[RowIssue]
    warnings: list[RowIssue]

    @property
    def begun(self) -> list[PlannedRow]:
        """The rows that are not skipped."""
        return [planned for planned in self.rows if planned.action != "skip"]


def make_plan(
    checked: CheckedManifest,
    past: Past,
    findings: Mapping[str, Finding],
    *,
    again: bool,
    repeat_unknown: bool,
) -> ImportPlan:
    """Decides what is done with each row.

    Args:
        checked: The manifest.
        past: What earlier runs left.
        findings: What was found of the creations whose outcome was unknown, by name.
        again: Whether to send rows that are done.
        repeat_unknown: Whether to create again what an earlier run may have created.
    """
    rows: list[PlannedRow] = []
    problems = list(checked.problems)
    places: dict[int, str] = {}
    renamed = past.renamed(checked)
    for row in checked.rows:
        digest, number = past.digest(row), past.id_of(row)
        entry, finding = past.entries.get(row.key, _NEW), findings.get(row.key)
        if finding is None or repeat_unknown:
            action, reason = _decide(row, number, digest, past, again=again)
        else:
            action, reason, number = finding.action, finding.reason, finding.id
        if action == "create" and not entry.attempts and digest in renamed:
            text = f"it is stored as {renamed[digest]}: put the id into the row"
            problems.append(RowIssue(row.place, text))
            continue
        if number is not None and number in places:
            problems.append(RowIssue(row.place, f"{places[number]} also has id {number}"))
            continue
        if number is not None:
            places[number] = row.place
        version = f"{digest} {entry.attempts}" if reason == _OVERTAKEN else digest
        rows.append(PlannedRow(row, action, reason, number, digest, version))
    return ImportPlan(rows, problems, checked.warnings)


def _decide(
    row: Row, number: int | None, digest: str, past: Past, *, again: bool
) -> tuple[RowAction, str]:
    """The action for a row, and the reason."""
    action: RowAction = "create" if number is None else "update"
    entry, known = past.entries.get(row.key, _NEW), past.results.get(row.key)
    stored = past.sent_digest(row) if entry.attempts else known and known.digest
    if entry.status == "done" or (not entry.attempts and known and known.digest):
        last = digest if number is None else past.last_sent.get(number, digest)
        if stored == digest != last:
            return action, _OVERTAKEN
        if stored == digest and not again:
            return "skip", "unchanged"
        return action, "unchanged, sent again on request" if stored == digest else "changed"
    if entry.status == "failed":
        return action, "it failed before"
    if entry.status == "unknown":
        return action, "its outcome was unknown" + ("" if number else ", repeated on request")
    if entry.attempts:
        return action, "not sent again yet"
    return action, "new"
