"""``boxapis boxc token``: fetches an access token, or shows the claims of the one that is set."""

import time
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from boxapis import ConfigurationError, Secret
from boxapis._settings.settings import Settings
from boxapis._settings.variables import CLIENT_VARIABLES
from boxapis.cli.boxc.claims import Claims, read_claims
from boxapis.cli.clients import command_settings
from boxapis.cli.console import printable, stdout_console
from boxapis.cli.options import JsonOption, ProfileOption
from boxapis.cli.output.data import for_people, print_data

__all__ = ["EXAMPLE", "token"]

EXAMPLE = "Example: boxapis boxc token --new --reveal"

_TIMEOUT = 30.0


def token(
    *,
    new: Annotated[
        bool, typer.Option("--new", help="Fetch a new token even if BOXC_TOKEN is set.")
    ] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Print the token itself.")] = False,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """Fetch a token, or show the claims of the one that is set.

    Fetches a token with BOXC_CLIENT_ID and BOXC_CLIENT_SECRET. The claims are shown without
    being verified; 'boxapis doctor' asks the service. --reveal prints the token alone, for
    $(...). Anyone who has the token can act as you.
    """
    settings = command_settings(profile)
    value = None if new else settings.get("BOXC_TOKEN")
    if value is None:
        import anyio  # noqa: PLC0415 - slow to import, and not needed for --help

        value = anyio.run(_fetch_token, settings)
    claims = read_claims(value)
    if reveal and for_people(as_json=as_json, piped=True):
        print(value.reveal())
    elif for_people(as_json=as_json):
        stdout_console().print(_claims_grid(claims))
    else:
        data = claims.as_data() | ({"token": value.reveal()} if reveal else {})
        print_data(data, as_json=as_json)


async def _fetch_token(settings: Settings) -> Secret:
    # All of them are slow to import, and not needed for --help.
    from boxapis._http.failures import unwrapped  # noqa: PLC0415
    from boxapis._http.messages import parse_base_url  # noqa: PLC0415
    from boxapis._sansio.boxc.token import basic_authorization, decode_token, token_request  # noqa: PLC0415
    from boxapis.boxc._from_settings import ACCOUNTS_URL  # noqa: PLC0415
    from boxapis.transports import DirectTransport  # noqa: PLC0415

    if not any(map(settings.has, CLIENT_VARIABLES)):
        raise ConfigurationError(settings.how_to_set(*CLIENT_VARIABLES))
    client_id, client_secret = settings.require(*CLIENT_VARIABLES)
    origin, path = parse_base_url(settings.get("BOXC_ACCOUNTS_URL") or Secret(ACCOUNTS_URL))
    request = token_request(origin, path, basic_authorization(client_id, client_secret), ())
    transport = DirectTransport()
    try:
        response = await transport.send(request, deadline=time.monotonic() + _TIMEOUT)
    finally:
        await transport.aclose()
    return unwrapped(decode_token(response, 0.0)).value


def _claims_grid(claims: Claims) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for name, value in claims.as_data().items():
        text = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
        grid.add_row(name, Text(printable(text)))
    return grid
