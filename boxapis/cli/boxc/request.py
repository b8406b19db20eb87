"""``boxapis boxc request``: calls any BoxC operation, with JSON in and JSON out."""

import json
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from boxapis import ConfigurationError
from boxapis.cli.arguments import parse_arguments, read_json
from boxapis.cli.catalogue import similar_operation
from boxapis.cli.clients import boxc_client, command_settings, run_call
from boxapis.cli.completion.suggestions import suggest_json_file
from boxapis.cli.console import print_json, print_warning, stdout_console
from boxapis.cli.options import ProfileOption
from boxapis.cli.output.data import for_people, print_data
from boxapis.secret import is_sensitive

__all__ = ["EXAMPLE", "request"]

EXAMPLE = "Example: boxapis boxc request GET /credentials --param limit=50"


class HttpMethod(StrEnum):
    """HTTP methods of BoxC."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


def request(
    method: Annotated[
        HttpMethod,
        typer.Argument(
            case_sensitive=False, metavar="METHOD", show_default=False, help="HTTP method."
        ),
    ],
    path: Annotated[str, typer.Argument(metavar="PATH", help="Path, such as /warehouses.")],
    body: Annotated[
        str | None,
        typer.Argument(
            metavar="@FILE",
            autocompletion=suggest_json_file,
            help="JSON body from a file; @- for stdin.",
        ),
    ] = None,
    *,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="Query parameter; repeatable."),
    ] = None,
    accept: Annotated[
        str,
        typer.Option(
            metavar="TYPE", show_default=False, help="Media type; default: application/json."
        ),
    ] = "application/json",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print errors and what --query picks as JSON, too.")
    ] = False,
    profile: ProfileOption = None,
) -> None:
    """Call any operation, with the token and within the rate limit.

    Prints JSON; a response of another type, such as a PDF, is written unchanged to a file or a
    pipe. A POST or PATCH is never sent twice.
    """
    if accept != "application/json" and sys.stdout.isatty():
        raise ConfigurationError(f"{accept} cannot be shown in a terminal: add > FILE")
    payload = None if body is None else read_json(body)
    params = parse_arguments(param or [], is_secret=is_sensitive)
    meant = similar_operation(method.value, path)
    if meant is not None:
        print_warning(f"no operation has this path: did you mean {meant}?")
    client = boxc_client(command_settings(profile))
    response = run_call(
        client,
        lambda boxc: boxc.request(method.value, path, params=params, json=payload, accept=accept),
    )
    _print_response(response, as_json=as_json)


def _print_response(body: Any, *, as_json: bool) -> None:
    match body:
        case None:
            pass
        case bytes():
            sys.stdout.buffer.write(body)
        case _ if not for_people(as_json=as_json, piped=True):
            print_data(body, as_json=as_json)
        case _ if stdout_console().is_terminal:
            stdout_console().print_json(json.dumps(body, ensure_ascii=True))
        case _:
            print_json(body)
