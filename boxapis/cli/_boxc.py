"""``boxapis boxc credentials list``: the credentials of the token's user."""

from enum import StrEnum
from typing import Annotated, Literal

import anyio
import typer
from attrs import frozen

from boxapis import BoxC, Credential
from boxapis.cli._boxc_table import as_data, print_table
from boxapis.cli._console import on_stdout, print_json

__all__ = ["EXAMPLE", "list_credentials"]

EXAMPLE = "Example: boxapis boxc credentials list --sort carrier --order asc"


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
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List all credentials; the service never gives their values back.

    Reads BOXC_TOKEN, or BOXC_CLIENT_ID and BOXC_CLIENT_SECRET. BOXC_BASE_URL and
    BOXC_ACCOUNTS_URL replace the addresses of the service.
    """
    query = _Query(order.value, sort.value, limit)
    credentials = anyio.run(_fetch, BoxC.from_env(), query)
    if as_json:
        print_json([as_data(credential) for credential in credentials])
    else:
        print_table(on_stdout(), credentials)


@frozen
class _Query:
    order: Literal["asc", "desc"]
    sort: Literal["id", "carrier"]
    limit: int | None


async def _fetch(boxc: BoxC, query: _Query) -> list[Credential]:
    async with boxc:
        found = boxc.credentials.list(order=query.order, sort=query.sort, limit=query.limit)
        return [credential async for credential in found]
