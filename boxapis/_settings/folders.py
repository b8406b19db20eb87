"""The platform's folders for a program's configuration and its state.

Three rules and two variables are too few to depend on another package for them.
"""

import os
import sys
from pathlib import Path

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
    match sys.platform:
        case "win32":
            home = os.environ.get(windows)
            return Path(home) / _NAME if home else Path.home() / "AppData" / "Local" / _NAME
        case "darwin":
            return Path.home() / "Library" / "Application Support" / _NAME
        case _:
            return Path.home() / default / _NAME
