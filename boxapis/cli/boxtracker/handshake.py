"""``boxapis boxtracker handshake``: opens sessions to check the settings."""

from typing import TYPE_CHECKING

from boxapis import ConfigurationError, Secret
from boxapis._settings.settings import Settings
from boxapis._settings.variables import CUSTOMER_VARIABLES
from boxapis.cli.clients import boxtracker_client, command_settings, run_call
from boxapis.cli.options import JsonOption, Method, MethodOption, ProfileOption
from boxapis.cli.output.data import for_people, print_data

if TYPE_CHECKING:
    from boxapis import BoxTracker

__all__ = ["EXAMPLE", "handshake"]

EXAMPLE = "Example: boxapis boxtracker handshake --method POST"


def handshake(
    *,
    method: MethodOption = Method.GET,
    as_json: JsonOption = False,
    profile: ProfileOption = None,
) -> None:
    """Open a portal session, and a customer session if one is set up.

    Prints neither keys nor passwords. Reads BOXTRACKER_USERNAME and BOXTRACKER_PASSWORD. Opens
    the customer session with BOXTRACKER_CUSTOMER_USERNAME and BOXTRACKER_CUSTOMER_PASSWORD.
    BOXTRACKER_BASE_URL replaces the vendor's address.
    """
    settings = command_settings(profile)
    customer = _customer(settings)
    client = boxtracker_client(settings, method.value)

    async def open_sessions(tracker: "BoxTracker") -> int | None:
        await tracker.handshakes.portal()
        if for_people(as_json=as_json):
            print("portal session opened")
        if customer is None:
            return None
        return (await tracker.handshakes.customer(*customer)).customer_id

    customer_id = run_call(client, open_sessions)
    if not for_people(as_json=as_json):
        print_data({"portal": True, "customer_id": customer_id}, as_json=as_json)
    elif customer_id is not None:
        print(f"customer session opened, customer {customer_id}")


def _customer(settings: Settings) -> list[Secret] | None:
    """The customer's user name and password, or None when neither is set."""
    if not any(map(settings.has, CUSTOMER_VARIABLES)):
        return None
    for name in CUSTOMER_VARIABLES:
        if not settings.has(name):
            message = f"{settings.how_to_set(name)}, or unset both customer variables"
            raise ConfigurationError(message)
    return settings.require(*CUSTOMER_VARIABLES)
