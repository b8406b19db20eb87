"""Both services over real HTTP: the sandbox in its thread, the client with its own transport."""

import asyncio
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from boxapis import (
    AuthenticationError,
    BoxTracker,
    Limits,
    NotFoundError,
    PermissionDeniedError,
    SessionExpiredError,
    ValidationError,
)
from boxapis._core.clock import Clock, clocked
from boxapis.sandbox import OBSERVED, BoxTrackerRules, BoxTrackerService, Sandbox
from tests.support.doubles import CUSTOMER, JOB_SITES, LOG_OUT, PORTAL

pytestmark = pytest.mark.servers

Method = Literal["GET", "POST"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Both services, fresh."""
    with Sandbox() as started:
        yield started


def connected(sandbox: Sandbox, **options: Any) -> BoxTracker:
    """A client that uses the sandbox's clock."""
    environment = sandbox.environment
    return clocked(BoxTracker, Clock(now=sandbox.clock.now))(
        environment["BOXTRACKER_USERNAME"],
        environment["BOXTRACKER_PASSWORD"],
        base_url=sandbox.boxtracker_url,
        **options,
    )


def credentials(sandbox: Sandbox) -> tuple[str, str]:
    """The customer's user name and password."""
    environment = sandbox.environment
    return (
        environment["BOXTRACKER_CUSTOMER_USERNAME"],
        environment["BOXTRACKER_CUSTOMER_PASSWORD"],
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_thousand_tasks_and_an_expiry(sandbox: Sandbox, method: Method) -> None:
    """1,000 tasks on five connections, twice, with an expiry between: two of each handshake."""
    limits = Limits(max_connections=5)
    async with connected(sandbox, method=method, limits=limits) as tracker:
        customer = tracker.customer(*credentials(sandbox))
        for _ in range(2):
            bodies = await asyncio.gather(
                *(customer.command(JOB_SITES, offset=0) for _ in range(1000))
            )
            assert [len(body["jobSiteObjList"]) for body in bodies] == [50] * 1000
            sandbox.clock.advance(300)
    counts = sandbox.boxtracker.counts
    assert (counts[PORTAL], counts[CUSTOMER], counts[JOB_SITES]) == (2, 2, 2000)
    assert sandbox.boxtracker.peak_in_flight <= 5


async def test_expiry_of_the_server_alone(sandbox: Sandbox) -> None:
    """A 507 to every customer costs one more of each handshake; every call is answered."""
    async with connected(sandbox) as tracker:
        customer = tracker.customer(*credentials(sandbox))
        await customer.handshake()
        sandbox.boxtracker.expire_sessions()
        calls = (customer.command(JOB_SITES, offset=0) for _ in range(200))
        bodies = await asyncio.gather(*calls)
    assert len(bodies) == 200
    counts = sandbox.boxtracker.counts
    assert (counts[PORTAL], counts[CUSTOMER]) == (2, 2)
    assert 200 < counts[JOB_SITES] <= 400


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_observed_dialect(method: Method) -> None:
    """The dialect of the vendor's own clients: ``key``, numbers as text, HTML content type."""
    rules = BoxTrackerRules(dialect=OBSERVED, awkward_keys=True)
    with Sandbox(boxtracker=BoxTrackerService(rules=rules)) as sandbox:
        async with connected(sandbox, method=method) as tracker:
            customer = tracker.customer(*credentials(sandbox))
            value = await customer.handshake()
            body = await customer.command(JOB_SITES, offset=100)
            await customer.logout()
    assert value.customer_id == 13913
    assert body["status"] == "200"
    assert len(body["jobSiteObjList"]) == 20


async def test_pages_by_offset(sandbox: Sandbox) -> None:
    """Three lists are read by offset up to their record count."""
    async with connected(sandbox) as tracker:
        customer = tracker.customer(*credentials(sandbox))
        for command, name, total in (
            (JOB_SITES, "jobSiteObjList", 120),
            ("cmdBoxTPortalWorkOrderList", "workOrderObjList", 60),
            ("cmdBoxTPortalTransactionsList", "transactionsObjList", 55),
        ):
            found: list[Any] = []
            while True:
                body = await customer.command(command, offset=len(found))
                found += body[name]
                if len(found) >= int(body["recordCount"]):
                    break
            assert len({item["ID"] for item in found}) == total


async def test_handshakes_and_log_out(sandbox: Sandbox) -> None:
    """The three handshakes and the log-out, as documented."""
    async with connected(sandbox) as tracker:
        await tracker.handshakes.portal()
        web = await tracker.handshakes.web_api()
        username, password = credentials(sandbox)
        opened = await tracker.handshakes.customer(username, password)
        again = await tracker.handshakes.customer(username, session_key=opened.session_key)
        customer = tracker.customer(username, session_key=opened.session_key)
        await customer.command("cmdBoxTPortalCustomerData")
        await customer.logout()
        with pytest.raises(SessionExpiredError):
            await tracker.handshakes.customer(username, session_key=opened.session_key)
    assert web.txn_classes
    assert opened.customer_id == again.customer_id == 13913
    assert sandbox.boxtracker.counts[LOG_OUT] == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_refusals(sandbox: Sandbox, method: Method) -> None:
    """Errors: wrong user, wrong password, missing input, bad payload, unknown resource."""
    async with connected(sandbox, method=method) as tracker:
        username, password = credentials(sandbox)
        with pytest.raises(AuthenticationError) as wrong_password:
            await tracker.customer(username, "wrong-password").handshake()
        with pytest.raises(AuthenticationError) as wrong_user:
            await tracker.customer("unknown", password).handshake()
        customer = tracker.customer(username, password)
        with pytest.raises(ValidationError) as missing:
            await customer.command(JOB_SITES)
        with pytest.raises(ValidationError) as bad:
            await customer.command(JOB_SITES, offset=-1)
        with pytest.raises(NotFoundError):
            await customer.command("cmdBoxTPortalJobsiteData", jobsite_id=7)
    codes = [caught.value.code for caught in (wrong_password, wrong_user, missing, bad)]
    assert codes == [305, 502, 303, 300]


async def test_wrong_address() -> None:
    """A caller whose address is not the registered one gets 509."""
    rules = BoxTrackerRules(allowed_addresses=frozenset({"127.0.0.9"}))
    with Sandbox(boxtracker=BoxTrackerService(rules=rules)) as sandbox:
        async with connected(sandbox) as tracker:
            with pytest.raises(PermissionDeniedError, match="static IP"):
                await tracker.handshakes.portal()


async def test_two_users_of_one_name(sandbox: Sandbox) -> None:
    """A wrong password neither gets in nor disturbs the right one, over HTTP, too."""
    async with connected(sandbox) as tracker:
        username, password = credentials(sandbox)
        right, wrong = tracker.customer(username, password), tracker.customer(username, "wrong")
        outcomes = await asyncio.gather(
            *(who.command(JOB_SITES, offset=0) for who in (right, wrong) * 50),
            return_exceptions=True,
        )
    refused = [isinstance(outcome, AuthenticationError) for outcome in outcomes]
    assert refused == [False, True] * 50
    assert sandbox.boxtracker.counts[CUSTOMER] == 2
