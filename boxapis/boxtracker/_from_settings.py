"""Makes a Box Tracker client from the environment or a profile; its options, and its URL."""

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypedDict, TypeVar

from boxapis._http.messages import Transport
from boxapis._http.proxies import ProxyOption, sealed_proxy
from boxapis.options import Allow, Limits, Retries, SessionTiming, Sharing, Timeouts
from boxapis.secret import Secret

if TYPE_CHECKING:
    from boxapis._core.store import Store
    from boxapis._core.trace import Trace
    from boxapis._settings.settings import Settings

__all__ = ["BASE_URL", "BoxTrackerOptions", "open_boxtracker", "seal_options"]

C = TypeVar("C")

BASE_URL = "https://www.dumpster.software/controller.html"
"""The one address of all commands."""


class BoxTrackerOptions(TypedDict, total=False):
    """The keyword options of `BoxTracker`, for functions that pass them on."""

    base_url: str | Secret
    transport: Transport | None
    method: Literal["GET", "POST"]
    timing: SessionTiming | None
    keep_alive: bool
    timeouts: Timeouts | None
    retries: Retries | None
    limits: Limits | None
    proxy: ProxyOption
    ssl_context: ssl.SSLContext | None
    trace: "Trace | None"
    allow: Allow
    store: "Store | None"
    sharing: Sharing | None


def seal_options(options: BoxTrackerOptions) -> None:
    """Seals what may hold a password, in place, so that no frame of ours shows it."""
    options["proxy"] = sealed_proxy(options.get("proxy"))
    if (url := options.get("base_url")) is not None:
        options["base_url"] = Secret(url)


def open_boxtracker(make: Callable[..., C], settings: "Settings", options: BoxTrackerOptions) -> C:
    """Makes a client from settings.

    Args:
        make: The class of the client.
        settings: The environment's settings, or those of a profile.
        options: Options of the client, sealed; ``base_url`` and ``store`` go before those of the
            settings.

    Raises:
        ConfigurationError: naming the variable that is missing.
    """
    options["allow"] = settings.allow(options.get("allow", "everything"))
    options["base_url"] = (
        options.get("base_url") or settings.get("BOXTRACKER_BASE_URL") or Secret(BASE_URL)
    )
    if options.get("store") is None and settings.has("BOXAPIS_STORE"):
        from boxapis.stores._from_settings import open_store  # noqa: PLC0415 - used by few

        options["store"] = open_store(settings)
    username, password = settings.require("BOXTRACKER_USERNAME", "BOXTRACKER_PASSWORD")
    return make(username, password, **options)
