"""The simplest web service of the recipes, in four workers that share a customer."""

import asyncio
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from attrs import frozen

from boxapis.sandbox import Sandbox
from tests.servers.program import Program, free_port

pytestmark = pytest.mark.servers

RECIPE = Path(__file__).with_name("basic_service.py")
WORKERS = 4
ROUNDS = 1000  # of requests, until each worker has answered one
SHOWN = """
import os
from app import app

@app.middleware("http")
async def show_worker(request, call_next):
    response = await call_next(request)
    response.headers["X-Worker"] = str(os.getpid())
    return response
"""


@frozen
class Service:
    """The workers, and what they answered.

    Attributes:
        url: Address of the service.
        sandbox: What the workers call.
    """

    url: str
    sandbox: Sandbox

    @property
    def credentials(self) -> tuple[str, str]:
        """User name and password of the customer."""
        names = ("BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD")
        username, password = (self.sandbox.environment[name] for name in names)
        return username, password

    def handshakes(self) -> tuple[int, int]:
        """The numbers of portal and of customer handshakes so far."""
        counts = self.sandbox.boxtracker.counts
        return counts["cmdBoxTPortalHandShake"], counts["cmdBoxTPortalCustomerHandShake"]

    async def ask(self, path: str = "/job-sites", password: str = "") -> tuple[int, int]:
        """Sends a request over a connection of its own; returns status and worker, 0 if lost."""
        auth = (self.credentials[0], password or self.credentials[1])
        async with httpx.AsyncClient(base_url=self.url, auth=auth, trust_env=False) as client:
            try:
                response = await (client.post(path) if path == "/logout" else client.get(path))
            except httpx.TransportError:
                return 0, 0
        return response.status_code, int(response.headers["X-Worker"])

    async def ask_all(self, status: int = 200, password: str = "") -> set[int]:
        """Sends requests until each worker has answered one; returns the workers' ids."""
        seen: Counter[int] = Counter()
        for _ in range(ROUNDS):
            asked = (self.ask(password=password) for _ in range(4 * WORKERS))
            for found, worker in await asyncio.gather(*asked):
                assert found == status
                seen[worker] += 1
            if len(seen) == WORKERS:
                return set(seen)
        raise AssertionError(seen)


@pytest.fixture(params=["sqlite", "redis"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """Four workers of the application, with one store in a file or in Redis."""
    store = f"sqlite:{tmp_path}/store.db"
    if request.param == "redis":
        store = request.getfixturevalue("redis_server").url
    shutil.copy(RECIPE, tmp_path / "app.py")
    shutil.copy(RECIPE.with_name("web_answers.py"), tmp_path)
    (tmp_path / "shown.py").write_text(SHOWN, encoding="utf-8")
    port = free_port()
    with Sandbox() as sandbox:
        program = Program(
            [sys.executable, *f"-m uvicorn shown:app --workers={WORKERS} --port={port}".split()],
            port,
            tmp_path / "log.txt",
            variables={**sandbox.environment, "BOXAPIS_STORE": store},
            folder=tmp_path,
        )
        program.start()
        try:
            yield Service(f"http://127.0.0.1:{port}", sandbox)
        finally:
            program.stop()
        assert "boxapis" not in (tmp_path / "log.txt").read_text(encoding="utf-8")  # no warning


async def test_any_worker_answers(service: Service) -> None:
    """F248: one login serves all workers, also one that replaces another after a kill."""
    workers = await service.ask_all()
    assert service.handshakes() == (1, 1)
    killed = min(workers)
    os.kill(killed, signal.SIGKILL)
    burst = await asyncio.gather(*(service.ask() for _ in range(20)))
    assert {status for status, _ in burst} <= {0, 200}
    replaced = await service.ask_all()
    assert workers - replaced == {killed}
    assert service.handshakes() == (1, 1)


async def test_log_out(service: Service) -> None:
    """F249: a log-out by one worker ends the session of all; the next request logs in anew."""
    await service.ask_all()
    status, _ = await service.ask("/logout")
    assert status == 200
    assert service.sandbox.boxtracker.counts["cmdBoxTPortalCustomerLogOut"] == 1
    await service.ask_all()
    assert service.handshakes() == (1, 2)


async def test_a_wrong_password(service: Service) -> None:
    """It is tried once by all workers, and customers with the right one notice nothing."""
    await service.ask_all()
    await service.ask_all(status=401, password="wrong")
    await service.ask_all()
    assert service.handshakes() == (1, 2)
