"""``boxapis boxtracker``: opens sessions, to see whether user names and passwords are right."""

import os
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import anyio
import typer

from boxapis import BoxTracker, ConfigurationError

__all__ = ["EXAMPLE", "handshake"]

EXAMPLE = "Example: boxapis boxtracker handshake --method POST"

_CUSTOMER = ("BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD")


class Method(StrEnum):
    """How commands are sent."""

    GET = "GET"
    POST = "POST"


def handshake(
    *,
    method: Annotated[
        Method,
        typer.Option(
            case_sensitive=False, metavar="GET|POST", help="POST keeps secrets out of URLs."
        ),
    ] = Method.GET,
) -> None:
    """Open a session and say what was opened.

    No key and no password is printed. Reads BOXTRACKER_USERNAME and BOXTRACKER_PASSWORD. With
    BOXTRACKER_CUSTOMER_USERNAME and BOXTRACKER_CUSTOMER_PASSWORD a customer session is opened
    as well. BOXTRACKER_BASE_URL replaces the vendor's address.
    """
    customer = _customer()
    tracker = BoxTracker.from_env(method=method.value)
    anyio.run(_shake_hands, tracker, customer, print)


def _customer() -> tuple[str, str] | None:
    """User name and password of the customer, or None when neither is set."""
    values = [os.environ.get(name, "") for name in _CUSTOMER]
    if not any(values):
        return None
    for name, value in zip(_CUSTOMER, values, strict=True):
        if not value:
            message = f"set the environment variable {name}, or neither of the customer's two"
            raise ConfigurationError(message)
    return values[0], values[1]


async def _shake_hands(
    tracker: BoxTracker, customer: tuple[str, str] | None, say: Callable[[str], None]
) -> None:
    async with tracker:
        await tracker.handshakes.portal()
        say("portal session opened")
        if customer is not None:
            opened = await tracker.handshakes.customer(*customer)
            say(f"customer session opened, customer {opened.customer_id}")
