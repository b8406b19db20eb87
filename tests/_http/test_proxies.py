"""Proxies: the given one, the environment's, or none."""

from typing import Any

import httpx
import pytest
from httpx._utils import URLPattern, get_environment_proxies

from boxapis._http.messages import Origin
from boxapis._http.proxies import CheckedProxy, Proxy, checked_proxy, proxy_for
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret

SERVICE = Origin("https", "api.boxc.com", 443)
LOOPBACK = Origin("http", "127.0.0.1", 8000)
PROXY = "http://user:Zq9X@proxy.example:3128"
ADDRESS = Origin("http", "proxy.example", 3128)
AUTHORIZATION = "Basic dXNlcjpacTlY"

BAD_URLS = [
    "Zq9X.example:3128",
    "socks5://Zq9X.example:1080",
    "http://",
    "http://user:Zq9X@",
    "http://Zq9X.example:0",
    "http://Zq9X.example:99999",
    "http://Zq9X.example:port",
    "http://[Zq9X",
    "http://Zq9X.example:3128\n",
    "http://Zq9X .example:3128",
    "\thttp://Zq9X.example:3128",
]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Clears the environment's proxy variables."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def address(proxy: CheckedProxy) -> Origin:
    """The address of a proxy, if it is one."""
    assert isinstance(proxy, Proxy)
    return proxy.address


def test_none_means_the_environment() -> None:
    """Without a proxy option and without variables there is no proxy."""
    assert checked_proxy(None) is None
    assert proxy_for(SERVICE, None) is None


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_the_environment_is_asked(environment: pytest.MonkeyPatch, name: str) -> None:
    """``HTTPS_PROXY``, else ``ALL_PROXY``, in either case, as every tool reads them."""
    environment.setenv(name, PROXY)
    found = proxy_for(SERVICE, None)
    assert found is not None
    assert found == checked_proxy(PROXY)
    assert found.authorization == Secret(AUTHORIZATION)
    assert "Basic" not in repr(found)


def test_https_goes_before_all(environment: pytest.MonkeyPatch) -> None:
    """The variable of the scheme wins."""
    environment.setenv("HTTPS_PROXY", PROXY)
    environment.setenv("ALL_PROXY", "http://other.example:1")
    assert address(proxy_for(SERVICE, None)) == ADDRESS


def test_http_proxy_is_for_another_scheme(environment: pytest.MonkeyPatch) -> None:
    """``HTTP_PROXY`` does not apply to ``https``."""
    environment.setenv("HTTP_PROXY", PROXY)
    assert proxy_for(SERVICE, None) is None


@pytest.mark.parametrize("hosts", ["*", "api.boxc.com", "boxc.com", ".boxc.com", "a.b, boxc.com"])
def test_no_proxy_is_honoured(environment: pytest.MonkeyPatch, hosts: str) -> None:
    """Hosts named in ``NO_PROXY`` are reached directly, domains included."""
    environment.setenv("HTTPS_PROXY", PROXY)
    environment.setenv("NO_PROXY", hosts)
    assert proxy_for(SERVICE, None) is None


@pytest.mark.parametrize("hosts", ["", "example.com", "notboxc.com", "pi.boxc.com.example"])
def test_no_proxy_names_others(environment: pytest.MonkeyPatch, hosts: str) -> None:
    """Hosts that ``NO_PROXY`` does not name use the proxy."""
    environment.setenv("HTTPS_PROXY", PROXY)
    environment.setenv("NO_PROXY", hosts)
    assert address(proxy_for(SERVICE, None)) == ADDRESS


HOSTS = {
    "name": Origin("https", "api.boxc.com", 443),
    "domain": Origin("https", "boxc.com", 443),
    "other": Origin("https", "notboxc.com", 443),
    "port": Origin("https", "api.boxc.com", 8443),
    "localhost": Origin("https", "localhost", 8443),
    "ipv4": Origin("https", "10.1.2.3", 8443),
    "ipv6": Origin("https", "::1", 8443),
}

