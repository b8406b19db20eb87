"""Where a command takes its settings from: all from the environment, or all from one profile.

The two are never mixed: a password of one place must not be sent to an address of the other.
"""

import os
from collections.abc import Mapping
from typing import Annotated

import typer
from attrs import field, frozen

from boxapis import ConfigurationError, Secret
from boxapis.cli.settings.profiles import SECRETS, VARIABLES, names, profiles_file, read_profile
from boxapis.cli.settings.prompts import ask, can_ask
from boxapis.cli.settings.references import is_reference, look_up

__all__ = ["Profile", "RootProfile", "Settings", "load"]


@frozen
class Settings:
    """The variables of one place.

    Attributes:
        profile: The profile they come from; None for the environment.
    """

    profile: str | None
    _values: Mapping[str, str] = field(repr=False)
    _known: dict[str, Secret] = field(factory=dict, init=False, repr=False)

    @property
    def place(self) -> str:
        """Where they come from, in words."""
        return "the environment" if self.profile is None else f"profile {self.profile!r}"

    def names(self) -> list[str]:
        """Which variables are set."""
        return sorted(name for name in VARIABLES if self._values.get(name))

    def has(self, name: str) -> bool:
        """Whether a variable is set."""
        return bool(self._values.get(name))

    def find(self, name: str) -> Secret | None:
        """The value of a variable, looked up once where it is; None when it is not set.

        Raises:
            ConfigurationError: when a reference leads nowhere.
        """
        if name not in self._known and self.has(name):
            self._known[name] = self._looked_up(name, self._values[name])
        return self._known.get(name)

    def _looked_up(self, name: str, value: str) -> Secret:
        if self.profile is not None and is_reference(value):
            return look_up(value, name)
        return Secret(value)

    def need(self, *names: str) -> list[Secret]:
        """The values of variables that must all be there; secrets are asked for at a terminal.

        Raises:
            ConfigurationError: naming those that are missing.
        """
        missing = [name for name in names if not self.has(name)]
        if missing and not (can_ask() and SECRETS.issuperset(missing)):
            raise ConfigurationError(self.lack(*missing))
        self._known.update({name: ask(name) for name in missing if name not in self._known})
        return [value for name in names if (value := self.find(name)) is not None]

    def lack(self, *names: str) -> str:
        """What to do about variables that are not set."""
        if self.profile is None:
            return f"set the environment variable {' and '.join(names)}"
        return f"give {' and '.join(names)} in {self.place} in {profiles_file()}"


def load(profile: str | None) -> Settings:
    """The settings of a profile, or of the environment.

    Raises:
        ConfigurationError: when the profile is not there, or something in it cannot be taken.
    """
    return Settings(profile, os.environ if profile is None else read_profile(profile))


def _suggested(incomplete: str) -> list[str]:
    return [name for name in names() if name.startswith(incomplete)]


def _chosen(context: typer.Context, value: str | None) -> str | None:
    """The profile named for this command, or else before it."""
    return value or context.find_root().params.get("profile")


RootProfile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        envvar="BOXAPIS_PROFILE",
        show_envvar=False,
        autocompletion=_suggested,
        help="Settings from profiles.toml; or BOXAPIS_PROFILE.",
    ),
]

Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        callback=_chosen,
        autocompletion=_suggested,
        help="Settings from profiles.toml.",
    ),
]
