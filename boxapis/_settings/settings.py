"""Settings of a client: all from the environment, or all from one profile.

The two are never mixed: a password from one must not be sent to an address from the other. Only
``BOXAPIS_ALLOW`` of the environment always counts, because it can but forbid.
"""

import os
from collections.abc import Callable, Mapping

from attrs import field, frozen

from boxapis._settings.references import is_reference, resolve_reference
from boxapis._settings.variables import SECRETS, VARIABLES
from boxapis.errors import ConfigurationError
from boxapis.options import Allow, narrowest
from boxapis.secret import Secret

__all__ = ["Settings", "load_settings"]


@frozen
class Settings:
    """The variables of one source.

    Attributes:
        profile: Name of the profile they come from; None for the environment.
    """

    profile: str | None
    _values: Mapping[str, str] = field(repr=False)
    _ask: Callable[[str], Secret] | None = field(default=None, repr=False)
    _secrets: dict[str, Secret] = field(factory=dict, init=False, repr=False)

    @property
    def source(self) -> str:
        """The source in words, for messages."""
        return "the environment" if self.profile is None else f"profile {self.profile!r}"

    def variables(self) -> list[str]:
        """The names of the variables that are set."""
        return sorted(filter(self.has, VARIABLES))

    def has(self, name: str) -> bool:
        """Whether a variable is set."""
        return bool(self._values.get(name))

    def without(self, name: str) -> "Settings":
        """The same settings, but for a variable; what was asked for is asked for again."""
        values = {key: value for key, value in self._values.items() if key != name}
        return Settings(self.profile, values, self._ask)

    def get(self, name: str) -> Secret | None:
        """The value of a variable, or None; a reference is resolved once.

        Raises:
            ConfigurationError: The reference points to nothing.
        """
        if name not in self._secrets and self.has(name):
            self._secrets[name] = self._resolve(name, self._values[name])
        return self._secrets.get(name)

    def _resolve(self, name: str, value: str) -> Secret:
        if self.profile is not None and is_reference(value):
            return resolve_reference(value, name, self._ask)
        return Secret(value)

    def require(self, *names: str) -> list[Secret]:
        """The values of variables; missing secrets are asked for where that is possible.

        Raises:
            ConfigurationError: Some are missing; the error names them.
        """
        missing = [name for name in names if not self.has(name)]
        if missing and (self._ask is None or not SECRETS.issuperset(missing)):
            raise ConfigurationError(self.how_to_set(*missing))
        for name in missing:
            if self._ask is not None and name not in self._secrets:
                self._secrets[name] = self._ask(name)
        return [value for name in names if (value := self.get(name)) is not None]

    def allow(self, option: object) -> Allow:
        """The narrowest of an option ``allow`` and of ``BOXAPIS_ALLOW`` here and outside.

        Raises:
            ConfigurationError: one of them is none of the three words.
        """
        given = self.get("BOXAPIS_ALLOW")
        outside = os.environ.get("BOXAPIS_ALLOW") or "everything"
        return narrowest(option, outside, outside if given is None else given.reveal())

    def how_to_set(self, *names: str) -> str:
        """Advice on where to set missing variables."""
        if self.profile is None:
            noun = "variables" if len(names) > 1 else "variable"
            return f"set the environment {noun} {' and '.join(names)}"
        return f"set {' and '.join(names)} in {self.source} in {_profiles_file()}"


def load_settings(profile: str | None, ask: Callable[[str], Secret] | None = None) -> Settings:
    """The settings of a profile, or of the environment.

    Args:
        profile: Name of the profile; None for the environment.
        ask: Asks the user for a secret by its name; None where there is no terminal.

    Raises:
        ConfigurationError: The profile does not exist, or holds an invalid value.
    """
    if profile is None:
        return Settings(None, os.environ, ask)
    from boxapis._settings.profiles import read_profile  # noqa: PLC0415 - brings TOML along

    return Settings(profile, read_profile(profile), ask)


def _profiles_file() -> str:
    from boxapis._settings.profiles import profiles_file  # noqa: PLC0415 - as above

    return str(profiles_file())
