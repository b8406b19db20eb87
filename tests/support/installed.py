"""Programs and packages that tests need: skipped where one is missing, or failed if required."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

__all__ = ["PATH", "missing", "program"]

PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"))
"""Where programs are looked for: servers lie where root alone looks on some systems."""


def missing(reason: str, *, is_optional: bool = False) -> NoReturn:
    """Skips the test, or fails it where ``BOXAPIS_ZOO=required`` says that all is installed.

    Args:
        reason: What is missing and how to install it.
        is_optional: Whether it may be missing there, too.
    """
    if os.environ.get("BOXAPIS_ZOO") == "required" and not is_optional:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def program(*names: str, install: str, folders: Iterable[str] = ()) -> str:
    """The path of the first of these programs that is installed.

    Args:
        names: Names that the program has.
        install: The command that installs it.
        folders: Patterns of folders beside `PATH`, from the root: of several versions the last.
    """
    more = sorted(
        (str(one) for pattern in folders for one in Path("/").glob(pattern)), reverse=True
    )
    path = os.pathsep.join((PATH, *more))
    for name in names:
        found = shutil.which(name, path=path)
        if found is not None:
            return found
    missing(f"{' or '.join(names)} is not installed: {install}")
