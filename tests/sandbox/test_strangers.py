"""What the sandbox keeps from strangers: requests with another Host, and secrets in its records."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from boxapis import SENSITIVE_FIELDS
from boxapis.sandbox import Sandbox
from boxapis.sandbox._records import is_secret_name

pytestmark = pytest.mark.servers

PATHS = ("/controller.html", "/v1/credentials", "/auth/v1/token", "/nothing")


@pytest.fixture
def served() -> Iterator[Sandbox]:
    """A running sandbox."""
    with Sandbox() as sandbox:
        yield sandbox


def ask(sandbox: Sandbox, path: str, *hosts: str) -> tuple[int, str]:
    """Sends a request with these Host headers; returns status and text of the response."""
    parts = urlsplit(sandbox.accounts_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    connection.putrequest("GET", path, skip_host=True)
    for host in hosts:
        connection.putheader("Host", host)
    connection.endheaders()
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "hosts",
    [
        ("evil.example",),
        ("evil.example:8000",),
        ("localhost.evil.example",),
        ("127.0.0.1.evil.example",),
        ("169.254.169.254",),
        ("[2001:db8::1]:80",),
        ("",),
        ("localhost", "evil.example"),
    ],
    ids=" and ".join,
)
def test_another_host_is_refused(served: Sandbox, path: str, hosts: tuple[str, ...]) -> None:
    """F144: a request that names another host, as from a rebound web page, reaches no service."""
    status, text = ask(served, path, *hosts)
    assert status == 421
    assert "loopback" in text
    assert "evil" not in text
    assert not served.boxtracker.counts
    assert not served.boxc.counts


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.9.9.9:80", "localhost:8000", "LOCALHOST", "[::1]:8000", "[::1]"]
)
def test_this_machine_is_answered(served: Sandbox, host: str) -> None:
    """Every name and address of this machine is answered, with or without a port."""
    assert ask(served, "/controller.html", host)[0] == 200


@pytest.mark.parametrize("host", ["::1", "localhost"])
async def test_its_own_addresses_are_answered(host: str) -> None:
    """Whatever loopback address it listens on, its own URLs work."""
    with Sandbox(host=host) as sandbox:
        async with httpx.AsyncClient() as client:
            assert (await client.get(sandbox.boxtracker_url)).status_code == 200


async def test_a_request_within_the_process_may_name_any_host() -> None:
    """A request over ASGI comes from no network, so its host does not matter."""
    transport = httpx.ASGITransport(app=Sandbox().app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        assert (await client.get("/controller.html")).status_code == 200


@pytest.mark.parametrize("name", sorted(SENSITIVE_FIELDS))
def test_its_own_list_covers_the_clients(name: str) -> None:
    """Each field that the client holds secret is masked, in any case."""
    assert is_secret_name(name)
    assert is_secret_name(name.upper())


@pytest.mark.parametrize(
    "name", ["username", "carrier", "ccard_id", "credentials_id", "page_token", "customer_id"]
)
def test_what_is_no_secret_stays(name: str) -> None:
    """References and names stay readable in the records."""
    assert not is_secret_name(name)


def test_records_show_no_secret() -> None:
    """F144: records mask every spelling, in queries and in JSON that an argument holds as text."""
    secret = "Zq9X-secret"
    sandbox = Sandbox()
    names = ("txtCCardNo", "sessionKey", "KEY", "token", "api_key", "Session-Key", "passWord")
    nested = json.dumps([{"card": {"ccardCVV": secret}, "note": "shown"}])
    given = dict.fromkeys(names, secret) | {"obj": nested, "cut": f'{{"key": "{secret}'}
    sandbox.boxtracker.handle("GET", given)
    sandbox.boxc.handle("GET", "/v1/credentials", query={**given, "limit": "50"}, headers={})
    command, request = sandbox.boxtracker.requests[0], sandbox.boxc.requests[0]
    assert secret not in repr((command, request))
    assert {command.arguments[name] for name in names} == {"[secret]"}
    assert "shown" in command.arguments["obj"]
    assert request.query["limit"] == "50"
