"""The README's web service as printed: one client, kept session keys, expired sessions."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from boxapis import ClientClosedError
from boxapis.testing import BoxTrackerSandbox
from tests.support.printed import printed

pytestmark = pytest.mark.servers

PORTAL = "cmdBoxTPortalHandShake"
CUSTOMER = "cmdBoxTPortalCustomerHandShake"
JOB_SITES = "cmdBoxTPortalJobsiteList"


class Service:
    """The README's service."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.app: Any = names["app"]
        self.signed_in: dict[str, Any] = names["signed_in"]

    def browser(self) -> httpx.AsyncClient:
        """An HTTP client with cookies of its own."""
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1")


@pytest.fixture
def loaded_service(
    boxtracker_sandbox: BoxTrackerSandbox, monkeypatch: pytest.MonkeyPatch
) -> Service:
    """The service before its lifespan, with the sandbox in its environment."""
    for name, value in boxtracker_sandbox.environment.items():
        monkeypatch.setenv(name, value)
    (block,) = printed("In a web service")
    names: dict[str, Any] = {"__name__": "service"}
    exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - our own README
    return Service(names)


@pytest.fixture
async def service(loaded_service: Service) -> AsyncIterator[Service]:
    """The service inside its lifespan."""
    async with loaded_service.app.router.lifespan_context(loaded_service.app):
        yield loaded_service


async def logged_in(browser: httpx.AsyncClient, username: str, password: str) -> int:
    """Log in and return the HTTP status."""
    body = {"username": username, "password": password}
    return (await browser.post("/login", json=body)).status_code


async def test_visitors_are_kept_apart(
    service: Service, boxtracker_sandbox: BoxTrackerSandbox
) -> None:
    """Three customers, ten requests each at once: all get their own sites over one API session."""
    customers = boxtracker_sandbox.service.customers
    browsers = [service.browser() for _ in customers]
    for browser, customer in zip(browsers, customers, strict=True):
        assert await logged_in(browser, customer.username, customer.password) == 200
    for browser, customer in zip(browsers, customers, strict=True):
        responses = await asyncio.gather(*(browser.get("/job-sites") for _ in range(10)))
        sites: Any = sorted(customer.job_sites, key=lambda site: str(site["Address"]))
        expected = [(str(site["ID"]), site["JobName"]) for site in sites[:50]]
        for response in responses:
            assert list(response.json().items()) == expected
        await browser.aclose()
    counts = boxtracker_sandbox.counts
    assert (counts[PORTAL], counts[JOB_SITES]) == (1, 30)


async def test_key_is_reused(service: Service, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """The password is sent once, at the log-in; later requests send the key."""
    jane = boxtracker_sandbox.customer
    async with service.browser() as browser:
        await logged_in(browser, jane.username, jane.password)
        for _ in range(3):
            assert (await browser.get("/job-sites")).status_code == 200
    asked = [one.arguments for one in boxtracker_sandbox.requests if one.command == CUSTOMER]
    assert ["password_customer" in arguments for arguments in asked] == [True, False, False, False]
    assert all("session_key_customer" in arguments for arguments in asked[1:])
    assert boxtracker_sandbox.service.live_sessions["customer"] == 1


async def test_wrong_password(service: Service, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """A wrong password gets 401 and no cookie, and so does the next page."""
    async with service.browser() as browser:
        assert await logged_in(browser, boxtracker_sandbox.customer.username, "a guess") == 401
        assert not browser.cookies
        response = await browser.get("/job-sites")
    assert (response.status_code, response.json()["detail"]) == (401, "log in")
    assert service.signed_in == {}


async def test_expired_session(service: Service, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """After five idle minutes the visitor must log in again, and the key is dropped."""
    jane = boxtracker_sandbox.customer
    async with service.browser() as browser:
        await logged_in(browser, jane.username, jane.password)
        boxtracker_sandbox.clock.advance(300)
        response = await browser.get("/job-sites")
        assert (response.status_code, response.json()["detail"]) == (401, "log in again")
        assert service.signed_in == {}
        assert await logged_in(browser, jane.username, jane.password) == 200
        assert (await browser.get("/job-sites")).status_code == 200


async def test_used_session_stays_alive(
    service: Service, boxtracker_sandbox: BoxTrackerSandbox
) -> None:
    """A page every three minutes for half an hour needs one log-in."""
    jane = boxtracker_sandbox.customer
    async with service.browser() as browser:
        await logged_in(browser, jane.username, jane.password)
        for _ in range(10):
            boxtracker_sandbox.clock.advance(180)
            assert (await browser.get("/job-sites")).status_code == 200
    assert len(service.signed_in) == 1


async def test_client_is_closed_with_the_application(loaded_service: Service) -> None:
    """The client works within the application's lifespan and is closed after it."""
    async with loaded_service.app.router.lifespan_context(loaded_service.app):
        tracker = loaded_service.app.state.tracker
        await tracker.handshakes.portal()
    with pytest.raises(ClientClosedError):
        await tracker.handshakes.portal()
