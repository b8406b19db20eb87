"""The simplest web service of the recipes, in this process: many visitors, one client."""

import asyncio
import runpy
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from boxapis import ClientClosedError
from boxapis.testing import BoxTrackerSandbox
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

PORTAL = "cmdBoxTPortalHandShake"
CUSTOMER = "cmdBoxTPortalCustomerHandShake"
RECIPE = ROOT / "tests" / "recipes" / "basic_service.py"
JOB_SITES = "cmdBoxTPortalJobsiteList"


@pytest.fixture
def application(
    boxtracker_sandbox: BoxTrackerSandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Any:
    """The service before its lifespan, with the sandbox and a store in its environment."""
    variables = {**boxtracker_sandbox.environment, "BOXAPIS_STORE": f"sqlite:{tmp_path}/store.db"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(RECIPE.parent)  # where its neighbour `web_answers` is
    return runpy.run_path(str(RECIPE))["app"]


@pytest.fixture
async def service(application: Any) -> AsyncIterator[Any]:
    """The service inside its lifespan."""
    async with application.router.lifespan_context(application):
        yield application


def visitor(service: Any, username: str, password: str) -> httpx.AsyncClient:
    """A client of HTTP that sends user name and password with each request."""
    transport = httpx.ASGITransport(app=service)
    auth = (username, password)
    return httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1", auth=auth)


async def test_visitors_are_kept_apart(service: Any, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """Each customer, ten requests at once: all get their own sites, after one handshake."""
    known = boxtracker_sandbox.service.customers  # FastAPI reads ASCII only from HTTP Basic
    customers = [one for one in known if (one.username + one.password).isascii()]
    assert len(customers) >= 2
    for customer in customers:
        async with visitor(service, customer.username, customer.password) as browser:
            responses = await asyncio.gather(*(browser.get("/job-sites") for _ in range(10)))
        sites: Any = sorted(customer.job_sites, key=lambda site: str(site["Address"]))
        expected = [(str(site["ID"]), site["JobName"]) for site in sites[:50]]
        for response in responses:
            assert list(response.json().items()) == expected
    counts = boxtracker_sandbox.counts
    assert (counts[PORTAL], counts[CUSTOMER], counts[JOB_SITES]) == (
        1,
        len(customers),
        10 * len(customers),
    )


async def test_a_wrong_password(service: Any, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """A wrong password gets 401, and is tried once; the right one works beside it."""
    jane = boxtracker_sandbox.customer
    async with visitor(service, jane.username, "a guess") as guessing:
        for _ in range(3):
            response = await guessing.get("/job-sites")
            assert response.status_code == 401
            assert response.headers["WWW-Authenticate"] == "Basic"
    async with visitor(service, jane.username, jane.password) as browser:
        assert (await browser.get("/job-sites")).status_code == 200
    assert boxtracker_sandbox.counts[CUSTOMER] == 2


async def test_a_session_that_has_expired(
    service: Any, boxtracker_sandbox: BoxTrackerSandbox
) -> None:
    """After five idle minutes the next request logs in again with the password it brings."""
    jane = boxtracker_sandbox.customer
    async with visitor(service, jane.username, jane.password) as browser:
        for _ in range(2):
            assert (await browser.get("/job-sites")).status_code == 200
            boxtracker_sandbox.clock.advance(300)
    assert boxtracker_sandbox.service.counts[CUSTOMER] == 2
    asked = [one.arguments for one in boxtracker_sandbox.requests if one.command == CUSTOMER]
    assert ["password_customer" in arguments for arguments in asked] == [True, True]


async def test_a_log_out(service: Any, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """A log-out ends the session at Box Tracker, though no object outlives a request."""
    jane = boxtracker_sandbox.customer
    async with visitor(service, jane.username, jane.password) as browser:
        assert (await browser.get("/job-sites")).status_code == 200
        assert boxtracker_sandbox.service.live_sessions["customer"] == 1
        assert (await browser.post("/logout")).status_code == 200
    assert boxtracker_sandbox.service.live_sessions["customer"] == 0


async def test_client_is_closed_with_the_application(application: Any) -> None:
    """The client works within the application's lifespan and is closed after it."""
    async with application.router.lifespan_context(application):
        tracker = application.state.tracker
        await tracker.handshakes.portal()
    with pytest.raises(ClientClosedError):
        await tracker.handshakes.portal()
