"""Options shared by several commands."""

import contextlib
from enum import StrEnum
from typing import Annotated

import typer

from boxapis import ConfigurationError
from boxapis._settings.profiles import profile_names

__all__ = [
    "JsonOption",
    "Method",
    "MethodOption",
    "ProfileOption",
    "RootProfileOption",
    "suggest_profiles",
]


class Method(StrEnum):
    """HTTP method that carries Box Tracker commands."""

    GET = "GET"
    POST = "POST"


def suggest_profiles(incomplete: str) -> list[str]:
    """The profiles that begin with the text; none when their file cannot be read."""
    with contextlib.suppress(ConfigurationError):
        return [name for name in profile_names() if name.startswith(incomplete)]
    return []


def _choose_profile(context: typer.Context, value: str | None) -> str | None:
    """The profile given to this command, or else to the program."""
    return value or context.find_root().params.get("profile")


JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

MethodOption = Annotated[
    Method,
    typer.Option(
        case_sensitive=False,
        metavar="GET|POST",
        help="POST keeps secrets out of URLs.",
    ),
]

RootProfileOption = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        envvar="BOXAPIS_PROFILE",
        show_envvar=False,
        autocompletion=suggest_profiles,
        help="Profile in profiles.toml; default: $BOXAPIS_PROFILE.",
    ),
]

ProfileOption = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        callback=_choose_profile,
        autocompletion=suggest_profiles,
        help="Profile in profiles.toml to use.",
    ),
]
