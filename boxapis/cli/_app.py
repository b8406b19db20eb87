"""The tree of commands."""

from typing import Annotated

import typer

from boxapis import __version__
from boxapis.cli import _boxc, _boxtracker, _demo_command, _sandbox

__all__ = ["app"]

_ABOUT = """Box Tracker and BoxC from the command line.

Addresses, user names and secrets come from the environment, never from arguments: 'boxapis
sandbox' prints every variable, ready to copy.
"""


def _group(text: str, example: str) -> typer.Typer:
    return typer.Typer(
        help=text,
        epilog=example,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer's form of a callback
    if wanted:
        print(f"boxapis {__version__}")
        raise typer.Exit


app = _group(_ABOUT, "Example: boxapis demo")


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show it and exit."),
    ] = False,
) -> None:
    pass


credentials = _group(
    "Carrier credentials kept by BoxC.", "Example: boxapis boxc credentials list --json"
)
credentials.command("list", epilog=_boxc.EXAMPLE)(_boxc.list_credentials)

boxc = _group("Calls to BoxC.", "Example: boxapis boxc credentials list")
boxc.add_typer(credentials, name="credentials")

boxtracker = _group("Calls to Box Tracker.", "Example: boxapis boxtracker handshake")
boxtracker.callback()(lambda: None)  # or Typer would make the only command the group itself
boxtracker.command("handshake", epilog=_boxtracker.EXAMPLE)(_boxtracker.handshake)

app.command("demo", epilog=_demo_command.EXAMPLE)(_demo_command.demo)
app.command("sandbox", epilog=_sandbox.EXAMPLE)(_sandbox.sandbox)
app.add_typer(boxtracker, name="boxtracker")
app.add_typer(boxc, name="boxc")
