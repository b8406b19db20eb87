"""Reports a missing optional library as one line instead of a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from boxapis.cli.exit_status import USAGE_ERROR

__all__ = ["require_extra"]


@contextmanager
def require_extra(name: str) -> Iterator[None]:
    """Ends the process with status 2 if an import inside the block fails.

    Args:
        name: The extra of this package that installs the library.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in ("", "boxapis"):
            raise
        print(
            f"boxapis: {library} is not installed: pip install 'boxapis[{name}]'", file=sys.stderr
        )
        sys.exit(USAGE_ERROR)
