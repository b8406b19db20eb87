"""The platform's folders for a program's configuration and its state.

Three rules and two variables are too few to depend on another package for them.
"""

import os
import sys
from pathlib import Path

from boxapis.errors import ConfigurationError

__all__ = ["configuration_folder", "state_folder"]

_NAME = "boxapis"


def configuration_folder() -> Path:
    """Folder of the profiles. ``XDG_CONFIG_HOME`` overrides it on every platform."""
    return _folder("XDG_CONFIG_HOME", windows="APPDATA", default=".config")


def state_folder() -> Path:
    """Folder of the saved logins. ``XDG_STATE_HOME`` overrides it on every platform."""
    return _folder("XDG_STATE_HOME", windows="LOCALAPPDATA", default=".local/state")


def _folder(variable: str, *, windows: str, default: str) -> Path:
    given = os.environ.get(variable, "")
    if given and Path(given).is_absolute():  # the XDG rules ignore a relative path
        return Path(given) / _NAME
    if sys.platform == "win32" and (folder := os.environ.get(windows)):
        return Path(folder) / _NAME
    try:
        home = Path.home()
    except RuntimeError:  # of a user whom the system does not know, as in some containers
        message = f"there is no home folder: set {variable} to an absolute path"
        raise ConfigurationError(message) from None
    match sys.platform:
        case "win32":
            return home / "AppData" / "Local" / _NAME
        case "darwin":
            return home / "Library" / "Application Support" / _NAME
        case _:
            return home / default / _NAME
