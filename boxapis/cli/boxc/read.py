"""``boxapis boxc credentials list``, ``get`` and ``carriers``: what can be read of credentials."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from boxapis import CARRIER_PARAMETERS
from boxapis.cli.boxc.table import (
    CREDENTIAL_FIELDS,
    credential_data,
    print_credential,
    print_credentials,
)
from boxapis.cli.clients import boxc_client, command_settings, run_call
from boxapis.cli.console import stdout_console
from boxapis.cli.options import JsonOption, ProfileOption
from boxapis.cli.output.data import for_people, print_data
from boxapis.cli.output.tables import new_table, print_table

if TYPE_CHECKING:
    from boxapis import BoxC, Credential

__all__ = [
    "CARRIERS_EXAMPLE",
    "GET_EXAMPLE",
    "LIST_EXAMPLE",
    "get_credential",
    "list_carriers",
    "list_credentials",
]

LIST_EXAMPLE = "Example: boxapis boxc credentials list --sort carrier --order asc"
GET_EXAMPLE = "Example: boxapis boxc credentials get 1234567"
CARRIERS_EXAMPLE = "Example: boxapis boxc credentials carriers --json"


class Order(StrEnum):
    """Sort order of the list."""

    ASC = "asc"
    DESC = "desc"


class Sort(StrEnum):
    """Field that the list is sorted by."""

    ID = "id"
    CARRIER = "carrier"


def list_credentials(
    *,
    order: Annotated[Order, typer.Option(help="Sort order.")] = Order.DESC,
    sort: Annotated[Sort, typer.Option(help="Field to sort by.")] = Sort.ID,
    limit: Annotated[
        int | None,
        typer.Option(
            help="Credentials per request, 1 to 100; default: the service's.", show_default=False
        ),
    ] = None,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """List all credentials, without their values.

    Reads BOXC_TOKEN, or BOXC_CLIENT_ID and BOXC_CLIENT_SECRET. BOXC_BASE_URL and
    BOXC_ACCOUNTS_URL replace the addresses of the service.
    """
    client = boxc_client(command_settings(profile))

    async def fetch_all(boxc: "BoxC") -> "list[Credential]":
        found = boxc.credentials.list(order=order.value, sort=sort.value, limit=limit)
        return [credential async for credential in found]

    credentials = run_call(client, fetch_all)
    if for_people(as_json=as_json):
        print_credentials(stdout_console(), credentials)
    else:
        data = [credential_data(credential) for credential in credentials]
        print_data(data, as_json=as_json, names=CREDENTIAL_FIELDS)


def get_credential(
    identifier: Annotated[int, typer.Argument(metavar="ID", help="Id of the credential.")],
    *,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """Show one credential, without its values."""
    client = boxc_client(command_settings(profile))
    credential = run_call(client, lambda boxc: boxc.credentials.get(identifier))
    print_credential(credential, as_json=as_json)


def list_carriers(*, as_json: JsonOption = False) -> None:
    """List the known carriers and their parameters; makes no call."""
    carriers = {carrier: sorted(names) for carrier, names in CARRIER_PARAMETERS.items()}
    if not for_people(as_json=as_json):
        print_data(carriers, as_json=as_json)
        return
    table = new_table()
    table.add_column("carrier", no_wrap=True)
    table.add_column("parameters", overflow="fold")
    for carrier, names in carriers.items():
        table.add_row(carrier, ", ".join(names))
    print_table(stdout_console(), table)
