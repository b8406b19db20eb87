"""``boxapis boxtracker handshake``: opens sessions to check the settings."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio

from boxapis import ConfigurationError, Secret
from boxapis.cli.clients import CUSTOMER_VARIABLES, boxtracker_client
from boxapis.cli.console import print_json
from boxapis.cli.options import JsonOption, Method, MethodOption, ProfileOption
from boxapis.cli.settings.settings import Settings, load_settings

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
    settings = load_settings(profile)
    customer = _customer(settings)
    report: Callable[[str], None] = (lambda _: None) if as_json else print
    client = boxtracker_client(settings, method.value)
    customer_id = anyio.run(_shake_hands, client, customer, report)
    if as_json:
        print_json({"portal": True, "customer_id": customer_id})


def _customer(settings: Settings) -> list[Secret] | None:
    """The customer's user name and password, or None when neither is set."""
    if not any(map(settings.has, CUSTOMER_VARIABLES)):
        return None
    for name in CUSTOMER_VARIABLES:
        if not settings.has(name):
            message = f"{settings.how_to_set(name)}, or unset both customer variables"
            raise ConfigurationError(message)
    return settings.require(*CUSTOMER_VARIABLES)


async def _shake_hands(
    client: "BoxTracker", customer: list[Secret] | None, report: Callable[[str], None]
) -> int | None:
    async with client:
        await client.handshakes.portal()
        report("portal session opened")
        if customer is None:
            return None
        opened = await client.handshakes.customer(*customer)
        report(f"customer session opened, customer {opened.customer_id}")
        return opened.customer_id
