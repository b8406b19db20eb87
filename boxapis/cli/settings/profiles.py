"""Profiles: named sets of the variables, in a TOML file that must hold no secret.

[sandbox]
BOXTRACKER_USERNAME = "sandbox-api"
BOXTRACKER_PASSWORD = "keyring:boxapis/sandbox-api"
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from boxapis import ConfigurationError
from boxapis.cli.settings.folders import configuration_folder
from boxapis.cli.settings.references import KINDS, is_reference

__all__ = ["SECRETS", "VARIABLES", "names", "profiles_file", "read_profile"]

SECRETS = frozenset(
    {"BOXTRACKER_PASSWORD", "BOXTRACKER_CUSTOMER_PASSWORD", "BOXC_TOKEN", "BOXC_CLIENT_SECRET"}
)
"""Variables whose values must not stand in the file."""

VARIABLES = SECRETS | {
    "BOXTRACKER_USERNAME",
    "BOXTRACKER_CUSTOMER_USERNAME",
    "BOXTRACKER_BASE_URL",
    "BOXC_CLIENT_ID",
    "BOXC_BASE_URL",
    "BOXC_ACCOUNTS_URL",
}
"""Every variable that the command line reads for its calls."""


def profiles_file() -> Path:
    """The file of all profiles."""
    return configuration_folder() / "profiles.toml"


def read_profile(name: str) -> Mapping[str, str]:
    """The variables of a profile; those that are references are not looked up yet.

    Raises:
        ConfigurationError: when there is no such profile, or something in it cannot be taken.
    """
    file = profiles_file()
    profile = _read(file).get(name)
    if not isinstance(profile, dict):
        raise ConfigurationError(f"there is no profile {name!r} in {file}")
    for variable, value in profile.items():
        problem = _wrong(variable, value)
        if problem:
            raise ConfigurationError(f"profile {name!r} in {file}: {problem}")
    return MappingProxyType(profile)


def names() -> list[str]:
    """The names of all profiles; none when the file cannot be read."""
    try:
        return sorted(_read(profiles_file()))
    except ConfigurationError:
        return []


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError:  # its text may quote what stands there
        why = "it is not TOML"
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not text in UTF-8"
    raise ConfigurationError(f"the profiles in {file} cannot be read: {why}")


def _wrong(variable: str, value: object) -> str | None:
    if variable not in VARIABLES:
        return f"{variable} is not a variable of boxapis"
    if not isinstance(value, str) or not value:
        return f"{variable} must be a text, and not empty"
    if variable in SECRETS and not is_reference(value):
        return f"{variable} must not stand there in clear; write {KINDS} instead"
    return None
