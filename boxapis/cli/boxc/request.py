"""``boxapis boxc request``: any operation of BoxC, JSON in and JSON out."""

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import anyio
import typer

from boxapis import ConfigurationError
from boxapis.cli.arguments import named_values, read_json
from boxapis.cli.clients import boxc
from boxapis.cli.console import on_stdout, print_json
from boxapis.cli.settings.settings import Profile, load
from boxapis.secret import is_sensitive

if TYPE_CHECKING:
    from boxapis import BoxC

__all__ = ["EXAMPLE", "request"]

EXAMPLE = "Example: boxapis boxc request GET /credentials --query limit=50"


class Verb(StrEnum):
    """HTTP methods of the service."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


def request(
    method: Annotated[
        Verb, typer.Argument(case_sensitive=False, metavar="METHOD", show_default=False)
    ],
    path: Annotated[str, typer.Argument(metavar="PATH", help="For instance /warehouses.")],
    body: Annotated[
        str | None, typer.Argument(metavar="@FILE", help="JSON from a file; @- for stdin.")
    ] = None,
    *,
    query: Annotated[
        list[str] | None, typer.Option("--query", "-q", metavar="NAME=VALUE", help="Of the URL.")
    ] = None,
    accept: Annotated[str, typer.Option(metavar="TYPE")] = "application/json",
    profile: Profile = None,
) -> None:
    """Call any operation, with the token and within the rate limit.

    The answer is printed as JSON; one in another format, as a PDF, goes to a file or a pipe
    as it is. A POST or PATCH is sent once, whatever becomes of it.
    """
    if accept != "application/json" and sys.stdout.isatty():
        raise ConfigurationError(f"{accept} is nothing for a terminal: add > FILE")
    given = None if body is None else read_json(body)
    params = named_values(query or [], hidden=is_sensitive)
    client = boxc(load(profile))
    _show(anyio.run(_call, client, method.value, path, params, given, accept))


async def _call(
    client: "BoxC", method: str, path: str, params: dict[str, Any], body: Any, accept: str
) -> Any:
    async with client:
        return await client.request(method, path, params=params, json=body, accept=accept)


def _show(answer: Any) -> None:
    match answer:
        case None:
            pass
        case bytes():
            sys.stdout.buffer.write(answer)
        case _ if on_stdout().is_terminal:
            on_stdout().print_json(json.dumps(answer, ensure_ascii=True))
        case _:
            print_json(answer)
