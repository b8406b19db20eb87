"""Suggestions for the tab key: Box Tracker commands and arguments, BoxC carriers and methods."""

from collections.abc import Iterable

import typer

from boxapis import CARRIER_PARAMETERS
from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis.cli.completion.argument_names import ARGUMENT_NAMES

__all__ = [
    "suggest_arguments",
    "suggest_carriers",
    "suggest_commands",
    "suggest_operations",
    "suggest_parameters",
]


def suggest_commands(incomplete: str) -> list[str]:
    """The Box Tracker commands that begin with the text."""
    return [name for name in ARGUMENT_NAMES if name.startswith(incomplete)]


def suggest_arguments(context: typer.Context, incomplete: str) -> list[str]:
    """The arguments of the command on the line that are not given yet."""
    names = ARGUMENT_NAMES.get(context.params.get("name") or "", ())
    return _missing_names(names, context.params.get("arguments"), incomplete)


def suggest_carriers(incomplete: str) -> list[str]:
    """The carriers that begin with the text."""
    return [carrier for carrier in CARRIER_PARAMETERS if carrier.startswith(incomplete)]


def suggest_operations(incomplete: str) -> list[str]:
    """The methods of BoxC that begin with the text."""
    methods = [method for operation in OPERATIONS.values() for method in operation.methods]
    return [method for method in sorted(methods) if method.startswith(incomplete)]


def suggest_parameters(context: typer.Context, incomplete: str) -> list[str]:
    """The parameters of the carrier on the line that are not given yet."""
    names = CARRIER_PARAMETERS.get(context.params.get("carrier") or "", frozenset())
    return _missing_names(sorted(names), context.params.get("params"), incomplete)


def _missing_names(names: Iterable[str], written: object, incomplete: str) -> list[str]:
    words = [str(word) for word in written] if isinstance(written, list | tuple) else []
    if "=" in incomplete or _expects_value(words):
        return []
    given = {word.partition("=")[0] for word in words}
    return [f"{name}=" for name in names if name.startswith(incomplete) and name not in given]


def _expects_value(words: list[str]) -> bool:
    """Whether a value comes next: bash splits ``name=value`` into three words."""
    *before, last = ["", *words]
    return last == "=" or bool(last and before[-1] != "=" and not ("=" in last or last[0] == "@"))
