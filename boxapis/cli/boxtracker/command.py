"""``boxapis boxtracker command``: any command of Box Tracker, as the customer logged in."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import anyio
import typer

from boxapis import ConfigurationError
from boxapis._sansio.boxtracker.catalogue import Command, lookup
from boxapis.cli.arguments import named_values
from boxapis.cli.boxtracker.answer_table import print_answer
from boxapis.cli.boxtracker.current_customer import Whose
from boxapis.cli.boxtracker.login import log_out
from boxapis.cli.boxtracker.login_store import Logins
from boxapis.cli.clients import tracker
from boxapis.cli.completion.suggestions import suggest_arguments, suggest_commands
from boxapis.cli.console import on_stdout, print_json
from boxapis.cli.options import AsJson, Method, MethodOption
from boxapis.cli.settings.settings import Profile, Settings, load
from boxapis.secret import is_sensitive

if TYPE_CHECKING:
    from boxapis import BoxTracker, Customer

__all__ = ["EXAMPLE", "command"]

EXAMPLE = "Example: boxapis boxtracker command cmdBoxTPortalJobsiteList offset=0"

_LOG_OUT = "cmdBoxTPortalCustomerLogOut"

Answer = Mapping[str, Any]


def command(
    name: Annotated[
        str, typer.Argument(metavar="NAME", autocompletion=suggest_commands, show_default=False)
    ],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE", autocompletion=suggest_arguments),
    ] = None,
    *,
    method: MethodOption = Method.GET,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """Run a command of the portal or of the web API.

    User names, keys and customer_id are put in. @FILE, or @- for stdin, adds arguments from a
    JSON object. A card number and its like must be NAME=env:NAME, NAME=file:PATH,
    NAME=keyring:SERVICE/NAME or NAME=prompt: and never stand there in clear.

    Commands of the portal run in the session of 'boxapis boxtracker login'; without one a
    session is opened with BOXTRACKER_CUSTOMER_USERNAME and BOXTRACKER_CUSTOMER_PASSWORD.
    """
    row = lookup(name)
    if row is None:
        raise ConfigurationError(f"{name[:60]!r} is not a command of Box Tracker")
    settings = load(profile)
    given = named_values(arguments or [], hidden=is_sensitive)
    answer = _answer(row, given, settings, method)
    if as_json:
        print_json(answer)
    else:
        print_answer(on_stdout(), answer)


def _answer(row: Command, given: Mapping[str, Any], settings: Settings, method: Method) -> Answer:
    if row.name == _LOG_OUT:
        return {"loggedOut": log_out(settings, method)}
    if row.session_level == "customer" or row.name == "cmdBoxTPortalCustomerHandShake":
        whose = Whose.of(settings, Logins())
        return anyio.run(_as_customer, tracker(settings, method.value), whose, row, given)
    return anyio.run(_as_api_user, tracker(settings, method.value), row, given)


async def _as_customer(
    client: "BoxTracker", whose: Whose, row: Command, given: Mapping[str, Any]
) -> Answer:
    async def work(customer: "Customer") -> Answer:
        if row.session_level == "customer":
            return await customer.command(row.name, **given)
        return {"customerID": (await customer.handshake()).customer_id}

    async with client:
        return await whose.run(client, work)


async def _as_api_user(client: "BoxTracker", row: Command, given: Mapping[str, Any]) -> Answer:
    async with client:
        match row.name:
            case "cmdBoxTPortalHandShake":
                await client.handshakes.portal()
                return {"portal": True}
            case "cmdBoxTWebAPIHandShake":
                opened = await client.handshakes.web_api()
                return {"txnClasses": list(opened.txn_classes)}
            case _:
                return await client.command(row.name, **given)
