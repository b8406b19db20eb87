"""Both clients, made of the settings of a command."""

from typing import TYPE_CHECKING, Literal

from boxapis import ConfigurationError, Retries, Timeouts
from boxapis.cli.settings.settings import Settings

if TYPE_CHECKING:
    from boxapis import BoxC, BoxTracker
    from boxapis.boxc._client import BoxCOptions
    from boxapis.boxtracker._client import BoxTrackerOptions

__all__ = ["boxc", "tracker"]

_CLIENT = ("BOXC_CLIENT_ID", "BOXC_CLIENT_SECRET")


def tracker(
    settings: Settings,
    method: Literal["GET", "POST"],
    *,
    retries: Retries | None = None,
    timeouts: Timeouts | None = None,
) -> "BoxTracker":
    """A client for Box Tracker.

    Raises:
        ConfigurationError: naming what is missing or wrong.
    """
    from boxapis import BoxTracker  # noqa: PLC0415 - slow to import, and help needs none of it

    username, password = settings.need("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD")
    options: BoxTrackerOptions = {"method": method}
    if (base_url := settings.find("BOXTRACKER_BASE_URL")) is not None:
        options["base_url"] = base_url
    if retries is not None:
        options["retries"] = retries
    if timeouts is not None:
        options["timeouts"] = timeouts
    return BoxTracker(username, password, **options)


def boxc(
    settings: Settings, *, retries: Retries | None = None, timeouts: Timeouts | None = None
) -> "BoxC":
    """A client for BoxC, with its token or with its client's ID and secret.

    Raises:
        ConfigurationError: naming what is missing or wrong.
    """
    from boxapis import BoxC  # noqa: PLC0415 - the same

    options: BoxCOptions = {}
    if (base_url := settings.find("BOXC_BASE_URL")) is not None:
        options["base_url"] = base_url
    if (accounts_url := settings.find("BOXC_ACCOUNTS_URL")) is not None:
        options["accounts_url"] = accounts_url
    if retries is not None:
        options["retries"] = retries
    if timeouts is not None:
        options["timeouts"] = timeouts
    token = settings.find("BOXC_TOKEN")
    if token is not None:
        return BoxC(token, **options)
    if not any(map(settings.has, _CLIENT)):
        raise ConfigurationError(settings.lack(f"BOXC_TOKEN, or {' and '.join(_CLIENT)}"))
    client_id, client_secret = settings.need(*_CLIENT)
    return BoxC(client_id=client_id, client_secret=client_secret, **options)
