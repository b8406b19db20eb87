"""``boxapis boxtracker command``: runs any Box Tracker command as the current customer."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boxapis._sansio.boxtracker.catalogue import COMMANDS, Command, lookup
from boxapis._sansio.sensitive import mask_sensitive
from boxapis._settings.settings import Settings
from boxapis.cli.arguments import parse_arguments
from boxapis.cli.boxtracker.current_customer import CurrentCustomer
from boxapis.cli.boxtracker.login import end_session
from boxapis.cli.boxtracker.login_store import LoginStore
from boxapis.cli.boxtracker.response_table import print_response
from boxapis.cli.catalogue import find
from boxapis.cli.clients import boxtracker_client, command_settings, run_call
from boxapis.cli.completion.suggestions import suggest_arguments, suggest_commands
from boxapis.cli.console import print_warning, stdout_console
from boxapis.cli.options import JsonOption, Method, MethodOption, ProfileOption
from boxapis.cli.output.data import for_people, print_data
from boxapis.secret import is_sensitive

if TYPE_CHECKING:
    from boxapis import BoxTracker, Customer

__all__ = ["EXAMPLE", "command"]

EXAMPLE = "Example: boxapis boxtracker command cmdBoxTPortalJobsiteList offset=0"

_LOG_OUT = "cmdBoxTPortalCustomerLogOut"

_Body = Mapping[str, Any]


def command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            autocompletion=suggest_commands,
            show_default=False,
            help="Name of the command.",
        ),
    ],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME=VALUE", autocompletion=suggest_arguments, help="Arguments of the command."
        ),
    ] = None,
    *,
    method: MethodOption = Method.GET,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """Run a command of the portal or of the web API.

    User names, keys and customer_id are added for you. @FILE, or @- for stdin, adds arguments
    from a JSON object. Card data are references: NAME=env:NAME, NAME=file:PATH,
    NAME=keyring:SERVICE/NAME or NAME=prompt:. Portal commands run in the session of 'boxapis
    boxtracker login', or else as the customer of BOXTRACKER_CUSTOMER_USERNAME and
    BOXTRACKER_CUSTOMER_PASSWORD.
    """
    row = lookup(name) or find(name, COMMANDS, "command", "boxapis boxtracker commands")
    settings = command_settings(profile)
    given = parse_arguments(arguments or [], is_secret=is_sensitive)
    with _warnings_as_lines():
        body = _run(row, given, settings, method)
    if for_people(as_json=as_json):
        print_response(stdout_console(), body)
    else:
        shown = body if as_json else mask_sensitive(dict(body))
        print_data(shown, as_json=as_json)


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Prints warnings of unknown names as lines of the command line, without a place in code."""
    from boxapis import UnknownArgumentWarning, UnknownCommandWarning  # noqa: PLC0415 - lazily

    def show(message: Warning | str, *_: object) -> None:
        print_warning(str(message))

    with warnings.catch_warnings():
        for category in (UnknownArgumentWarning, UnknownCommandWarning):
            warnings.simplefilter("always", category)
        warnings.showwarning = show  # type: ignore[assignment]  # it takes the place as well
        yield


def _run(row: Command, given: _Body, settings: Settings, method: Method) -> _Body:
    if row.name == _LOG_OUT:
        return {"loggedOut": end_session(settings, method)}
    if row.session_level == "customer" or row.name == "cmdBoxTPortalCustomerHandShake":
        current = CurrentCustomer.from_settings(settings, LoginStore())
        client = boxtracker_client(settings, method.value)
        return run_call(
            client, lambda tracker: current.run(tracker, partial(_run_as_customer, row, given))
        )
    client = boxtracker_client(settings, method.value)
    return run_call(client, lambda tracker: _run_as_api_user(tracker, row, given))


async def _run_as_customer(row: Command, given: _Body, customer: "Customer") -> _Body:
    if row.session_level == "customer":
        return await customer.command(row.name, **given)
    return {"customerID": (await customer.handshake()).customer_id}


async def _run_as_api_user(client: "BoxTracker", row: Command, given: _Body) -> _Body:
    match row.name:
        case "cmdBoxTPortalHandShake":
            await client.handshakes.portal()
            return {"portal": True}
        case "cmdBoxTWebAPIHandShake":
            opened = await client.handshakes.web_api()
            return {"txnClasses": list(opened.txn_classes)}
        case _:
            return await client.command(row.name, **given)
