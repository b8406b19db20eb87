"""The console script ``boxapis``, also as ``python -m boxapis``."""

import sys

from boxapis.cli.extras import require_extra

__all__ = ["main"]


def main() -> None:
    """Runs the command line and ends the process with its exit status."""
    with require_extra("cli"):
        from boxapis.cli.run import run  # noqa: PLC0415 - without the extra it cannot be imported
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
