"""The tree of commands."""

from typing import Annotated

import typer

from boxapis import __version__
from boxapis.cli import profile as profiles
from boxapis.cli.boxc import operations, read, request, token, webhooks, write
from boxapis.cli.boxtracker import command, commands, handshake, login
from boxapis.cli.call_options import with_call_options as calls
from boxapis.cli.completion import command as completion
from boxapis.cli.demo import command as demo
from boxapis.cli.doctor import command as doctor
from boxapis.cli.exit_status import STATUSES
from boxapis.cli.imports import command as imports
from boxapis.cli.options import RootProfileOption
from boxapis.cli.sandbox import command as sandbox

__all__ = ["app"]

_ABOUT = f"""Call Box Tracker and BoxC. Settings come from the environment or a profile.

Exit status: {", ".join(f"{status} {meaning}" for status, meaning in STATUSES.items())}.
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


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the signature Typer wants
    if wanted:
        print(f"boxapis {__version__}")
        raise typer.Exit


app = _group(_ABOUT, "Example: boxapis demo")


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    profile: RootProfileOption = None,
) -> None:
    pass


credentials = _group(
    "Manage the carrier credentials stored at BoxC.",
    "Example: boxapis boxc credentials list --json",
)
credentials.command("list", epilog=read.LIST_EXAMPLE)(calls(read.list_credentials))
credentials.command("get", epilog=read.GET_EXAMPLE)(calls(read.get_credential))
credentials.command("create", epilog=write.CREATE_EXAMPLE)(calls(write.create_credential))
credentials.command("update", epilog=write.UPDATE_EXAMPLE)(calls(write.update_credential))
credentials.command("delete", epilog=write.DELETE_EXAMPLE)(calls(write.delete_credential))
credentials.command("carriers", epilog=read.CARRIERS_EXAMPLE)(read.list_carriers)

files = _group(
    "Import carrier credentials from files.",
    "Example: boxapis credentials import secrets.csv --dry-run",
)
files.callback()(lambda: None)  # without it Typer would make the only command the group itself
files.command("import", epilog=imports.EXAMPLE)(imports.import_credentials)

hooks = _group("Try receivers of webhooks.", webhooks.EXAMPLE)
hooks.callback()(lambda: None)  # as above
hooks.command("send", epilog=webhooks.EXAMPLE)(webhooks.send)

boxc = _group("Call BoxC.", "Example: boxapis boxc credentials list")
boxc.add_typer(credentials, name="credentials")
boxc.add_typer(hooks, name="webhooks")
boxc.command("token", epilog=token.EXAMPLE)(token.token)
boxc.command("operations", epilog=operations.EXAMPLE)(operations.operations)
boxc.command("request", epilog=request.EXAMPLE)(calls(request.request))

boxtracker = _group("Call Box Tracker.", "Example: boxapis boxtracker handshake")
boxtracker.command("handshake", epilog=handshake.EXAMPLE)(calls(handshake.handshake))
boxtracker.command("login", epilog=login.LOGIN_EXAMPLE)(calls(login.login))
boxtracker.command("command", epilog=command.EXAMPLE)(calls(command.command))
boxtracker.command("commands", epilog=commands.EXAMPLE)(commands.commands)
boxtracker.command("logout", epilog=login.LOGOUT_EXAMPLE)(calls(login.logout))

profile = _group("Manage profiles: named settings.", "Example: boxapis profile list")
profile.command("add", epilog=profiles.ADD_EXAMPLE)(profiles.add_profile)
profile.command("list", epilog=profiles.LIST_EXAMPLE)(profiles.list_profiles)
profile.command("show", epilog=profiles.SHOW_EXAMPLE)(profiles.show_profile)
profile.command("remove", epilog=profiles.REMOVE_EXAMPLE)(profiles.remove)

app.command("demo", epilog=demo.EXAMPLE)(demo.demo)
app.command("sandbox", epilog=sandbox.EXAMPLE)(sandbox.sandbox)
app.command("doctor", epilog=doctor.EXAMPLE)(doctor.doctor)
app.command("completion", epilog=completion.EXAMPLE)(completion.completion)
app.add_typer(boxtracker, name="boxtracker")
app.add_typer(boxc, name="boxc")
app.add_typer(files, name="credentials")
app.add_typer(profile, name="profile")
