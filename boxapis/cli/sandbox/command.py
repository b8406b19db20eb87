"""``boxapis sandbox``: serves the stand-in of both services, or runs a command with it."""

import shlex
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boxapis.cli.completion.suggestions import suggest_files
from boxapis.cli.console import print_error, stderr_console
from boxapis.cli.exit_status import FAILED, USAGE_ERROR
from boxapis.cli.extras import require_extra
from boxapis.cli.sandbox.child import run_child
from boxapis.cli.sandbox.faults import inject
from boxapis.cli.sandbox.profile import write_sandbox_profile
from boxapis.cli.sandbox.requests import show_requests

if TYPE_CHECKING:
    from boxapis.sandbox import Sandbox

__all__ = ["EXAMPLE", "sandbox"]

EXAMPLE = "Example: boxapis sandbox -- pytest tests"

_MAX_PORT = 65535


def sandbox(
    command: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="-- COMMAND",
            autocompletion=suggest_files,
            help="Run it with the variables, then stop.",
        ),
    ] = None,
    *,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=_MAX_PORT, metavar="PORT", help="0 takes any.", show_default="8000, or any"
        ),
    ] = None,
    host: Annotated[str, typer.Option(metavar="HOST", help="Loopback address.")] = "127.0.0.1",
    dialect: Annotated[
        Literal["documented", "observed", "both"],
        typer.Option(metavar="NAME", help="Form of responses: documented, observed or both."),
    ] = "both",
    fault: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[:OPERATION[:TIMES]]", help="What goes wrong."),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="Write a profile that leads to it.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show each request.")] = False,
) -> None:
    """Run a local stand-in for both services.

    Prints the variables that lead to it; their secrets are made up. With a COMMAND it sets them
    for that command, and ends with it and with its exit status.
    """
    with require_extra("sandbox"):
        from boxapis.sandbox import Sandbox  # noqa: PLC0415 - an optional extra
    try:
        default = 0 if command else 8000
        served = Sandbox(port=default if port is None else port, host=host, dialect=dialect)
        for text in fault or ():
            inject(served, text)
        if verbose:
            show_requests(served)
        with served:
            if profile is not None:
                write_sandbox_profile(profile, served.environment)
            status = run_child(command, served.environment) if command else _serve(served)
    except ValueError as error:
        print_error(str(error))
        raise typer.Exit(USAGE_ERROR) from None
    except OSError as error:
        print_error(error.strerror or str(error))
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        return
    if status:
        raise typer.Exit(status)


def _serve(sandbox: "Sandbox") -> int:
    for name, value in sandbox.environment.items():
        print(f"export {name}={shlex.quote(value)}", flush=True)
    stderr_console().print(f"The sandbox runs on {sandbox.accounts_url}. Press Ctrl-C to stop it.")
    sandbox.wait()
    return 0
