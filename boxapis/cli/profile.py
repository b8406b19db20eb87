"""``boxapis profile``: adds, lists, shows and removes profiles."""

from difflib import get_close_matches
from typing import Annotated

import typer

from boxapis import ConfigurationError
from boxapis._settings.keyring import forget_in_keyring, store_in_keyring
from boxapis._settings.profiles import profile_names, read_profile, refusal
from boxapis._settings.variables import SECRETS, VARIABLES
from boxapis.cli.console import printable
from boxapis.cli.options import JsonOption, suggest_profiles
from boxapis.cli.output.data import for_people, print_data
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
    profile_names()  # so that no secret is asked for when the file cannot be read
    given: dict[str, str] = {}
    asked: list[str] = []
    for place, text in enumerate(variables, start=1):
        key, equals, value = text.partition("=")
        if key not in VARIABLES:
            raise _unknown(key, place)
        if key in given:
            raise ConfigurationError(f"{key} is given twice")
        if not equals and key in SECRETS:
            asked.append(key)
            value = _kept_at(name, key)
        problem = refusal(key, value)
        if problem:
            raise ConfigurationError(problem)
        given[key] = value
    for key in asked:
        store_in_keyring(given[key], key, prompt_secret(key))
    write_profile(name, given)
    print(f"profile {name}: {', '.join(given)}")


def _unknown(key: str, place: int) -> ConfigurationError:
    """The error of a name that is no variable; it may be a secret, and is not shown."""
    near = get_close_matches(key.upper(), VARIABLES, 1)
    hint = f"did you mean {near[0]}?" if near else f"they are {', '.join(sorted(VARIABLES))}"
    return ConfigurationError(f"variable {place} is none of boxapis", next_step=hint)


def _kept_at(profile: str, variable: str) -> str:
    """The reference to a secret that was asked for."""
    return f"keyring:boxapis/{profile}.{variable}"


def list_profiles(*, as_json: JsonOption = False) -> None:
    """List the names of all profiles."""
    names = profile_names()
    if not for_people(as_json=as_json):
        print_data(names, as_json=as_json)
    else:
        print(*map(printable, names), sep="\n", end="\n" if names else "")


def show_profile(name: NameArgument, *, as_json: JsonOption = False) -> None:
    """Show the variables of a profile, and references to its secrets."""
    shown = dict(sorted(read_profile(name).items()))
    if not for_people(as_json=as_json):
        print_data(shown, as_json=as_json)
    else:
        for key, value in shown.items():
            print(f"{key}={printable(value)}")


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
    for key, value in variables.items():
        if value == _kept_at(name, key):
            forget_in_keyring(value, key)
    remove_profile(name)  # last, so that what is left of a failure can be removed, too
    print(f"profile {name} is removed")