NO_PROXY = {
    "": "",
    "*": " ".join(HOSTS),
    "a.b, *": " ".join(HOSTS),
    "api.boxc.com": "name port",
    "API.BoxC.com": "name port",
    " boxc.com ,a.b": "name domain port",
    ".boxc.com": "name port",
    "boxc.com.": "",
    "oxc.com": "",
    "boxc.com/path": "name domain port",
    "boxc.com:8443": "port",
    "api.boxc.com:8443": "port",
    "https://api.boxc.com": "name port",
    "https://api.boxc.com:8443": "port",
    "https://boxc.com": "domain",
    "https://*.boxc.com": "name port",
    "https://*boxc.com": "name domain port",
    "all://api.boxc.com": "name port",
    "http://api.boxc.com": "",
    "localhost": "localhost",
    "LocalHost": "localhost",
    "localhost:8443": "localhost",
    "localhost:9": "",
    "10.1.2.3": "ipv4",
    "10.1.2.3:8443": "ipv4",
    "10.1.2.3:9": "",
    "10.0.0.0/8": "",
    "10.1.2.3/32": "ipv4",
    "::1": "ipv6",
    "https://[::1]": "ipv6",
    "all://[::1]:8443": "ipv6",
    "all://[::1]:9": "",
}
"""Values of ``NO_PROXY``, and the keys of `HOSTS` that are then reached directly."""

BEYOND_HTTPX = {
    "[::1]": "ipv6",
    "[::1]:8443": "ipv6",
    "[::1]:9": "",
    "::1/128": "ipv6",
    "api.boxc.com:443": "name",
    "*.boxc.com": "name port",
    "boxc.com:port, localhost": "localhost",
    "[::1, localhost": "localhost",
}
"""The same for values that httpx refuses, or reads in a way that makes them useless."""


def reached_directly(environment: pytest.MonkeyPatch, value: str) -> set[str]:
    """The keys of `HOSTS` that are reached without the environment's proxy."""
    environment.setenv("HTTPS_PROXY", PROXY)
    environment.setenv("NO_PROXY", value)
    return {key for key, origin in HOSTS.items() if proxy_for(origin, None) is None}


def reached_by_httpx(environment: pytest.MonkeyPatch, value: str) -> set[str] | None:
    """The same of httpx; None if it refuses the value."""
    environment.setenv("HTTPS_PROXY", PROXY)
    environment.setenv("NO_PROXY", value)
    try:
        mounts = get_environment_proxies()
        patterns = sorted((URLPattern(key), url) for key, url in mounts.items())
    except httpx.InvalidURL:
        return None
    urls = {key: httpx.URL(f"https://{origin.host_and_port}") for key, origin in HOSTS.items()}
    chosen = {
        key: next((proxy for pattern, proxy in patterns if pattern.matches(url)), None)
        for key, url in urls.items()
    }
    return {key for key, proxy in chosen.items() if proxy is None}


@pytest.mark.parametrize("value", NO_PROXY)
def test_no_proxy_is_read_as_httpx_reads_it(environment: pytest.MonkeyPatch, value: str) -> None:
    """F139: hosts, domains, addresses, ports and schemes mean what they mean there."""
    expected = set(NO_PROXY[value].split())
    assert reached_directly(environment, value) == expected
    assert reached_by_httpx(environment, value) == expected


@pytest.mark.parametrize("value", BEYOND_HTTPX)
def test_no_proxy_beyond_httpx(environment: pytest.MonkeyPatch, value: str) -> None:
    """F139: so do brackets, the default port and ``*.``; nonsense is ignored."""
    expected = set(BEYOND_HTTPX[value].split())
    assert reached_directly(environment, value) == expected
    assert reached_by_httpx(environment, value) != expected


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"])
def test_clear_text_never_leaves_through_the_environment(
    environment: pytest.MonkeyPatch, name: str
) -> None:
    """``http`` is for this machine only, so it goes through no proxy of the environment."""
    environment.setenv(name, PROXY)
    assert proxy_for(LOOPBACK, None) is None


