"""F34 and F95: no caller ever receives another's data, over real HTTP and both transports.

The sandbox injects the faults: answers that are sent twice, so that every later one on the
connection would reach the wrong caller, and answers with another customer's data in them.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import frozen

from boxapis import (
    BoxAPIError,
    BoxC,
    BoxTracker,
    Customer,
    InvalidResponseError,
    OutcomeUnknownError,
)
from boxapis._core.clock import Clock, clocked
from boxapis.sandbox import RateLimit, RecordCounts, Sandbox, SandboxClock
from boxapis.transports import DirectTransport, HttpxTransport, Transport
from tests.support.doubles import CUSTOMER, JOB_SITES
from tests.support.timed import timed

pytestmark = pytest.mark.servers

JOB_SITE = "cmdBoxTPortalJobsiteData"
SAVE = "cmdBoxTPortalSaveWorkOrder"
CALLERS = 50
SITES = 4

KINDS = [DirectTransport, HttpxTransport]
IDS = ["direct", "httpx"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Both services, fresh, with a clock that stands still."""
    with Sandbox(clock=SandboxClock(running=False)) as started:
        yield started


def carrier(kind: type[Any], sandbox: Sandbox) -> tuple[Transport, Clock]:
    """A transport that uses the sandbox's clock, and that clock."""
    clock = Clock(now=sandbox.clock.now)
    made: Transport = timed(kind(proxy=False), clock)
    return made, clock


def tracker(kind: type[Any], sandbox: Sandbox) -> BoxTracker:
    """A client of the sandbox over one kind of transport."""
    made, clock = carrier(kind, sandbox)
    environment = sandbox.environment
    return clocked(BoxTracker, clock)(
        environment["BOXTRACKER_USERNAME"],
        environment["BOXTRACKER_PASSWORD"],
        base_url=sandbox.boxtracker_url,
        transport=made,
    )


def boxc(kind: type[Any], sandbox: Sandbox) -> BoxC:
    """A client of the sandbox over one kind of transport, with a slot for every call."""
    made, clock = carrier(kind, sandbox)
    sandbox.boxc.rate_limit = RateLimit(size=1000)
    token = sandbox.environment["BOXC_TOKEN"]
    return clocked(BoxC, clock)(token, base_url=sandbox.boxc_url, transport=made)


@frozen
class Caller:
    """A customer of the sandbox, with the ids of the customer's job sites."""

    customer: Customer
    sites: tuple[int, ...]

    async def site(self, number: int) -> int:
        """Asks for one of the customer's job sites; returns the id of the one received."""
        body = await self.customer.command(JOB_SITE, jobsite_id=number)
        return int(body["jobSiteObj"]["ID"])


async def callers(client: BoxTracker, sandbox: Sandbox) -> list[Caller]:
    """Fifty customers who are logged in."""
    made: list[Caller] = []
    for number in range(CALLERS):
        name, records = f"user-{number}", RecordCounts(job_sites=SITES)
        known = sandbox.boxtracker.add_customer(name, "user-password", records=records)
        sites = tuple(int(str(site["ID"])) for site in known.job_sites)
        made.append(Caller(client.customer(name, "user-password"), sites))
    await asyncio.gather(*(one.customer.handshake() for one in made))
    return made


