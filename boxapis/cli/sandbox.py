"""``boxapis sandbox``: serves the stand-in of both services until it is interrupted."""

import shlex
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boxapis.cli.console import print_error, stderr_console
from boxapis.cli.exit_status import FAILED, USAGE_ERROR
from boxapis.cli.extras import require_extra

if TYPE_CHECKING:
    from boxapis.sandbox import Sandbox

__all__ = ["EXAMPLE", "sandbox"]

EXAMPLE = "Example: boxapis sandbox --port 8000"

_MAX_PORT = 65535


def sandbox(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=_MAX_PORT, help="Port to listen on; 0 takes any free one.")
    ] = 8000,
    host: Annotated[str, typer.Option(help="Loopback address to listen on.")] = "127.0.0.1",
    dialect: Annotated[
        Literal["documented", "observed", "both"],
        typer.Option(
            help="Form of Box Tracker's responses; 'observed' as its own clients read it."
        ),
    ] = "both",
) -> None:
    """Run a local stand-in for both services until Ctrl-C.

    Prints the environment variables that point to it on stdout, ready to copy into another
    terminal. All secrets in them are made up.
    """
    with require_extra("sandbox"):
        from boxapis.sandbox import Sandbox  # noqa: PLC0415 - an optional extra
    try:
        _serve(Sandbox(port=port, host=host, dialect=dialect))
    except ValueError as error:
        print_error(str(error))
        raise typer.Exit(USAGE_ERROR) from None
    except OSError as error:
        print_error(error.strerror or str(error))
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        pass


def _serve(sandbox: "Sandbox") -> None:
    with sandbox:
        for name, value in sandbox.environment.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        stderr_console().print(
            f"The sandbox runs on {sandbox.accounts_url}. Press Ctrl-C to stop it."
        )
        sandbox.wait()
