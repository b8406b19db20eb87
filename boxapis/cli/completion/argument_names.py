"""Argument names of each Box Tracker command, for completion only: any other name is sent, too."""

from collections.abc import Mapping
from types import MappingProxyType

from boxapis._sansio.boxtracker.command_arguments import ARGUMENTS

__all__ = ["ARGUMENT_NAMES"]

ARGUMENT_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {command: tuple(argument.name for argument in rows) for command, rows in ARGUMENTS.items()}
)
"""Argument names by command, in the order in which a form would ask for them."""
