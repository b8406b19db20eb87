"""``boxapis boxc credentials list`` and ``get``: what BoxC shows of credentials."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

import anyio
import typer
from attrs import frozen

from boxapis.cli.boxc.table import as_data, print_table
from boxapis.cli.clients import boxc
from boxapis.cli.console import on_stdout, print_json
from boxapis.cli.options import AsJson
from boxapis.cli.settings.settings import Profile, load

if TYPE_CHECKING:
    from boxapis import BoxC, Credential

__all__ = ["EXAMPLE", "GET_EXAMPLE", "get_credential", "list_credentials"]

EXAMPLE = "Example: boxapis boxc credentials list --sort carrier --order asc"
GET_EXAMPLE = "Example: boxapis boxc credentials get 1234567"


class Order(StrEnum):
    """Which way."""

    ASC = "asc"
    DESC = "desc"


class Sort(StrEnum):
    """By what."""

    ID = "id"
    CARRIER = "carrier"


def list_credentials(
    *,
    order: Annotated[Order, typer.Option(help="Which way.")] = Order.DESC,
    sort: Annotated[Sort, typer.Option(help="By what.")] = Sort.ID,
    limit: Annotated[
        int | None, typer.Option(help="How many to fetch at a time, 1 to 100.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """List all credentials, without their values.

    Reads BOXC_TOKEN, or BOXC_CLIENT_ID and BOXC_CLIENT_SECRET. BOXC_BASE_URL and
    BOXC_ACCOUNTS_URL replace the addresses of the service.
    """
    query = _Query(order.value, sort.value, limit)
    credentials = anyio.run(_fetch, boxc(load(profile)), query)
    if as_json:
        print_json([as_data(credential) for credential in credentials])
    else:
        print_table(on_stdout(), credentials)


def get_credential(
    identifier: Annotated[int, typer.Argument(metavar="ID")],
    *,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """Show one credential, without its values."""
    credential = anyio.run(_get, boxc(load(profile)), identifier)
    if as_json:
        print_json(as_data(credential))
    else:
        print_table(on_stdout(), [credential])


@frozen
class _Query:
    order: Literal["asc", "desc"]
    sort: Literal["id", "carrier"]
    limit: int | None


async def _fetch(client: "BoxC", query: _Query) -> "list[Credential]":
    async with client:
        found = client.credentials.list(order=query.order, sort=query.sort, limit=query.limit)
        return [credential async for credential in found]


async def _get(client: "BoxC", identifier: int) -> "Credential":
    async with client:
        return await client.credentials.get(identifier)
