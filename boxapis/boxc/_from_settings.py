"""Makes a BoxC client from the environment or a profile; the options of a client, and its URLs."""

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict, TypeVar

from boxapis._core.rate_limiter import OnWait
from boxapis._http.messages import Transport
from boxapis._http.proxies import ProxyOption, sealed_proxy
from boxapis._settings.variables import CLIENT_VARIABLES
from boxapis.errors import ConfigurationError
from boxapis.options import Allow, Limits, Retries, Timeouts
from boxapis.secret import Secret

if TYPE_CHECKING:
    from boxapis._core.store import Store
    from boxapis._core.trace import Trace
    from boxapis._settings.settings import Settings

__all__ = ["ACCOUNTS_URL", "BASE_URL", "BoxCOptions", "open_boxc", "seal_options"]

C = TypeVar("C")

BASE_URL = "https://api.boxc.com/v1"
ACCOUNTS_URL = "https://accounts.boxc.com"


class BoxCOptions(TypedDict, total=False):
    """The keyword options of `BoxC`, for functions that pass them on."""

    base_url: str | Secret
    accounts_url: str | Secret
    transport: Transport | None
    timeouts: Timeouts | None
    retries: Retries | None
    limits: Limits | None
    proxy: ProxyOption
    ssl_context: ssl.SSLContext | None
    rate_share: float
    on_wait: OnWait | None
    trace: "Trace | None"
    allow: Allow
    store: "Store | None"
    bucket: str | None


def seal_options(options: BoxCOptions) -> None:
    """Seals what may hold a password, in place, so that no frame of ours shows it."""
    options["proxy"] = sealed_proxy(options.get("proxy"))
    if (url := options.get("base_url")) is not None:
        options["base_url"] = Secret(url)
    if (url := options.get("accounts_url")) is not None:
        options["accounts_url"] = Secret(url)


def open_boxc(make: Callable[..., C], settings: "Settings", options: BoxCOptions) -> C:
    """Makes a client from settings.

    Args:
        make: The class of the client.
        settings: The environment's settings, or those of a profile.
        options: Options of the client, sealed; addresses and ``store`` go before the settings.

    Raises:
        ConfigurationError: naming the variable that is missing.
    """
    options["allow"] = settings.allow(options.get("allow", "everything"))
    options["base_url"] = (
        options.get("base_url") or settings.get("BOXC_BASE_URL") or Secret(BASE_URL)
    )
    options["accounts_url"] = (
        options.get("accounts_url") or settings.get("BOXC_ACCOUNTS_URL") or Secret(ACCOUNTS_URL)
    )
    if options.get("store") is None and settings.has("BOXAPIS_STORE"):
        from boxapis.stores._from_settings import open_store  # noqa: PLC0415 - used by few

        options["store"] = open_store(settings)
    token = settings.get("BOXC_TOKEN")
    if token is not None:
        return make(token, **options)
    if not any(map(settings.has, CLIENT_VARIABLES)):
        names = f"BOXC_TOKEN, or {' and '.join(CLIENT_VARIABLES)}"
        raise ConfigurationError(settings.how_to_set(names))
    client_id, client_secret = settings.require(*CLIENT_VARIABLES)
    return make(client_id=client_id, client_secret=client_secret, **options)
