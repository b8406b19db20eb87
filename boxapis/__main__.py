"""Entry point of the command line: the script ``boxapis`` and ``python -m boxapis``."""

import sys
from contextlib import suppress

from boxapis._version import __version__
from boxapis.cli.extras import require_extra

__all__ = ["main"]


def main() -> None:
    """Runs the command line and exits with its status."""
    if sys.argv[1:] == ["--version"]:  # at once, without the libraries of the command line
        with suppress(OSError):  # which `run` reports as for every command
            print(f"boxapis {__version__}", flush=True)
            sys.exit(0)
    with require_extra("cli"):
        from boxapis.cli.run import run  # noqa: PLC0415 - fails without the extra
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
