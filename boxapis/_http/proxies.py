"""Which proxy a request goes through: the one given, that of the environment, or none."""

from typing import Literal
from urllib.parse import urlsplit

from boxapis._http.messages import Origin, is_loopback
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, required, seal

__all__ = ["ProxyOption", "checked_proxy", "proxy_for", "sealed_proxy"]

ProxyOption = str | Secret | Literal[False] | None
"""A URL; None: ``HTTPS_PROXY`` and ``NO_PROXY`` of the environment; False: none at all."""

_SCHEMES = ("http", "https")


def sealed_proxy(option: object) -> Secret | Literal[False] | None:
    """The option with its URL out of sight, whatever it is; never raises."""
    return None if option is None else False if option is False else seal(option)


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


def _check(secret: Secret, name: str = "proxy") -> None:
    if not _is_proxy_url(secret):
        message = f"{name} must look like http://user:password@host:port"
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
        ConfigurationError: when the environment names something that is no proxy URL, or a request
            in clear would leave this machine through a proxy.
    """
    if origin.scheme == "http":
        return _for_this_machine(option)
    if option is not None:
        return option or None
    found = _of_the_environment(origin.host)
    if found is None:
        return None
    name, secret = found
    _check(secret, f"the environment variable {name.upper()}_PROXY")
    return secret


def _of_the_environment(host: str) -> tuple[str, Secret] | None:
    """Name and value of the variable that counts; a leaf, because values may hold passwords."""
    from urllib import request as urllib_request  # noqa: PLC0415 - slow to import, rarely needed

    found = urllib_request.getproxies_environment()
    # There since Python 3.0, though not in the type stubs.
    bypass = urllib_request.proxy_bypass_environment  # type: ignore[attr-defined]
    name = next((name for name in ("https", "all") if found.get(name)), None)
    if name is None or bypass(host, found):
        return None
    value = found[name]  # many tools take one without its scheme
    return name, Secret(value if "://" in value else f"http://{value}")


def _for_this_machine(option: Secret | Literal[False] | None) -> Secret | None:
    """Requests in clear go to this machine alone, and so must their proxy, if one is given."""
    if not option:
        return None
    if not is_loopback(urlsplit(option.reveal()).hostname or ""):
        message = "requests over http stay on this machine: the proxy must be on it, too"
        raise ConfigurationError(message)
    return option
