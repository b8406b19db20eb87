"""Warnings about a command or an argument that no source names, which is sent all the same."""

import warnings

from boxapis._sansio.boxtracker.arguments import SealedArguments
from boxapis._sansio.boxtracker.catalogue import COMMANDS
from boxapis._sansio.boxtracker.known_names import closest, unknown_arguments

__all__ = ["UnknownArgumentWarning", "UnknownCommandWarning", "warn_of_unknown_names"]

_CALLER = 3  # the frame that called `command`, seen from `warnings.warn`


class UnknownCommandWarning(UserWarning):
    """A command of Box Tracker that no source names; it counts as changing and is sent once."""


class UnknownArgumentWarning(UserWarning):
    """An argument that no source names for this command of Box Tracker."""


def warn_of_unknown_names(sealed: SealedArguments) -> None:
    """Warns the caller of ``command`` of each name that the tables do not have.

    Args:
        sealed: The command and its arguments. Their values are never shown, and no frame has them
            should the warning be made an error.
    """
    command = sealed.command
    if command is None:
        return  # it is refused
    if command.name not in COMMANDS:
        hint = _hint(closest(command.name, COMMANDS))
        text = f"{command.name[:60]} is not a known command{hint}; it is sent all the same, once"
        warnings.warn(text, UnknownCommandWarning, stacklevel=_CALLER)
        return
    unknown = unknown_arguments(command.name, sealed.names)
    if unknown:
        shown = ", ".join(f"{name!r}{_hint(meant)}" for name, meant in unknown.items())
        text = f"{command.name}: not a known argument, sent all the same: {shown}"
        warnings.warn(text, UnknownArgumentWarning, stacklevel=_CALLER)


def _hint(meant: str | None) -> str:
    return "" if meant is None else f" (did you mean {meant}?)"
