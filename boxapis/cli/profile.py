"""``boxapis profile``: adds, lists, shows and removes profiles."""

import contextlib
from typing import Annotated
from urllib.parse import urlsplit

import typer

from boxapis import ConfigurationError
from boxapis._settings.keyring import forget_in_keyring, store_in_keyring
from boxapis._settings.profiles import profile_names, read_profile, refusal
from boxapis._settings.variables import SECRETS, VARIABLES
from boxapis.cli.console import print_json, printable
from boxapis.cli.options import JsonOption, suggest_profiles
from boxapis.cli.prompts import confirm, prompt_secret

__all__ = [
    "ADD_EXAMPLE",
    "LIST_EXAMPLE",
    "REMOVE_EXAMPLE",
    "SHOW_EXAMPLE",
    "add_profile",
    "list_profiles",
    "remove",
    "show_profile",
]

ADD_EXAMPLE = "Example: boxapis profile add live BOXTRACKER_USERNAME=api BOXTRACKER_PASSWORD"
LIST_EXAMPLE = "Example: boxapis profile list"
SHOW_EXAMPLE = "Example: boxapis profile show live"
REMOVE_EXAMPLE = "Example: boxapis profile remove live"

_KEYRING = "keyring:boxapis/"


def _suggest_variables(context: typer.Context, incomplete: str) -> list[str]:
    given = {word.partition("=")[0] for word in context.params.get("variables") or ()}
    names = [name if name in SECRETS else f"{name}=" for name in sorted(VARIABLES - given)]
    return [name for name in names if name.startswith(incomplete)]


NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", autocompletion=suggest_profiles, help="Name of a profile.")
]


def add_profile(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the profile.")],
    variables: Annotated[
        list[str],
        typer.Argument(
            metavar="VARIABLE[=VALUE]...",
            autocompletion=_suggest_variables,
            help="Variables of the profile, named as in the environment.",
        ),
    ],
) -> None:
    """Add a profile, or change variables of one.

    A secret is given as a reference, as in BOXC_TOKEN=file:~/.secrets/boxc; or by its name alone:
    then it is asked for, and kept in the system's keyring. The profile's file holds no secret.
    """
    from boxapis.cli.profile_file import check_profile_name, write_profile  # noqa: PLC0415

    check_profile_name(name)
    given: dict[str, str] = {}
    asked: list[str] = []
    for variable in variables:
        key, equals, value = variable.partition("=")
        if not equals and key in SECRETS:
            asked.append(key)
            value = f"{_KEYRING}{name}.{key}"
        problem = refusal(key, value)
        if problem:
            raise ConfigurationError(printable(problem))
        given[key] = value
    for key in asked:
        store_in_keyring(given[key], key, prompt_secret(key))
    write_profile(name, given)
    print(f"profile {name}: {', '.join(given)}")


def list_profiles(*, as_json: JsonOption = False) -> None:
    """List the names of all profiles."""
    names = profile_names()
    if as_json:
        print_json(names)
    else:
        print(*map(printable, names), sep="\n", end="\n" if names else "")


def show_profile(name: NameArgument, *, as_json: JsonOption = False) -> None:
    """Show the variables of a profile, and references to its secrets."""
    shown = {key: _without_password(value) for key, value in sorted(read_profile(name).items())}
    if as_json:
        print_json(shown)
    else:
        for key, value in shown.items():
            print(f"{key}={printable(value)}")


def _without_password(value: str) -> str:
    """The value, or a URL without the password in it."""
    with contextlib.suppress(ValueError):
        host = urlsplit(value).netloc
        if "@" in host:
            return value.replace(host, f"[secret]@{host.rpartition('@')[2]}", 1)
        return value
    return "[secret]"


def remove(
    name: NameArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a profile.

    The secrets that 'boxapis profile add' put into the keyring for it are deleted, too.
    """
    from boxapis.cli.profile_file import remove_profile  # noqa: PLC0415 - an optional extra

    variables = read_profile(name)
    if not yes:
        confirm(f"Remove profile {name}?", f"profile {name} was not removed")
    remove_profile(name)
    for key, value in variables.items():
        if value.startswith(f"{_KEYRING}{name}."):
            forget_in_keyring(value, key)
    print(f"profile {name} is removed")
