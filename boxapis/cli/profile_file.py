"""Changes of the file of profiles, one at a time, which keep its comments and order."""

import re
from collections.abc import Callable
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from boxapis import ConfigurationError
from boxapis._settings.profiles import profiles_file
from boxapis._settings.state_files import file_lock, read_file, replace_file

__all__ = ["check_profile_name", "remove_profile", "write_profile"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


def check_profile_name(name: str) -> None:
    """Refuses a name that is hard to type.

    Raises:
        ConfigurationError: It is not made of 1 to 64 letters, digits, dots, hyphens, underscores.
    """
    if not _NAME.fullmatch(name):
        message = "the name of a profile has up to 64 letters, digits, '.', '-' and '_'"
        raise ConfigurationError(message)


def write_profile(name: str, variables: dict[str, str]) -> None:
    """Adds a profile, or variables to one; what has the same name is replaced.

    Raises:
        ConfigurationError: The file cannot be read or written.
    """

    def change(document: tomlkit.TOMLDocument) -> None:
        profile = document.get(name)
        if not isinstance(profile, dict):
            profile = document[name] = tomlkit.table()
        profile.update(variables)

    _change(change)


def remove_profile(name: str) -> None:
    """Removes a profile that exists.

    Raises:
        ConfigurationError: The file cannot be read or written.
    """
    _change(lambda document: document.pop(name))


def _change(change: Callable[[tomlkit.TOMLDocument], object]) -> None:
    file = profiles_file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(file.with_suffix(".lock")):
            # Managers of settings link to it: what the link points to is replaced, not the link.
            target = Path(file.resolve())
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                text = read_file(target, follow_links=True).decode("utf-8-sig")
            except FileNotFoundError:
                text = ""
            document = tomlkit.parse(text)
            change(document)
            replace_file(target, tomlkit.dumps(document).encode())
        return
    except TOMLKitError:  # its text may quote the file
        problem = "it is not TOML"
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or "it is not text in UTF-8"
    raise ConfigurationError(f"the profiles in {file} cannot be changed: {problem}")
