"""The transport of a client: the one given, or the default one."""

import ssl

from boxapis._core.clock import Clock
from boxapis._http.messages import Transport
from boxapis._http.proxies import ProxyOption, checked_proxy
from boxapis.errors import ConfigurationError
from boxapis.options import Limits, Timeouts

__all__ = ["choose_transport"]


def choose_transport(
    transport: Transport | None,
    *,
    timeouts: Timeouts,
    limits: Limits,
    proxy: ProxyOption,
    ssl_context: ssl.SSLContext | None,
    clock: Clock,
) -> Transport:
    """The transport given, or the default one.

    Raises:
        ConfigurationError: when a transport is given together with what only the default uses.
    """
    proxy = checked_proxy(proxy)
    if transport is None:
        # Here and not above: with a transport of your own this one is never imported.
        from boxapis.transports.direct import DirectTransport  # noqa: PLC0415

        return DirectTransport(
            timeouts=timeouts, limits=limits, proxy=proxy, ssl_context=ssl_context, _clock=clock
        )
    if proxy or ssl_context is not None:
        message = "give proxy and ssl_context to the transport itself"
        raise ConfigurationError(message)
    if not (hasattr(transport, "send") and hasattr(transport, "aclose")):
        message = "transport must have send() and aclose(); wrap one of httpx in HttpxTransport"
        raise ConfigurationError(message)
    return transport
