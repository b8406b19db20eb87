"""The way to a service, step by step: name, connection, proxy, trust, an answer, the time in it."""

import ipaddress
import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import anyio
from attrs import frozen

from boxapis import BoxAPIError, ConfigurationError, Secret, TransportError
from boxapis._http.messages import parse_base_url
from boxapis._http.proxies import proxy_for
from boxapis.cli.doctor.values import Check, failed, fine, skipped
from boxapis.transports import DirectTransport, Origin, Request, Response

__all__ = ["STEPS", "check_way"]

STEPS = ("DNS", "TCP", "proxy", "TLS", "HTTP", "clock")

_PATIENCE = 10.0
_TOLERATED = 60
_PORTS = {"http": 80, "https": 443}


@frozen
class _Way:
    """Where requests go, and through what."""

    origin: Origin
    path: str
    proxy: Secret | None

    @property
    def first(self) -> tuple[str, int]:
        """Host and port that this machine connects to."""
        if self.proxy is None:
            return self.origin.host, self.origin.port
        parts = urlsplit(self.proxy.reveal())
        return parts.hostname or "", parts.port or _PORTS[parts.scheme]

    @property
    def first_in_words(self) -> str:
        """The same, to be read; of a proxy never its user and password."""
        host, port = self.first
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def check_way(url: Secret) -> AsyncIterator[Check]:
    """The steps of the way to an address. What comes after one that failed is skipped."""
    try:
        origin, path = parse_base_url(url)
        way = _Way(origin, path or "/", proxy_for(origin, None))
    except ConfigurationError as error:
        problem = error
    else:
        async for check in _checked(way):
            yield check
        return
    yield failed("proxy", str(problem.args[0]), problem.next_step)


async def _checked(way: _Way) -> AsyncIterator[Check]:
    for step in (_name, _connection):
        check = await step(way)
        yield check
        if check.verdict == "failed":
            return
    for check in await _answer(way):
        yield check


async def _name(way: _Way) -> Check:
    host, _ = way.first
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return skipped("DNS", f"{host} is an address already")
    try:
        with anyio.fail_after(_PATIENCE):
            found = await anyio.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except TimeoutError:
        why = f"no answer about {host} came in {_PATIENCE:g} s"
    except OSError:
        why = f"there is no address for {host}"
    else:
        addresses = sorted({str(entry[4][0]) for entry in found})
        return fine("DNS", f"{host} is {', '.join(addresses[:3])}")
    return failed("DNS", why, "check the name in the settings, and this machine's network and DNS")


async def _connection(way: _Way) -> Check:
    try:
        with anyio.fail_after(_PATIENCE):
            stream = await anyio.connect_tcp(*way.first)
            await stream.aclose()
    except TimeoutError:
        why = f"no answer from {way.first_in_words} in {_PATIENCE:g} s"
    except OSError:
        why = f"nobody takes connections at {way.first_in_words}"
    else:
        return fine("TCP", f"connected to {way.first_in_words}")
    advice = "check the address, the firewall, and whether a proxy must be set in HTTPS_PROXY"
    return failed("TCP", why, advice)


async def _answer(way: _Way) -> list[Check]:
    """What one request without any argument tells of the rest."""
    transport = DirectTransport()
    request = Request(way.origin, "GET", way.path, (), None, "GET")
    began = time.time()
    try:
        answer = await transport.send(request, deadline=time.monotonic() + _PATIENCE)
    except BoxAPIError as error:
        return _troubles(way, error)
    finally:
        await transport.aclose()
    middle = (began + time.time()) / 2
    answered = fine("HTTP", f"an answer came, status {answer.status}")
    return [_proxy(way), _trust(way), answered, _clock(answer, middle)]


def _troubles(way: _Way, error: BoxAPIError) -> list[Check]:
    said, advice = str(error.args[0]).removeprefix("GET: ").rstrip("."), error.next_step
    match error.phase if isinstance(error, TransportError) else "read":
        case "proxy":
            return [failed("proxy", said, "check its address, user and password in HTTPS_PROXY")]
        case "tls":
            return [_proxy(way), failed("TLS", said, advice)]
        case _:
            return [_proxy(way), _trust(way), failed("HTTP", said, advice)]


def _proxy(way: _Way) -> Check:
    if way.proxy is None:
        return skipped("proxy", "none is set")
    return fine("proxy", f"{way.first_in_words} lets requests through")


def _trust(way: _Way) -> Check:
    if way.origin.scheme == "http":
        return skipped("TLS", "http, which stays on this machine")
    return fine("TLS", f"the certificate of {way.origin.host} is trusted")


def _clock(answer: Response, middle: float) -> Check:
    theirs = _date(answer.header("date"))
    if theirs is None:
        return skipped("clock", "the service does not say what time it is")
    ahead = middle - theirs.timestamp()
    if abs(ahead) <= _TOLERATED:
        return fine("clock", "the same time as the service, within a minute")
    way = "ahead of" if ahead > 0 else "behind"
    said = f"this machine's clock is {abs(ahead):.0f} s {way} the service's"
    return failed("clock", said, "set it, best by NTP: certificates and tokens are judged by it")


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
