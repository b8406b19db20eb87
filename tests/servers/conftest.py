"""Servers for one module, each in its turn, and a load on them over each transport."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
import trustme

from boxapis import BoxC
from boxapis.transports import DirectTransport, HttpxTransport
from tests.servers.granian import Granian
from tests.servers.gunicorn import Gunicorn
from tests.servers.haproxy import HAProxy
from tests.servers.hypercorn import Hypercorn
from tests.servers.load import RETRIES, Load
from tests.servers.nginx import Nginx
from tests.servers.node import Node
from tests.servers.site import Kind, Site, running
from tests.servers.squid import Squid, SquidTunnel
from tests.servers.tinyproxy import Tinyproxy, TinyproxyTunnel
from tests.servers.uvicorn import Uvicorn
from tests.support.installed import missing

KINDS: tuple[Kind, ...] = (
    Nginx(),
    HAProxy(),
    Squid(),
    SquidTunnel(),
    Tinyproxy(),
    TinyproxyTunnel(),
    Uvicorn(),
    Hypercorn(),
    Granian(),
    Gunicorn(),
    Node(),
)
FOLDER = Path(__file__).parent
LONG, SHORT = 30.0, 0.2  # seconds that a server keeps an idle connection
LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
if sys.platform != "win32":
    import uvloop

    LOOPS["uvloop"] = uvloop.new_event_loop


FITTING: dict[str, Callable[[Kind], bool]] = {
    "test_reload": lambda kind: kind.reload is not None,
    "test_wrong_password": lambda kind: kind.role == "forward",
    "test_compression": lambda kind: kind.name == "nginx",
}
"""The tests that make sense for some kinds alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out a test of a kind that it does not fit: only what is missing is skipped."""
    items[:] = [item for item in items if item.path.parent != FOLDER or _fits(item)]


def _fits(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function) or item.originalname not in FITTING:
        return True
    return FITTING[item.originalname](cast("Kind", item.callspec.params["kind"]))


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Runs the shortest test, a burst, on uvloop, too."""
    is_burst = item.name.startswith("test_burst")
    return LOOPS if is_burst else {"asyncio": asyncio.new_event_loop}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority for these tests alone."""
    return trustme.CA()


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    """A kind of server that is installed here; where all are required, none may be missing."""
    found: Kind = request.param
    if not found.is_installed:
        reason = f"{found.needs} is not installed: {found.install}"
        missing(reason, is_optional=found.is_optional)
    return found


@pytest.fixture(scope="module")
def site(
    kind: Kind, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A server that keeps idle connections for long."""
    yield from running(kind, tmp_path_factory.mktemp(kind.name), authority, LONG)


@pytest.fixture(scope="module")
def hasty_site(
    kind: Kind, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A server that ends idle connections as soon as it can be told to."""
    yield from running(kind, tmp_path_factory.mktemp(kind.name), authority, SHORT)


@asynccontextmanager
async def loading(site: Site, transport: Any) -> AsyncIterator[Load]:
    """Calls of a client; at the end what they were told is compared with what was done."""
    sender = transport(proxy=site.proxy(), ssl_context=site.ssl_context)
    async with BoxC("token", base_url=site.url, transport=sender, retries=RETRIES) as client:
        load = Load(site, client)
        yield load
    load.check()


@pytest.fixture(params=[DirectTransport, HttpxTransport], ids=["direct", "httpx"])
def transport(request: pytest.FixtureRequest) -> Any:
    """A class of transports."""
    return request.param


@pytest.fixture
async def load(transport: Any, site: Site) -> AsyncIterator[Load]:
    """Calls over one transport."""
    async with loading(site, transport) as one:
        yield one


@pytest.fixture
async def loads(site: Site) -> AsyncIterator[list[Load]]:
    """Calls over each transport."""
    async with loading(site, DirectTransport) as direct, loading(site, HttpxTransport) as other:
        yield [direct, other]


@pytest.fixture
async def hasty_load(transport: Any, hasty_site: Site) -> AsyncIterator[Load]:
    """The same, of a server that ends idle connections soon."""
    async with loading(hasty_site, transport) as one:
        yield one
