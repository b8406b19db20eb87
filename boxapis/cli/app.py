"""The tree of commands."""

from typing import Annotated

import typer

from boxapis import __version__
from boxapis.cli import sandbox as _sandbox
from boxapis.cli.boxc import carriers as _boxc_carriers
from boxapis.cli.boxc import read as _boxc
from boxapis.cli.boxc import request as _boxc_request
from boxapis.cli.boxc import token as _boxc_token
from boxapis.cli.boxc import write as _boxc_changes
from boxapis.cli.boxtracker import command as _boxtracker_command
from boxapis.cli.boxtracker import handshake as _boxtracker
from boxapis.cli.boxtracker import login as _boxtracker_login
from boxapis.cli.completion import command as _completion
from boxapis.cli.demo import command as _demo_command
from boxapis.cli.doctor import command as _doctor
from boxapis.cli.imports import command as _import_command
from boxapis.cli.settings.settings import RootProfile

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
    profile: RootProfile = None,
) -> None:
    pass


credentials = _group(
    "Carrier credentials kept by BoxC.", "Example: boxapis boxc credentials list --json"
)
credentials.command("list", epilog=_boxc.EXAMPLE)(_boxc.list_credentials)
credentials.command("get", epilog=_boxc.GET_EXAMPLE)(_boxc.get_credential)
credentials.command("create", epilog=_boxc_changes.CREATE_EXAMPLE)(_boxc_changes.create_credential)
credentials.command("update", epilog=_boxc_changes.UPDATE_EXAMPLE)(_boxc_changes.update_credential)
credentials.command("delete", epilog=_boxc_changes.DELETE_EXAMPLE)(_boxc_changes.delete_credential)
credentials.command("carriers", epilog=_boxc_carriers.EXAMPLE)(_boxc_carriers.list_carriers)

files = _group(
    "Files of carrier credentials.", "Example: boxapis credentials import secrets.csv --dry-run"
)
files.callback()(lambda: None)  # or Typer would make the only command the group itself
files.command("import", epilog=_import_command.EXAMPLE)(_import_command.import_credentials)

boxc = _group("Calls to BoxC.", "Example: boxapis boxc credentials list")
boxc.add_typer(credentials, name="credentials")
boxc.command("token", epilog=_boxc_token.EXAMPLE)(_boxc_token.token)
boxc.command("request", epilog=_boxc_request.EXAMPLE)(_boxc_request.request)

boxtracker = _group("Calls to Box Tracker.", "Example: boxapis boxtracker handshake")
boxtracker.command("handshake", epilog=_boxtracker.EXAMPLE)(_boxtracker.handshake)
boxtracker.command("login", epilog=_boxtracker_login.LOGIN_EXAMPLE)(_boxtracker_login.login)
boxtracker.command("command", epilog=_boxtracker_command.EXAMPLE)(_boxtracker_command.command)
boxtracker.command("logout", epilog=_boxtracker_login.LOGOUT_EXAMPLE)(_boxtracker_login.logout)

app.command("demo", epilog=_demo_command.EXAMPLE)(_demo_command.demo)
app.command("sandbox", epilog=_sandbox.EXAMPLE)(_sandbox.sandbox)
app.command("doctor", epilog=_doctor.EXAMPLE)(_doctor.doctor)
app.command("completion", epilog=_completion.EXAMPLE)(_completion.completion)
app.add_typer(boxtracker, name="boxtracker")
app.add_typer(boxc, name="boxc")
app.add_typer(files, name="credentials")
