"""``boxapis boxc credentials create``, ``update`` and ``delete``: changes of stored secrets."""

import warnings
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import anyio
import typer

from boxapis import CARRIER_PARAMETERS, ConfigurationError
from boxapis.cli.arguments import named_values
from boxapis.cli.boxc.table import as_data, print_table
from boxapis.cli.clients import boxc
from boxapis.cli.completion.suggestions import suggest_carriers, suggest_parameters
from boxapis.cli.console import complain, on_stdout, print_json, warn
from boxapis.cli.options import AsJson
from boxapis.cli.settings.prompts import agreed, can_ask
from boxapis.cli.settings.settings import Profile, load
from boxapis.secret import is_sensitive

if TYPE_CHECKING:
    from boxapis import BoxC, Credential

__all__ = [
    "CREATE_EXAMPLE",
    "DELETE_EXAMPLE",
    "UPDATE_EXAMPLE",
    "create_credential",
    "delete_credential",
    "update_credential",
]

CREATE_EXAMPLE = "Example: boxapis boxc credentials create Janio api_key=prompt:"
UPDATE_EXAMPLE = "Example: boxapis boxc credentials update 1234567 api_key=env:NEW_KEY"
DELETE_EXAMPLE = "Example: boxapis boxc credentials delete 1234567 --yes"

Params = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME=VALUE", autocompletion=suggest_parameters),
]
Identifier = Annotated[int, typer.Argument(metavar="ID")]


def create_credential(
    carrier: Annotated[str, typer.Argument(autocompletion=suggest_carriers, show_default=False)],
    params: Params = None,
    *,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """Store a new credential.

    Secrets are given as NAME=env:NAME, NAME=file:PATH, NAME=keyring:SERVICE/NAME or
    NAME=prompt: and never in clear; or as a JSON object in @FILE, or on stdin with @-.
    'boxapis boxc credentials carriers' lists carriers and names.
    """
    given = _params(params, carrier)
    client = boxc(load(profile))
    _show(_stored(client, lambda: client.credentials.create(carrier, given)), as_json=as_json)


def update_credential(
    identifier: Identifier,
    params: Params = None,
    *,
    carrier: Annotated[
        str | None,
        typer.Option(autocompletion=suggest_carriers, help="Its own; sent along."),
    ] = None,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """Replace ALL parameters; what is not given is gone.

    Secrets are given as for 'create'. To rotate a secret, update: labels that were made keep
    pointing at the id.
    """
    given = _params(params, carrier)
    client = boxc(load(profile))
    updated = _stored(client, lambda: client.credentials.update(identifier, given, carrier=carrier))
    _show(updated, as_json=as_json)


def delete_credential(
    identifier: Identifier,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """Delete a credential."""
    client = boxc(load(profile))
    if not yes:
        _make_sure(identifier)
    anyio.run(_delete, client, identifier)
    if as_json:
        print_json({"deleted": identifier})
    else:
        print(f"credential {identifier} is deleted")


def _params(given: Sequence[str] | None, carrier: str | None) -> dict[str, Any]:
    """Parameters by name. In clear may stand what is known to be no secret, as a user name is."""
    known = CARRIER_PARAMETERS.get(carrier or "") or frozenset().union(*CARRIER_PARAMETERS.values())
    if not given:
        names = " ".join(f"{name}=VALUE" for name in sorted(known)) if carrier else "NAME=VALUE"
        raise ConfigurationError(f"give the parameters: {names}")
    return named_values(given, hidden=lambda name: name not in known or is_sensitive(name))


def _make_sure(identifier: int) -> None:
    if not can_ask():
        message = "nobody is there to ask whether to delete it: give --yes"
        raise ConfigurationError(message)
    if not agreed(f"Delete credential {identifier}?"):
        complain(f"credential {identifier} is left as it is")
        raise typer.Exit(1)


def _stored(client: "BoxC", store: "Callable[[], Coroutine[Any, Any, Credential]]") -> "Credential":
    with warnings.catch_warnings(record=True) as doubts:
        warnings.simplefilter("always")
        work = store()
    for doubt in doubts:
        warn(str(doubt.message))
    return anyio.run(_within, client, work)


async def _within(client: "BoxC", work: "Coroutine[Any, Any, Credential]") -> "Credential":
    async with client:
        return await work


async def _delete(client: "BoxC", identifier: int) -> None:
    async with client:
        await client.credentials.delete(identifier)


def _show(credential: "Credential", *, as_json: bool) -> None:
    if as_json:
        print_json(as_data(credential))
    else:
        print_table(on_stdout(), [credential])
