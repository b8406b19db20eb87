"""Checks the route to a service: DNS, TCP, proxy, TLS, HTTP, and the clock."""

import ipaddress
import socket
import time
from collections.abc import AsyncIterator

import anyio
from attrs import frozen

from boxapis import BoxAPIError, ConfigurationError, Secret, TransportError
from boxapis._http.messages import parse_base_url
from boxapis._http.proxies import Proxy, proxy_for
from boxapis._sansio.retry_after import parse_http_date
from boxapis.cli.doctor.check import Check, failed, passed, skipped
from boxapis.transports import DirectTransport, Origin, Request, Response

__all__ = ["STEPS", "check_route"]

STEPS = ("DNS", "TCP", "proxy", "TLS", "HTTP", "clock")

_TIMEOUT = 10.0
_MAX_CLOCK_DIFFERENCE = 60


@frozen
class _Route:
    """The address of a service, and the proxy on the way to it."""

    origin: Origin
    path: str
    proxy: Proxy | None

    @property
    def first_hop(self) -> Origin:
        """The server that this machine connects to."""
        return self.origin if self.proxy is None else self.proxy.address


async def check_route(url: Secret) -> AsyncIterator[Check]:
    """Checks each step on the way to an address, up to the first that fails."""
    try:
        origin, path = parse_base_url(url)
        route = _Route(origin, path or "/", proxy_for(origin, None))
    except ConfigurationError as error:
        problem = error
    else:
        async for check in _check_steps(route):
            yield check
        return
    yield failed("proxy", str(problem.args[0]), problem.next_step)


async def _check_steps(route: _Route) -> AsyncIterator[Check]:
    for step in (_check_dns, _check_tcp):
        check = await step(route)
        yield check
        if check.verdict == "failed":
            return
    for check in await _check_request(route):
        yield check


async def _check_dns(route: _Route) -> Check:
    host = route.first_hop.host
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return skipped("DNS", f"{host} is an IP address")
    try:
        with anyio.fail_after(_TIMEOUT):
            found = await anyio.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except TimeoutError:
        problem = f"looking up {host} took longer than {_TIMEOUT:g} s"
    except OSError:
        problem = f"{host} has no address"
    else:
        addresses = sorted({str(entry[4][0]) for entry in found})
        return passed("DNS", f"{host} is {', '.join(addresses[:3])}")
    advice = "check the name in the settings, and this machine's network and DNS"
    return failed("DNS", problem, advice)


async def _check_tcp(route: _Route) -> Check:
    hop = route.first_hop
    try:
        with anyio.fail_after(_TIMEOUT):
            stream = await anyio.connect_tcp(hop.host, hop.port)
            await stream.aclose()
    except TimeoutError:
        problem = f"no answer from {hop.host_and_port} in {_TIMEOUT:g} s"
    except OSError:
        problem = f"{hop.host_and_port} accepts no connections"
    else:
        return passed("TCP", f"connected to {hop.host_and_port}")
    advice = "check the address, the firewall, and whether HTTPS_PROXY must name a proxy"
    return failed("TCP", problem, advice)


async def _check_request(route: _Route) -> list[Check]:
    """Sends one request without arguments, which shows how the other steps went."""
    transport = DirectTransport()
    request = Request(route.origin, "GET", route.path, (), None, "GET")
    began = time.time()
    try:
        response = await transport.send(request, deadline=time.monotonic() + _TIMEOUT)
    except BoxAPIError as error:
        return _failed_request(route, error)
    finally:
        await transport.aclose()
    middle = (began + time.time()) / 2
    http = passed("HTTP", f"the service responded with status {response.status}")
    return [_proxy_check(route), _tls_check(route), http, _clock_check(response, middle)]


def _failed_request(route: _Route, error: BoxAPIError) -> list[Check]:
    message, advice = str(error.args[0]).removeprefix("GET: ").rstrip("."), error.next_step
    match error.phase if isinstance(error, TransportError) else "read":
        case "proxy":
            advice = "check the address, user and password of the proxy in HTTPS_PROXY"
            return [failed("proxy", message, advice)]
        case "tls":
            return [_proxy_check(route), failed("TLS", message, advice)]
        case _:
            return [_proxy_check(route), _tls_check(route), failed("HTTP", message, advice)]


def _proxy_check(route: _Route) -> Check:
    if route.proxy is None:
        return skipped("proxy", "no proxy is set")
    return passed("proxy", f"{route.first_hop.host_and_port} forwards requests")


def _tls_check(route: _Route) -> Check:
    if route.origin.scheme == "http":
        return skipped("TLS", "not used on this machine: the address begins with http")
    return passed("TLS", f"the certificate of {route.origin.host} is trusted")


def _clock_check(response: Response, middle: float) -> Check:
    service_time = parse_http_date(response.header("date"))
    if service_time is None:
        return skipped("clock", "the response has no valid date")
    ahead = middle - service_time.timestamp()
    if abs(ahead) <= _MAX_CLOCK_DIFFERENCE:
        return passed("clock", "within a minute of the service's clock")
    direction = "ahead of" if ahead > 0 else "behind"
    message = f"this machine's clock is {abs(ahead):.0f} s {direction} the service's"
    advice = "set it, preferably by NTP: certificates and tokens expire by it"
    return failed("clock", message, advice)
