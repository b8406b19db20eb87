"""``boxapis boxtracker handshake``: opens sessions, to see whether the settings are right."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import anyio

from boxapis import ConfigurationError, Secret
from boxapis.cli.clients import tracker
from boxapis.cli.console import print_json
from boxapis.cli.options import AsJson, Method, MethodOption
from boxapis.cli.settings.settings import Profile, Settings, load

if TYPE_CHECKING:
    from boxapis import BoxTracker

__all__ = ["EXAMPLE", "handshake"]

EXAMPLE = "Example: boxapis boxtracker handshake --method POST"

_CUSTOMER = ("BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD")


def handshake(
    *,
    method: MethodOption = Method.GET,
    as_json: AsJson = False,
    profile: Profile = None,
) -> None:
    """Open a session and say what was opened.

    No key and no password is printed. Reads BOXTRACKER_USERNAME and BOXTRACKER_PASSWORD. With
    BOXTRACKER_CUSTOMER_USERNAME and BOXTRACKER_CUSTOMER_PASSWORD a customer session is opened
    as well. BOXTRACKER_BASE_URL replaces the vendor's address.
    """
    settings = load(profile)
    customer = _customer(settings)
    say: Callable[[str], None] = (lambda _: None) if as_json else print
    client = tracker(settings, method.value)
    customer_id = anyio.run(_shake_hands, client, customer, say)
    if as_json:
        print_json({"portal": True, "customer_id": customer_id})


def _customer(settings: Settings) -> list[Secret] | None:
    """User name and password of the customer, or None when neither is set."""
    if not any(map(settings.has, _CUSTOMER)):
        return None
    for name in _CUSTOMER:
        if not settings.has(name):
            message = f"{settings.lack(name)}, or neither of the customer's two"
            raise ConfigurationError(message)
    return settings.need(*_CUSTOMER)


async def _shake_hands(
    client: "BoxTracker", customer: list[Secret] | None, say: Callable[[str], None]
) -> int | None:
    async with client:
        await client.handshakes.portal()
        say("portal session opened")
        if customer is None:
            return None
        opened = await client.handshakes.customer(*customer)
        say(f"customer session opened, customer {opened.customer_id}")
        return opened.customer_id
