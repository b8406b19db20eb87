"""Which proxy a request goes through: the one given, that of the environment, or none."""

from typing import Literal
from urllib import request as urllib_request
from urllib.parse import urlsplit

from boxapis._wire import Origin
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, required, seal

__all__ = ["ProxyOption", "checked_proxy", "proxy_for"]

ProxyOption = str | Secret | Literal[False] | None
"""A URL; None: ``HTTPS_PROXY`` and ``NO_PROXY`` of the environment; False: none at all."""

_SCHEMES = ("http", "https")


def checked_proxy(option: ProxyOption) -> Secret | Literal[False] | None:
    """The option with its URL out of sight, for it may hold a password.

    Raises:
        ConfigurationError: when it is no ``http`` or ``https`` URL. The URL is not shown.
    """
    if option is None or option is False:
        return option
    secret = required(seal(option), "proxy")
    _check(secret)
    return secret


def _check(secret: Secret) -> None:
    if not _is_proxy_url(secret):
        message = "proxy must look like http://user:password@host:port"
        raise ConfigurationError(message)


def _is_proxy_url(secret: Secret) -> bool:
    url = secret.reveal()
    if not url.isprintable() or " " in url:  # urlsplit would drop some of these in silence
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def proxy_for(origin: Origin, option: Secret | Literal[False] | None) -> Secret | None:
    """The proxy's URL for requests to an origin, or None to go straight there.

    Raises:
        ConfigurationError: when the environment names something that is no proxy URL.
    """
    if option is not None:
        return option or None
    if origin.scheme == "http":
        return None  # this machine's own: in clear it must not leave through a proxy
    found = urllib_request.getproxies_environment()
    # There since Python 3.0, though not in the type stubs.
    bypass = urllib_request.proxy_bypass_environment  # type: ignore[attr-defined]
    if bypass(origin.host, found):
        return None
    secret = seal(found.get(origin.scheme) or found.get("all"))
    if secret is not None:
        _check(secret)
    return secret
