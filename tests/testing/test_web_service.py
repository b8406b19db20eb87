"""The README's web service, as printed: one client, keys between requests, ends of sessions."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from boxapis import ClientClosedError
from boxapis.testing import BoxTrackerSandbox
from tests.support.printed import printed

PORTAL = "cmdBoxTPortalHandShake"
CUSTOMER = "cmdBoxTPortalCustomerHandShake"
JOB_SITES = "cmdBoxTPortalJobsiteList"


class Service:
    """The printed service, running."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.app: Any = names["app"]
        self.signed_in: dict[str, Any] = names["signed_in"]

    def browser(self) -> httpx.AsyncClient:
        """Somebody with a cookie jar."""
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url="https://127.0.0.1")


@pytest.fixture
def stopped(boxtracker_sandbox: BoxTrackerSandbox, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service as it is loaded, with the sandbox in its environment."""
    for name, value in boxtracker_sandbox.environment.items():
        monkeypatch.setenv(name, value)
    (block,) = printed("In a web service")
    names: dict[str, Any] = {"__name__": "service"}
    exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - our own README
    return Service(names)


@pytest.fixture
async def service(stopped: Service) -> AsyncIterator[Service]:
    """The service, inside its lifespan."""
    async with stopped.app.router.lifespan_context(stopped.app):
        yield stopped


async def logged_in(browser: httpx.AsyncClient, username: str, password: str) -> int:
    """The status of a log-in."""
    body = {"username": username, "password": password}
    return (await browser.post("/login", json=body)).status_code


async def test_visitors_are_kept_apart(
    service: Service, boxtracker_sandbox: BoxTrackerSandbox
) -> None:
    """Three customers ask at once, ten times each: all get their own sites, by one API session."""
    customers = boxtracker_sandbox.service.customers
    browsers = [service.browser() for _ in customers]
    for browser, customer in zip(browsers, customers, strict=True):
        assert await logged_in(browser, customer.username, customer.password) == 200
    for browser, customer in zip(browsers, customers, strict=True):
        answers = await asyncio.gather(*(browser.get("/job-sites") for _ in range(10)))
        wanted = [site["ID"] for site in customer.job_sites[:50]]
        for answer in answers:
            assert [site["ID"] for site in answer.json()["jobSiteObjList"]] == wanted
        await browser.aclose()
    counts = boxtracker_sandbox.counts
    assert (counts[PORTAL], counts[JOB_SITES]) == (1, 30)


async def test_key_is_taken_up_again(
    service: Service, boxtracker_sandbox: BoxTrackerSandbox
) -> None:
    """The password goes to the service once, with the log-in; later requests bring the key."""
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
    """It is a 401 without a cookie, and the next page is one, too."""
    async with service.browser() as browser:
        assert await logged_in(browser, boxtracker_sandbox.customer.username, "a guess") == 401
        assert not browser.cookies
        answer = await browser.get("/job-sites")
    assert (answer.status_code, answer.json()["detail"]) == (401, "log in")
    assert service.signed_in == {}


async def test_session_that_is_over(
    service: Service, boxtracker_sandbox: BoxTrackerSandbox
) -> None:
    """After five idle minutes the visitor is asked to log in again, and the key is forgotten."""
    jane = boxtracker_sandbox.customer
    async with service.browser() as browser:
        await logged_in(browser, jane.username, jane.password)
        boxtracker_sandbox.clock.advance(300)
        answer = await browser.get("/job-sites")
        assert (answer.status_code, answer.json()["detail"]) == (401, "log in again")
        assert service.signed_in == {}
        assert await logged_in(browser, jane.username, jane.password) == 200
        assert (await browser.get("/job-sites")).status_code == 200


async def test_session_that_is_used_lives_on(
    service: Service, boxtracker_sandbox: BoxTrackerSandbox
) -> None:
    """Half an hour of pages, one every three minutes, needs one log-in."""
    jane = boxtracker_sandbox.customer
    async with service.browser() as browser:
        await logged_in(browser, jane.username, jane.password)
        for _ in range(10):
            boxtracker_sandbox.clock.advance(180)
            assert (await browser.get("/job-sites")).status_code == 200
    assert len(service.signed_in) == 1


async def test_client_ends_with_the_process(stopped: Service) -> None:
    """Within the lifespan the client works; after it, it is closed."""
    async with stopped.app.router.lifespan_context(stopped.app):
        tracker = stopped.app.state.tracker
        await tracker.handshakes.portal()
    with pytest.raises(ClientClosedError):
        await tracker.handshakes.portal()
