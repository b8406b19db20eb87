"""Entry point of the command line: the script ``boxapis`` and ``python -m boxapis``."""

import sys

from boxapis.cli.extras import require_extra

__all__ = ["main"]


def main() -> None:
    """Runs the command line and exits with its status."""
    with require_extra("cli"):
        from boxapis.cli.run import run  # noqa: PLC0415 - fails without the extra
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
