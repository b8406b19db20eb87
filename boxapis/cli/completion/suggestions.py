"""What the shell suggests at the tab key: names of commands, of their arguments, of carriers."""

import typer

from boxapis import CARRIER_PARAMETERS
from boxapis.cli.completion.argument_names import ARGUMENT_NAMES

__all__ = ["suggest_arguments", "suggest_carriers", "suggest_commands", "suggest_parameters"]


def suggest_commands(incomplete: str) -> list[str]:
    """Every command of Box Tracker that begins so."""
    return [name for name in ARGUMENT_NAMES if name.startswith(incomplete)]


def suggest_arguments(context: typer.Context, incomplete: str) -> list[str]:
    """The arguments of the command that is being written, but for those that are there."""
    names = ARGUMENT_NAMES.get(context.params.get("name") or "", ())
    return _unwritten(names, context.params.get("arguments"), incomplete)


def suggest_carriers(incomplete: str) -> list[str]:
    """Every carrier that begins so."""
    return [carrier for carrier in CARRIER_PARAMETERS if carrier.startswith(incomplete)]


def suggest_parameters(context: typer.Context, incomplete: str) -> list[str]:
    """The parameters of the carrier that is being written."""
    names = CARRIER_PARAMETERS.get(context.params.get("carrier") or "", frozenset())
    return _unwritten(sorted(names), context.params.get("params"), incomplete)


def _unwritten(names: "tuple[str, ...] | list[str]", written: object, incomplete: str) -> list[str]:
    words = [str(word) for word in written] if isinstance(written, list | tuple) else []
    if "=" in incomplete or _wants_value(words):
        return []
    there = {word.partition("=")[0] for word in words}
    return [f"{name}=" for name in names if name.startswith(incomplete) and name not in there]


def _wants_value(words: list[str]) -> bool:
    """Whether a value comes next: bash makes three words of ``name=value``."""
    *before, last = ["", *words]
    return last == "=" or bool(last and before[-1] != "=" and not ("=" in last or last[0] == "@"))
