"""Where the platform keeps a program's settings and its state.

Three rules and two variables are no reason to depend on another package for them.
"""

import os
import sys
from pathlib import Path

__all__ = ["configuration_folder", "state_folder"]

_NAME = "boxapis"


def configuration_folder() -> Path:
    """For what the user writes: the profiles. ``XDG_CONFIG_HOME`` counts on every platform."""
    return _folder("XDG_CONFIG_HOME", windows="APPDATA", elsewhere=".config")


def state_folder() -> Path:
    """For what the program keeps: logins. ``XDG_STATE_HOME`` counts on every platform."""
    return _folder("XDG_STATE_HOME", windows="LOCALAPPDATA", elsewhere=".local/state")


def _folder(variable: str, *, windows: str, elsewhere: str) -> Path:
    given = os.environ.get(variable, "")
    if given and Path(given).is_absolute():  # the XDG rules say to pass over a relative one
        return Path(given) / _NAME
    match sys.platform:
        case "win32":
            home = os.environ.get(windows)
            return Path(home) / _NAME if home else Path.home() / "AppData" / "Local" / _NAME
        case "darwin":
            return Path.home() / "Library" / "Application Support" / _NAME
        case _:
            return Path.home() / elsewhere / _NAME
