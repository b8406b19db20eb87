"""Creates the clients from the settings of a command, and runs calls with them."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, TypeVar

from boxapis import Retries, Timeouts
from boxapis._settings.settings import Settings, load_settings
from boxapis.cli.call_options import call_deadline
from boxapis.cli.prompts import terminal

if TYPE_CHECKING:
    from boxapis import BoxC, BoxTracker
    from boxapis._core.client import Client

__all__ = ["boxc_client", "boxtracker_client", "command_settings", "run_call"]

T = TypeVar("T")
C = TypeVar("C", bound="Client")


def command_settings(profile: str | None) -> Settings:
    """The settings of a profile or of the environment; missing secrets are asked for."""
    return load_settings(profile, terminal())


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
    from boxapis.boxtracker._client import BoxTracker  # noqa: PLC0415
    from boxapis.boxtracker._from_settings import BoxTrackerOptions, open_boxtracker  # noqa: PLC0415

    deadline = call_deadline()
    if deadline is not None:  # handshakes take no options of a view
        timeouts = Timeouts(call=deadline)
    options = BoxTrackerOptions(method=method, retries=retries, timeouts=timeouts)
    return open_boxtracker(BoxTracker, settings, options)


def boxc_client(
    settings: Settings, *, retries: Retries | None = None, timeouts: Timeouts | None = None
) -> "BoxC":
    """Creates a client for BoxC that uses the token or else the OAuth client of the settings.

    Raises:
        ConfigurationError: A setting is missing or wrong; the error names it.
    """
    # Slow to import, and not needed for --help.
    from boxapis.boxc._client import BoxC  # noqa: PLC0415
    from boxapis.boxc._from_settings import BoxCOptions, open_boxc  # noqa: PLC0415

    return open_boxc(BoxC, settings, BoxCOptions(retries=retries, timeouts=timeouts))


def run_call(client: C, call: Callable[[C], Awaitable[T]]) -> T:
    """Runs one call in a new event loop, closes the client, and returns the result.

    Args:
        client: The client, which is closed at the end.
        call: Called with a view of the client that keeps the command's ``--timeout``.
    """
    import anyio  # noqa: PLC0415 - as above

    from boxapis.cli.progress import show_progress  # noqa: PLC0415

    async def run() -> T:
        async with client:
            view = client.with_options(deadline=call_deadline())
            async with show_progress():
                return await call(view)

    return anyio.run(run)
