"""The tree of commands."""

from collections.abc import Callable
from typing import Annotated, Any

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
from boxapis.cli.output.query import answers
from boxapis.cli.sandbox import command as sandbox

__all__ = ["app"]

_Command = Callable[..., Any]

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


def _reads(command: _Command) -> _Command:
    """A command that calls a service and changes nothing there, with the options of all such."""
    return answers(calls(command))


def _changes(command: _Command) -> _Command:
    """A command that may change something at a service, with the same options."""
    return answers(calls(command), changing=True)


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
credentials.command("list", epilog=read.LIST_EXAMPLE)(_reads(read.list_credentials))
credentials.command("get", epilog=read.GET_EXAMPLE)(_reads(read.get_credential))
credentials.command("create", epilog=write.CREATE_EXAMPLE)(_changes(write.create_credential))
credentials.command("update", epilog=write.UPDATE_EXAMPLE)(_changes(write.update_credential))
credentials.command("delete", epilog=write.DELETE_EXAMPLE)(_changes(write.delete_credential))
credentials.command("carriers", epilog=read.CARRIERS_EXAMPLE)(answers(read.list_carriers))

files = _group(
    "Import carrier credentials from files.",
    "Example: boxapis credentials import secrets.csv --dry-run",
)
files.callback()(lambda: None)  # without it Typer would make the only command the group itself
files.command("import", epilog=imports.EXAMPLE)(answers(imports.import_credentials, changing=True))

hooks = _group("Try receivers of webhooks.", webhooks.EXAMPLE)
hooks.callback()(lambda: None)  # as above
hooks.command("send", epilog=webhooks.EXAMPLE)(answers(webhooks.send))

boxc = _group("Call BoxC.", "Example: boxapis boxc credentials list")
boxc.add_typer(credentials, name="credentials")
boxc.add_typer(hooks, name="webhooks")
boxc.command("token", epilog=token.EXAMPLE)(answers(token.token))
boxc.command("operations", epilog=operations.EXAMPLE)(answers(operations.operations))
boxc.command("request", epilog=request.EXAMPLE)(_changes(request.request))

boxtracker = _group("Call Box Tracker.", "Example: boxapis boxtracker handshake")
boxtracker.command("handshake", epilog=handshake.EXAMPLE)(_reads(handshake.handshake))
boxtracker.command("login", epilog=login.LOGIN_EXAMPLE)(_changes(login.login))
boxtracker.command("command", epilog=command.EXAMPLE)(_changes(command.command))
boxtracker.command("commands", epilog=commands.EXAMPLE)(answers(commands.commands))
boxtracker.command("logout", epilog=login.LOGOUT_EXAMPLE)(_changes(login.logout))

profile = _group("Manage profiles: named settings.", "Example: boxapis profile list")
profile.command("add", epilog=profiles.ADD_EXAMPLE)(profiles.add_profile)
profile.command("list", epilog=profiles.LIST_EXAMPLE)(answers(profiles.list_profiles))
profile.command("show", epilog=profiles.SHOW_EXAMPLE)(answers(profiles.show_profile))
profile.command("remove", epilog=profiles.REMOVE_EXAMPLE)(profiles.remove)

app.command("demo", epilog=demo.EXAMPLE)(answers(demo.demo))
app.command("sandbox", epilog=sandbox.EXAMPLE)(sandbox.sandbox)
app.command("doctor", epilog=doctor.EXAMPLE)(answers(doctor.doctor))
app.command("completion", epilog=completion.EXAMPLE)(completion.completion)
app.add_typer(boxtracker, name="boxtracker")
app.add_typer(boxc, name="boxc")
app.add_typer(files, name="credentials")
app.add_typer(profile, name="profile")
