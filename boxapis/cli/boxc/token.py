"""``boxapis boxc token``: gets a token for the client, and tells what it says of itself."""

import time
from typing import Annotated

import anyio
import typer
from rich.table import Table
from rich.text import Text

from boxapis import ConfigurationError, Secret
from boxapis.cli.boxc.claims import Claims, read_claims
from boxapis.cli.console import harmless, on_stdout, print_json
from boxapis.cli.options import AsJson
from boxapis.cli.settings.settings import Profile, Settings, load

__all__ = ["EXAMPLE", "token"]

EXAMPLE = "Example: boxapis boxc token --new --reveal"

_CLIENT = ("BOXC_CLIENT_ID", "BOXC_CLIENT_SECRET")
_PATIENCE = 30.0


def token(
    *,
    new: Annotated[bool, typer.Option("--new", help="Get one, even with BOXC_TOKEN set.")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Print the token itself.")] = False,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """Get a token, or look at the one that is set.

    A token is got with BOXC_CLIENT_ID and BOXC_CLIENT_SECRET. Shown is what it says of
    itself, which nobody checks here: 'boxapis doctor' asks the service. --reveal prints the
    token alone, for $(...): whoever has it, acts as you.
    """
    settings = load(profile)
    value = None if new else settings.find("BOXC_TOKEN")
    if value is None:
        value = anyio.run(_fetched, settings)
    claims = read_claims(value)
    if as_json:
        print_json(claims.as_data() | ({"token": value.reveal()} if reveal else {}))
    elif reveal:
        print(value.reveal())
    else:
        on_stdout().print(_grid(claims))


async def _fetched(settings: Settings) -> Secret:
    # All of them slow to import, and help needs none.
    from boxapis._http.failures import unwrapped  # noqa: PLC0415
    from boxapis._http.messages import parse_base_url  # noqa: PLC0415
    from boxapis._sansio.boxc.token import basic, decode_token, token_request  # noqa: PLC0415
    from boxapis.boxc._client import ACCOUNTS_URL  # noqa: PLC0415
    from boxapis.transports import DirectTransport  # noqa: PLC0415

    if not any(map(settings.has, _CLIENT)):
        raise ConfigurationError(settings.lack(*_CLIENT))
    client_id, client_secret = settings.need(*_CLIENT)
    origin, path = parse_base_url(settings.find("BOXC_ACCOUNTS_URL") or Secret(ACCOUNTS_URL))
    request = token_request(origin, path, basic(client_id, client_secret), ())
    transport = DirectTransport()
    try:
        answer = await transport.send(request, deadline=time.monotonic() + _PATIENCE)
    finally:
        await transport.aclose()
    return unwrapped(decode_token(answer, 0.0)).value


def _grid(claims: Claims) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for name, value in claims.as_data().items():
        text = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
        grid.add_row(name, Text(harmless(text)))
    return grid