async def all_sites(everybody: list[Caller]) -> Counter[str]:
    """Asks for all job sites of all customers at once; counts the outcomes."""
    asked = [(one, number) for one in everybody for number in one.sites]
    calls = (one.site(number) for one, number in asked)
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    for (_, number), outcome in zip(asked, outcomes, strict=True):
        assert outcome == number or isinstance(outcome, InvalidResponseError)
    return Counter(type(outcome).__name__ for outcome in outcomes)


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
async def test_f34_answers_sent_twice(kind: type[Any], sandbox: Sandbox) -> None:
    """F34: where answers are sent twice, each of fifty customers gets the right data or an error.

    The second answer is seen, and its connection ended, before another request: no call fails.
    """
    async with tracker(kind, sandbox) as client:
        everybody = await callers(client, sandbox)
        sandbox.boxtracker.fault("duplicate_response", operation=JOB_SITE, times=20)
        outcomes = await all_sites(everybody)
        afterwards = await all_sites(everybody)
    assert outcomes == {"int": CALLERS * SITES}
    assert afterwards == {"int": CALLERS * SITES}


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
async def test_f95_another_customers_job_site(kind: type[Any], sandbox: Sandbox) -> None:
    """F95: as many errors as answers with another customer's data, which no caller sees."""
    async with tracker(kind, sandbox) as client:
        everybody = await callers(client, sandbox)
        sandbox.boxtracker.fault("wrong_customer", operation=JOB_SITE, times=20)
        outcomes = await all_sites(everybody)
        afterwards = await all_sites(everybody)
    assert outcomes == {"InvalidResponseError": 20, "int": CALLERS * SITES - 20}
    assert afterwards == {"int": CALLERS * SITES}


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
async def test_f95_another_customers_handshake(kind: type[Any], sandbox: Sandbox) -> None:
    """F95: a confirmation for another customer is an error; the customer's id stays."""
    async with tracker(kind, sandbox) as client:
        everybody = await callers(client, sandbox)
        numbers = [one.customer.customer_id for one in everybody]
        sandbox.clock.advance(250)
        sandbox.boxtracker.fault("wrong_customer", operation=CUSTOMER, times=5)
        outcomes = await asyncio.gather(
            *(one.customer.command(JOB_SITES, offset=0) for one in everybody),
            return_exceptions=True,
        )
        assert [one.customer.customer_id for one in everybody] == numbers
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [type(error) for error in failed] == [InvalidResponseError] * 5
    assert sandbox.boxtracker.counts[JOB_SITES] == CALLERS - 5


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
async def test_f95_connections_are_dropped(kind: type[Any], sandbox: Sandbox) -> None:
    """F95: after a misdirected answer its connection is not used again; the others are."""
    async with tracker(kind, sandbox) as client:
        everybody = await callers(client, sandbox)
        await all_sites(everybody)
        sandbox.boxtracker.fault("wrong_customer", operation=JOB_SITE)
        one = everybody[0]
        with pytest.raises(InvalidResponseError, match="belongs to another request"):
            await one.site(one.sites[0])
        misdirected = sandbox.boxtracker.requests[-1].connection
        before = {record.connection for record in sandbox.boxtracker.requests}
        counted = len(sandbox.boxtracker.requests)
        await all_sites(everybody)
    after = {record.connection for record in sandbox.boxtracker.requests[counted:]}
    assert misdirected not in after
    assert before & after


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
@pytest.mark.parametrize("customer_id", [99999, "99999"], ids=["number", "text"])
async def test_f95_changing_command(
    kind: type[Any], sandbox: Sandbox, customer_id: int | str
) -> None:
    """F95: a misdirected answer leaves a changing command's outcome unknown; it is sent once."""
    async with tracker(kind, sandbox) as client:
        customer = client.customer("omar", "omar-password")
        payload = {"customerID": customer_id}
        sandbox.boxtracker.respond_next(SAVE, 200, payload=payload)
        with pytest.raises(OutcomeUnknownError) as caught:
            await customer.command(SAVE, workorder_id=0)
        assert caught.value.may_have_been_applied
        sandbox.boxtracker.respond_next(SAVE, 200, payload={"customerID": "13914"})
        assert (await customer.command(SAVE, workorder_id=0))["customerID"] == "13914"
    assert sandbox.boxtracker.counts[SAVE] == 2


async def read(client: BoxC, number: int) -> int:
    """Asks for one credential; returns the id of the one received."""
    return (await client.credentials.get(number)).id


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
async def test_f34_credentials_sent_twice(kind: type[Any], sandbox: Sandbox) -> None:
    """F34: the same for BoxC: fifty credentials, each answer the one asked for or an error."""
    numbers = [sandbox.boxc.add_credential("USPS", {"a": str(one)}) for one in range(CALLERS)]
    async with boxc(kind, sandbox) as client:
        await read(client, numbers[0])  # tells the client how large the bucket is
        sandbox.boxc.fault("duplicate_response", times=10)
        for _ in range(2):
            calls = [read(client, number) for number in numbers]
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
            for number, outcome in zip(numbers, outcomes, strict=True):
                assert outcome == number or isinstance(outcome, InvalidResponseError)
        clean = await asyncio.gather(*(read(client, number) for number in numbers))
    assert clean == numbers


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
async def test_f95_another_users_credential(kind: type[Any], sandbox: Sandbox) -> None:
    """F95: for every operation another user's credential is an error that fits its kind."""
    number = sandbox.boxc.add_credential("Janio", {"api_key": "a"})
    outcomes: list[BoxAPIError] = []
    async with boxc(kind, sandbox) as client:
        for call in (
            lambda: client.credentials.get(number),
            lambda: client.credentials.update(number, {"api_key": "b"}),
            lambda: client.credentials.create("Janio", {"api_key": "c"}),
            lambda: client.request("GET", f"/credentials/{number}"),
        ):
            sandbox.boxc.fault("wrong_user")
            with pytest.raises(BoxAPIError) as caught:
                await call()
            outcomes.append(caught.value)
        assert (await client.credentials.get(number)).id == number
    assert [type(error) for error in outcomes] == [
        InvalidResponseError,
        InvalidResponseError,
        OutcomeUnknownError,
        InvalidResponseError,
    ]
    assert [error.may_have_been_applied for error in outcomes] == [False, True, True, False]


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
async def test_f34_lists_name_no_owner(kind: type[Any], sandbox: Sandbox) -> None:
    """F34: answers that name no owner are not mixed up: surplus bytes end their connection."""
    async with tracker(kind, sandbox) as client:
        first, second = (await callers(client, sandbox))[:2]
        sandbox.boxtracker.fault("duplicate_response", operation=JOB_SITES)
        await first.customer.command(JOB_SITES, offset=0)
        body = await second.customer.command(JOB_SITES, offset=0)
    received = tuple(int(site["ID"]) for site in body["jobSiteObjList"])
    assert received == second.sites
