"""Profiles: named sets of variables in a TOML file that must hold no secret in plain text.

[sandbox]
BOXTRACKER_USERNAME = "sandbox-api"
BOXTRACKER_PASSWORD = "keyring:boxapis/sandbox-api"
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from boxapis._settings.folders import configuration_folder
from boxapis._settings.references import REFERENCE_FORMS, is_reference
from boxapis._settings.state_files import read_file
from boxapis._settings.text_files import UnreadableTextError, decode_text
from boxapis._settings.variables import SECRETS, VARIABLES
from boxapis.errors import ConfigurationError

__all__ = ["profile_names", "profiles_file", "read_profile", "refusal"]


def profiles_file() -> Path:
    """Path of the file that holds all profiles."""
    return configuration_folder() / "profiles.toml"


def read_profile(name: str) -> Mapping[str, str]:
    """The variables of a profile; references are not resolved yet.

    Raises:
        ConfigurationError: The profile does not exist, or holds an invalid value.
    """
    file = profiles_file()
    profile = _read(file).get(name)
    if not isinstance(profile, dict):
        raise ConfigurationError(f"there is no profile {name!r} in {file}")
    for variable, value in profile.items():
        problem = refusal(variable, value)
        if problem:
            raise ConfigurationError(f"profile {name!r} in {file}: {problem}")
    return MappingProxyType(profile)


def profile_names() -> list[str]:
    """The names of all profiles.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    return sorted(_read(profiles_file()))


def _read(file: Path) -> dict[str, object]:
    try:
        # Managers of settings link to it; only the owner of the folder can make a link there.
        return tomllib.loads(decode_text(read_file(file, follow_links=True)))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError:  # its text may quote the file
        problem = "it is not TOML"
    except (OSError, UnreadableTextError) as error:
        problem = getattr(error, "strerror", None) or str(error)
    raise ConfigurationError(f"the profiles in {file} cannot be read: {problem}")


def refusal(variable: str, value: object) -> str | None:
    """Why a profile must not hold a variable with this value, without the value; or None."""
    if variable not in VARIABLES:
        return f"{variable} is not a variable of boxapis"
    if not isinstance(value, str) or not value:
        return f"{variable} must be text, and not empty"
    if variable in SECRETS and not is_reference(value):
        return f"{variable} must not be in plain text; write {REFERENCE_FORMS} instead"
    if variable.endswith("_URL") and "@" in value:  # which no client takes
        return f"{variable} must not hold a user or a password"
    if variable == "BOXAPIS_STORE" and value.startswith("redis") and _holds_password(value):
        return f"{variable} must not hold a password in plain text; write {REFERENCE_FORMS} instead"
    return None


def _holds_password(url: str) -> bool:
    return "@" in url or "password" in url
