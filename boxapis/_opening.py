"""What both clients do when they are made: options checked, transport chosen, environment read."""

import os
import ssl

from boxapis._clock import Clock
from boxapis._proxies import ProxyOption, checked_proxy
from boxapis._wire import Transport
from boxapis.errors import ConfigurationError
from boxapis.options import Limits, Timeouts
from boxapis.secret import Secret

__all__ = ["choose_transport", "from_environment"]


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
        # Here and not above: with a transport of your own httpx is never imported.
        from boxapis.transports.httpx import HttpxTransport  # noqa: PLC0415

        return HttpxTransport(
            timeouts=timeouts, limits=limits, proxy=proxy, ssl_context=ssl_context, _clock=clock
        )
    if proxy or ssl_context is not None:
        message = "give proxy and ssl_context to the transport itself"
        raise ConfigurationError(message)
    if not (hasattr(transport, "send") and hasattr(transport, "aclose")):
        message = "transport must have send() and aclose(); wrap one of httpx in HttpxTransport"
        raise ConfigurationError(message)
    return transport


def from_environment(*names: str) -> list[Secret]:
    """The values of environment variables that must all be set.

    Raises:
        ConfigurationError: naming those that are not, or are empty.
    """
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        message = f"set the environment variable {' and '.join(missing)}"
        raise ConfigurationError(message)
    return [Secret(os.environ[name]) for name in names]