def test_false_means_none_at_all(environment: pytest.MonkeyPatch) -> None:
    """``proxy=False`` ignores the environment."""
    environment.setenv("HTTPS_PROXY", PROXY)
    assert checked_proxy(False) is False  # noqa: FBT003 - the option's own value
    assert proxy_for(SERVICE, option=False) is None


@pytest.mark.parametrize(
    ("url", "expected", "authorization"),
    [
        (PROXY, ADDRESS, AUTHORIZATION),
        ("https://proxy.example", Origin("https", "proxy.example", 443), None),
        ("http://proxy.example/", Origin("http", "proxy.example", 80), None),
        ("http://[::1]:3128", Origin("http", "::1", 3128), None),
        ("http://127.0.0.1:8080/", Origin("http", "127.0.0.1", 8080), None),
        ("http://u%40x@h:1", Origin("http", "h", 1), "Basic dUB4Og=="),
        ("http://u:p%C3%A9%3A@h:1", Origin("http", "h", 1), "Basic dTpww6k6"),
        ("http://:p@h:1", Origin("http", "h", 1), "Basic OnA="),
    ],
)
def test_an_explicit_proxy_wins(
    environment: pytest.MonkeyPatch, url: str, expected: Origin, authorization: str | None
) -> None:
    """The one given is used whatever the environment says, with its user and password decoded."""
    environment.setenv("HTTPS_PROXY", "http://other.example:1")
    environment.setenv("NO_PROXY", "*")
    proxy = proxy_for(SERVICE, checked_proxy(url))
    assert proxy is not None
    assert (proxy.address, proxy.authorization) == (expected, authorization)


@pytest.mark.parametrize("url", ["http://[::1]:3128", "http://127.0.0.1:8080/"])
def test_requests_in_clear_stay_on_this_machine(url: str) -> None:
    """A plain request to this machine may go through a proxy of this machine, and no other."""
    option = checked_proxy(url)
    assert proxy_for(LOOPBACK, option) is option
    with pytest.raises(ConfigurationError, match="stay on this machine"):
        proxy_for(LOOPBACK, checked_proxy(PROXY))


def test_a_proxy_of_the_environment_without_scheme(environment: pytest.MonkeyPatch) -> None:
    """A proxy variable may be ``host:port`` without scheme, as in many tools."""
    environment.setenv("HTTPS_PROXY", "proxy.example:3128")
    assert proxy_for(SERVICE, None) == Proxy(ADDRESS)


def test_a_secret_is_taken() -> None:
    """The URL may be a `Secret`, since it may hold a password."""
    assert address(checked_proxy(Secret(PROXY))) == ADDRESS


@pytest.mark.parametrize("url", BAD_URLS, ids=ascii)
def test_a_bad_url_is_refused_and_not_shown(url: str) -> None:
    """Only ``http`` and ``https`` URLs with a host are proxies; the error does not quote it."""
    with pytest.raises(ConfigurationError, match="proxy must look like") as caught:
        checked_proxy(url)
    assert "Zq9X" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("option", ["", 5, True, b"http://h:1", 0], ids=repr)
def test_what_is_no_text_is_refused(option: Any) -> None:
    """Neither an empty text nor another type is a proxy; 0 is not taken for False."""
    with pytest.raises(ConfigurationError, match="proxy must be a non-empty str or Secret"):
        checked_proxy(option)


@pytest.mark.parametrize("url", [url for url in BAD_URLS if "://" in url], ids=ascii)
def test_a_bad_environment_is_refused_and_not_shown(
    environment: pytest.MonkeyPatch, url: str
) -> None:
    """A bad proxy variable is refused like a bad option, so that no secret leaves wrongly."""
    environment.setenv("HTTPS_PROXY", url)
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY must look like") as caught:
        proxy_for(SERVICE, None)
    assert "Zq9X" not in str(caught.value)
