"""``boxapis boxc credentials create``, ``update`` and ``delete``: changes stored credentials."""

import warnings
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boxapis import CARRIER_PARAMETERS, ConfigurationError
from boxapis._settings.references import REFERENCE_FORMS
from boxapis.cli.arguments import parse_arguments
from boxapis.cli.boxc.table import print_credential
from boxapis.cli.clients import boxc_client, command_settings, run_call
from boxapis.cli.completion.suggestions import suggest_carriers, suggest_parameters
from boxapis.cli.console import print_warning
from boxapis.cli.options import JsonOption, ProfileOption
from boxapis.cli.output.data import for_people, print_data
from boxapis.cli.prompts import confirm
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

ParamsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME=VALUE",
        autocompletion=suggest_parameters,
        help="Parameters to store, a secret as NAME=env:NAME.",
    ),
]
IdArgument = Annotated[int, typer.Argument(metavar="ID", help="Id of the credential.")]


def create_credential(
    carrier: Annotated[
        str,
        typer.Argument(
            autocompletion=suggest_carriers, show_default=False, help="Code of the carrier."
        ),
    ],
    params: ParamsArgument = None,
    *,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """Store a new credential.

    Secrets are refused in plain text: write NAME=env:NAME, NAME=file:PATH,
    NAME=keyring:SERVICE/NAME or NAME=prompt:, or give a JSON object as @FILE, or as @- for
    stdin. 'boxapis boxc credentials carriers' lists carriers and parameters.
    """
    given = _parse_params(params, carrier)
    client = boxc_client(command_settings(profile))
    created = _store(client, lambda boxc: boxc.credentials.create(carrier, given))
    print_credential(created, as_json=as_json)


def update_credential(
    identifier: IdArgument,
    params: ParamsArgument = None,
    *,
    carrier: Annotated[
        str | None,
        typer.Option(
            autocompletion=suggest_carriers, help="The credential's carrier, to send along."
        ),
    ] = None,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """Replace ALL parameters; those not given are deleted.

    Secrets are given as for 'create'. To rotate a secret, update its credential: existing
    labels keep pointing at its id.
    """
    given = _parse_params(params, carrier)
    client = boxc_client(command_settings(profile))
    updated = _store(
        client, lambda boxc: boxc.credentials.update(identifier, given, carrier=carrier)
    )
    print_credential(updated, as_json=as_json)


def delete_credential(
    identifier: IdArgument,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete without asking.")] = False,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """Delete a credential."""
    client = boxc_client(command_settings(profile))
    if not yes:
        declined = f"credential {identifier} was not deleted"
        confirm(f"Delete credential {identifier}?", declined)
    run_call(client, lambda boxc: boxc.credentials.delete(identifier))
    if for_people(as_json=as_json):
        print(f"credential {identifier} is deleted")
    else:
        print_data({"deleted": identifier}, as_json=as_json)


def _parse_params(arguments: Sequence[str] | None, carrier: str | None) -> dict[str, Any]:
    """Parameters by name. Only those known to be no secret may be given in plain text."""
    of_carrier = CARRIER_PARAMETERS.get(carrier or "")
    if not arguments:
        raise _not_given(of_carrier)
    known = of_carrier or frozenset().union(*CARRIER_PARAMETERS.values())
    return parse_arguments(
        arguments, is_secret=lambda name: name not in known or is_sensitive(name)
    )


def _not_given(names: Iterable[str] | None) -> ConfigurationError:
    """The error when no parameters are given; None for their names if the carrier is not known."""
    if names is None:
        forms = "NAME=VALUE, or NAME=env:NAME for a secret"
    else:
        forms = " ".join(f"{x}={'env:NAME' if is_sensitive(x) else 'VALUE'}" for x in sorted(names))
    lister = "'boxapis boxc credentials carriers' lists the names"
    next_step = f"{lister}, and a secret is given as {REFERENCE_FORMS}"
    return ConfigurationError(f"give the parameters: {forms}", next_step=next_step)


def _store(
    client: "BoxC", start: "Callable[[BoxC], Coroutine[Any, Any, Credential]]"
) -> "Credential":
    """Runs a call that stores a credential; prints its warnings before anything is sent."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_, **__: print_warning(str(message))
        return run_call(client, start)
