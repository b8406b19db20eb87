"""Creates the clients from the settings of a command, and runs calls with them."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Literal, TypeVar

import anyio

from boxapis import ConfigurationError, Retries, Timeouts
from boxapis.cli.settings.settings import Settings

if TYPE_CHECKING:
    from boxapis import BoxC, BoxTracker

__all__ = ["CLIENT_VARIABLES", "CUSTOMER_VARIABLES", "boxc_client", "boxtracker_client", "run_call"]

T = TypeVar("T")

CUSTOMER_VARIABLES = ("BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD")
"""Settings that hold a customer's user name and password."""

CLIENT_VARIABLES = ("BOXC_CLIENT_ID", "BOXC_CLIENT_SECRET")
"""Settings that hold an OAuth client's ID and secret."""


def boxtracker_client(
    settings: Settings,
    method: Literal["GET", "POST"],
    *,
    retries: Retries | None = None,
    timeouts: Timeouts | None = None,
) -> "BoxTracker":
    """Creates a client for Box Tracker.

    Raises:
        ConfigurationError: A setting is missing or wrong; the error names it.
    """
    # Slow to import, and not needed for --help.
    from boxapis.boxtracker._client import BASE_URL, BoxTracker  # noqa: PLC0415

    username, password = settings.require("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD")
    return BoxTracker(
        username,
        password,
        base_url=settings.get("BOXTRACKER_BASE_URL") or BASE_URL,
        method=method,
        retries=retries,
        timeouts=timeouts,
    )


def boxc_client(
    settings: Settings, *, retries: Retries | None = None, timeouts: Timeouts | None = None
) -> "BoxC":
    """Creates a client for BoxC that uses the token or else the OAuth client of the settings.

    Raises:
        ConfigurationError: A setting is missing or wrong; the error names it.
    """
    # Slow to import, and not needed for --help.
    from boxapis.boxc._client import ACCOUNTS_URL, BASE_URL, BoxC  # noqa: PLC0415

    token = settings.get("BOXC_TOKEN")
    client_id = client_secret = None
    if token is None:
        if not any(map(settings.has, CLIENT_VARIABLES)):
            names = f"BOXC_TOKEN, or {' and '.join(CLIENT_VARIABLES)}"
            raise ConfigurationError(settings.how_to_set(names))
        client_id, client_secret = settings.require(*CLIENT_VARIABLES)
    return BoxC(
        token,
        client_id=client_id,
        client_secret=client_secret,
        base_url=settings.get("BOXC_BASE_URL") or BASE_URL,
        accounts_url=settings.get("BOXC_ACCOUNTS_URL") or ACCOUNTS_URL,
        retries=retries,
        timeouts=timeouts,
    )


def run_call(client: AbstractAsyncContextManager[object], call: Callable[[], Awaitable[T]]) -> T:
    """Runs one call in a new event loop, closes the client, and returns the result."""

    async def run() -> T:
        async with client:
            return await call()

    return anyio.run(run)
