"""What an import is going to do with each row: create, update, or nothing."""

from collections.abc import Mapping
from typing import Literal

from attrs import frozen

from boxapis.batch import Entry
from boxapis.cli.imports.rows import Checked, Remark, Row

__all__ = ["Action", "Plan", "Step", "made_plan"]

Action = Literal["create", "update", "skip", "look up"]
"""``skip``: an earlier run has done it; ``look up``: it may have created it, and nobody knows."""

_NEW = Entry()


@frozen
class Step:
    """One row and what becomes of it; with ``id`` once a credential is known for it."""

    row: Row
    action: Action
    id: int | None


@frozen
class Plan:
    """All of it.

    Attributes:
        steps: Every row that can be sent, in the order of the file.
        problems: Of rows that cannot.
        doubts: Of rows that are sent all the same.
        again: Whether it is a new round, because the last one is complete or the user asks for it.
    """

    steps: list[Step]
    problems: list[Remark]
    doubts: list[Remark]
    again: bool


def made_plan(
    checked: Checked,
    entries: Mapping[str, Entry],
    results: Mapping[str, int],
    *,
    again: bool,
    repeat_unknown: bool,
) -> Plan:
    """Looks for an id of each row in the file, in the journal, in the result file, in this order.

    Args:
        checked: The manifest.
        entries: The journal's.
        results: Ids by name, of a result file.
        again: Whether to do once more what is done.
        repeat_unknown: Whether to create once more what may have been created.
    """
    known = [entries.get(row.key, _NEW) for row in checked.rows]
    complete = not checked.problems and all(entry.status == "done" for entry in known)
    again = again or complete
    steps: list[Step] = []
    problems = list(checked.problems)
    taken: dict[int, str] = {}
    for row, entry in zip(checked.rows, known, strict=True):
        number = row.id or _kept(entry) or results.get(row.key)
        if number is not None and number in taken:
            problems.append(Remark(row.where, f"{taken[number]} has id {number}, too"))
            continue
        if number is not None:
            taken[number] = row.where
        steps.append(Step(row, _action(entry, number, again, repeat_unknown), number))
    return Plan(steps, problems, checked.doubts, again)


def _kept(entry: Entry) -> int | None:
    match entry.summary:
        case {"id": int(number)}:
            return number
        case _:
            return None


def _action(entry: Entry, number: int | None, again: bool, repeat: bool) -> Action:  # noqa: FBT001
    if entry.status == "done" and not again:
        return "skip"
    if number is not None:
        return "update"
    return "look up" if entry.status == "unknown" and not repeat else "create"
