"""``boxapis sandbox``: serves the stand-in of both services until it is interrupted."""

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from boxapis.cli.console import complain, on_stderr
from boxapis.cli.extras import extra

if TYPE_CHECKING:
    from boxapis.sandbox import Sandbox

__all__ = ["EXAMPLE", "sandbox"]

EXAMPLE = "Example: boxapis sandbox --port 8000"

_FAILED, _USAGE_ERROR = 1, 2
_HIGHEST_PORT = 65535


def sandbox(
    *,
    port: Annotated[int, typer.Option(min=0, max=_HIGHEST_PORT, help="0 for any free one.")] = 8000,
    host: Annotated[str, typer.Option(help="A loopback address.")] = "127.0.0.1",
) -> None:
    """Run a local stand-in for both services until Ctrl-C.

    Prints the environment variables that lead to it on stdout, ready to copy into another
    terminal. All secrets in them are made up.
    """
    with extra("sandbox"):
        from boxapis.sandbox import Sandbox  # noqa: PLC0415 - an optional extra
    try:
        _serve(Sandbox(port=port, host=host))
    except ValueError as error:
        _give_up(error, _USAGE_ERROR)
    except OSError as error:
        _give_up(error, _FAILED)
    except KeyboardInterrupt:
        pass


def _serve(sandbox: "Sandbox") -> None:
    with sandbox:
        for name, value in sandbox.environment.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        on_stderr().print(f"The sandbox runs on {sandbox.accounts_url}. Ctrl-C ends it.")
        sandbox.wait()


def _give_up(error: OSError | ValueError, status: int) -> None:
    complain(error.strerror or str(error) if isinstance(error, OSError) else str(error))
    raise typer.Exit(status)
