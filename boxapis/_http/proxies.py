"""`Proxy`, and the choice of one: the one given, that of the environment, or none."""

import base64
import re
from typing import Literal
from urllib.parse import unquote, urlsplit

from attrs import field, frozen

from boxapis._http.messages import Origin, is_loopback
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, required, seal

__all__ = ["CheckedProxy", "Proxy", "ProxyOption", "checked_proxy", "proxy_for", "sealed_proxy"]

ProxyOption = str | Secret | Literal[False] | None
"""A URL; None for ``HTTPS_PROXY`` and ``NO_PROXY`` of the environment; False for no proxy."""

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^/?#]*@")


@frozen
class Proxy:
    """An HTTP proxy.

    Attributes:
        address: Scheme, host and port; ``https`` for TLS to the proxy itself.
        credentials: User name and password; None without a user.
    """

    address: Origin
    credentials: tuple[Secret, Secret] | None = field(default=None, repr=False)

    @property
    def authorization(self) -> Secret | None:
        """Value of the header ``Proxy-Authorization``; None without a user."""
        if self.credentials is None:
            return None
        encoded = Secret(":".join(part.reveal() for part in self.credentials))
        return Secret(f"Basic {base64.b64encode(encoded.reveal().encode()).decode('ascii')}")


CheckedProxy = Proxy | Literal[False] | None
"""A checked `ProxyOption`: a `Proxy`, False or None."""


def sealed_proxy(option: object) -> Secret | Literal[False] | None:
    """Returns the option with its URL sealed. It never raises, whatever the option is."""
    return None if option is None else False if option is False else seal(option)


def checked_proxy(option: ProxyOption) -> CheckedProxy:
    """Returns the option with its URL parsed.

    Raises:
        ConfigurationError: it is not an ``http`` or ``https`` URL with a host. The error does not
            show the URL.
    """
    if option is None or option is False:
        return option
    return _checked(required(seal(option), "proxy"), "proxy")


def _checked(url: Secret, name: str) -> Proxy:
    proxy = _parse(url)
    if proxy is None:
        message = f"{name} must look like http://user:password@host:port"
        raise ConfigurationError(message)
    return proxy


def _parse(url: Secret) -> Proxy | None:
    """Returns the proxy of a URL, or None if it is not one.

    It raises nothing, and no local variable holds a URL with its user and password.
    """
    # urlsplit would drop some characters silently.
    if not _SCHEME.match(url.reveal()) or not url.reveal().isprintable() or " " in url.reveal():
        return None
    try:
        parts = urlsplit(_USER.sub("", url.reveal(), count=1))
        if not parts.hostname or parts.port == 0:
            return None
        if urlsplit(url.reveal()).username is None:
            return Proxy(Origin.of(parts))
    except ValueError:
        return None
    user = Secret(unquote(urlsplit(url.reveal()).username or ""))
    password = Secret(unquote(urlsplit(url.reveal()).password or ""))
    return Proxy(Origin.of(parts), (user, password))


def proxy_for(origin: Origin, option: CheckedProxy) -> Proxy | None:
    """Returns the proxy for requests to an origin, or None for a direct connection.

    Raises:
        ConfigurationError: the environment variable is not the URL of a proxy, or the proxy for
            requests over ``http``, which stay on this machine, is on another one.
    """
    if origin.scheme == "http":
        return _proxy_for_http(option)
    if option is not None:
        return option or None
    found = _from_environment(origin)
    if found is None:
        return None
    name, url = found
    return _checked(url, f"the environment variable {name.upper()}_PROXY")


def _from_environment(origin: Origin) -> tuple[str, Secret] | None:
    """Returns the scheme and the value of the variable that applies to an origin, or None."""
    name = next((name for name in ("https", "all") if _variable(name).reveal()), None)
    if name is None or _is_bypassed(origin, _variable("no").reveal()):
        return None
    url = _variable(name)
    if "://" in url.reveal():
        return name, url
    return name, Secret(f"http://{url.reveal()}")  # many tools accept one without its scheme


def _variable(name: str) -> Secret:
    from urllib.request import getproxies_environment  # noqa: PLC0415 - slow, and rarely needed

    return Secret(getproxies_environment().get(name, ""))


def _is_bypassed(origin: Origin, no_proxy: str) -> bool:
    """Whether ``NO_PROXY`` names an origin; it is read as httpx reads it.

    Beyond that, an IPv6 address may stand in brackets, a port may be the scheme's default, and
    ``*.host`` needs no scheme. An entry that makes no sense is ignored, where httpx may not start.
    """
    entries = [entry.strip().lower() for entry in no_proxy.split(",")]
    return "*" in entries or any(_names(entry, origin) for entry in entries)


def _names(entry: str, origin: Origin) -> bool:
    """Whether an entry of ``NO_PROXY`` names an origin: ``[scheme://]host[:port]``.

    A host without a scheme stands for its subdomains, too; ``.host`` and ``*.host`` mean these
    alone.
    """
    scheme, _, rest = entry.rpartition("://")
    host = rest.partition("/")[0]
    try:
        parts = urlsplit(f"//[{host}]" if host.count(":") > 1 and host[0] != "[" else f"//{host}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or scheme not in ("", "all", origin.scheme) or port not in (None, origin.port):
        return False
    is_exact = host == "localhost" or (scheme != "" and host[0] != "*")
    host = host.removeprefix("*")
    is_subdomain = origin.host.endswith(f".{host.removeprefix('.')}")
    return origin.host == host or (is_subdomain and not is_exact)


def _proxy_for_http(option: CheckedProxy) -> Proxy | None:
    """Returns the proxy given, if any: the environment's might take requests off this machine."""
    if not option:
        return None
    if not is_loopback(option.address.host):
        message = "requests over http stay on this machine: the proxy must be on it, too"
        raise ConfigurationError(message)
    return option
