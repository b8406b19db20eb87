"""Makes the dispatcher of a client, with the transport given or a `DirectTransport`."""

import ssl
from importlib import import_module
from typing import TYPE_CHECKING

from boxapis._core.client import checked_option
from boxapis._core.clock import Clock
from boxapis._core.dispatcher import Dispatcher
from boxapis._http.messages import Transport
from boxapis._http.proxies import ProxyOption, checked_proxy
from boxapis.errors import ConfigurationError, Service, type_name
from boxapis.options import Limits, Retries, Timeouts

if TYPE_CHECKING:
    from boxapis._core.store import Store
    from boxapis._core.trace import Trace

__all__ = ["open_dispatcher"]

# What reads errors and traces calls. It is imported with the first client, because a later import
# may fail, for instance when no file descriptor is left, and would take the place of the error.
_NEEDED_LATER = ("boxapis._core.tracer", "boxapis._sansio.redaction", "html")


def open_dispatcher(
    service: Service,
    transport: Transport | None,
    *,
    timeouts: Timeouts,
    retries: Retries | None,
    limits: Limits | None,
    proxy: ProxyOption,
    ssl_context: ssl.SSLContext | None,
    trace: "Trace | None",
    clock: Clock,
    grace: float = 0.0,
    store: "Store | None" = None,
) -> Dispatcher:
    """Checks the options of a client and returns its dispatcher.

    Raises:
        ConfigurationError: an option is wrong, or a transport is given together with ``proxy`` or
            ``ssl_context``, which only the default transport uses.
    """
    for name in _NEEDED_LATER:
        import_module(name)
    limits = checked_option(limits, Limits, "limits") or Limits()
    return Dispatcher(
        _checked_transport(transport, proxy, ssl_context)
        or _default_transport(timeouts, limits, proxy, ssl_context, clock),
        clock=clock,
        limits=limits,
        timeouts=timeouts,
        retries=checked_option(retries, Retries, "retries") or Retries(),
        service=service,
        trace=trace,
        grace=grace,
        store=_checked_store(store),
    )


def _checked_store(store: "Store | None") -> "Store | None":
    if store is None:
        return None
    # Imported here, because without a store nothing of it is needed.
    from boxapis._core.store import Store  # noqa: PLC0415

    if not issubclass(type(store), Store):
        message = f"store must be a SQLiteStore or a RedisStore, not a {type_name(store)}"
        raise ConfigurationError(message)
    return store


def _checked_transport(
    transport: Transport | None, proxy: ProxyOption, ssl_context: ssl.SSLContext | None
) -> Transport | None:
    if transport is None:
        return None
    if checked_proxy(proxy) or ssl_context is not None:
        message = "proxy and ssl_context cannot be combined with transport; set them on that"
        raise ConfigurationError(message)
    if not (hasattr(transport, "send") and hasattr(transport, "aclose")):
        message = (
            "transport must have send() and aclose(); wrap a transport of httpx in HttpxTransport"
        )
        raise ConfigurationError(message)
    return transport


def _default_transport(
    timeouts: Timeouts,
    limits: Limits,
    proxy: ProxyOption,
    ssl_context: ssl.SSLContext | None,
    clock: Clock,
) -> Transport:
    # Imported here, so that a client with another transport never loads httptools.
    from boxapis.transports.direct import DirectTransport  # noqa: PLC0415

    transport = DirectTransport(
        timeouts=timeouts, limits=limits, proxy=proxy, ssl_context=ssl_context
    )
    transport.now = clock.now
    return transport
