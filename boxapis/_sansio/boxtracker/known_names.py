"""Finds names of commands and arguments that the tables do not have, and the ones that were meant.

It imports nothing later: without a file descriptor left, that would raise an error of its own.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from functools import lru_cache

from boxapis._sansio.boxtracker.catalogue import COMMANDS
from boxapis._sansio.boxtracker.command_arguments import ARGUMENTS

__all__ = ["closest", "not_given", "unknown_arguments"]

_MAX_SHOWN = 60
_OTHER_SPELLINGS = ("customer_id", "mode")  # the client adds the first; the vendor's sends `mode`
_CHECK_BOXES = "chk"  # each report has its own


def unknown_arguments(command: str, names: Iterable[str]) -> dict[str, str | None]:
    """Returns the names that a command's table does not have, each with the closest known one.

    Args:
        command: The command; of one that is not known, nothing is known to be wrong.
        names: The names of the arguments.
    """
    known = _known(command)
    if not known or known.issuperset(names):
        return {}
    is_report = command == "cmdBoxTPortalReportDetails"
    return {
        name[:_MAX_SHOWN]: closest(name, known)
        for name in sorted(set(names) - known)
        if not (is_report and name.startswith(_CHECK_BOXES))
    }


def closest(name: str, known: Iterable[str]) -> str | None:
    """Returns the known name that a misspelt one most likely means; None if none is close.

    Args:
        name: The name as it was given.
        known: The names that may have been meant.
    """
    by_letters = {one.lower(): one for one in known}
    found = get_close_matches(name[:_MAX_SHOWN].lower(), by_letters, n=1, cutoff=0.8)
    return by_letters[found[0]] if found else None


def not_given(command: str, given: AbstractSet[str]) -> tuple[str, ...]:
    """Returns the arguments that a command needs and that were not given.

    Args:
        command: The command.
        given: The names of the arguments that were given and are not empty.

    Returns:
        Those that are required, or that the vendor's client always sends; if none of them is
        missing, those that are needed under a condition, for instance for a card.
    """
    spelt = {name.lower() for name in given}
    missing = [row for row in ARGUMENTS.get(command, ()) if row.name.lower() not in spelt]
    needed = [row.name for row in missing if row.required in ("yes", "always sent")]
    return tuple(needed or [row.name for row in missing if row.required == "conditional"])


@lru_cache(maxsize=len(COMMANDS))
def _known(command: str) -> frozenset[str]:
    if command not in ARGUMENTS:
        return frozenset()
    return frozenset(row.name for row in ARGUMENTS[command]) | set(_OTHER_SPELLINGS)
