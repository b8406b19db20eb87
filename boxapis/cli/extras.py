"""One clear line instead of a traceback when an optional library is not installed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["extra"]

_USAGE_ERROR = 2


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Around an import: ends the process with status 2 when a library of an extra is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in ("", "boxapis"):
            raise
        print(
            f"boxapis: {library} is not installed: pip install 'boxapis[{name}]'", file=sys.stderr
        )
        sys.exit(_USAGE_ERROR)
