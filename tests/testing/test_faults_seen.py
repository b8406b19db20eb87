"""Each fault of the fixtures, as a client of the library sees it."""

from typing import get_args

import pytest

from boxapis import (
    AuthenticationError,
    BoxAPIError,
    ConnectionLostError,
    InvalidResponseError,
    OutcomeUnknownError,
    PaymentError,
    RateLimitError,
    RequestTimeoutError,
    Retries,
    ServerError,
)
from boxapis.sandbox import BoxCFault, BoxTrackerFault
from boxapis.testing import BoxCSandbox, BoxTrackerSandbox

JOB_SITE = "cmdBoxTPortalJobsiteData"
PAYMENT = "cmdBoxTPortalProcessPayment"
WITHOUT_RETRIES = Retries.none()

SEEN_OF_BOX_TRACKER: dict[BoxTrackerFault, type[BoxAPIError] | None] = {
    "duplicate_response": None,
    "bad_gateway": ServerError,
    "card_declined": PaymentError,
    "expire_sessions": None,
    "forget_sessions": None,
    "truncated_response": ConnectionLostError,
    "html_page": InvalidResponseError,
    "lost_response": ConnectionLostError,
    "rate_limited": RateLimitError,
    "reset_on_reuse": ConnectionLostError,
    "server_error": ServerError,
    "stall": RequestTimeoutError,
    "wrong_customer": InvalidResponseError,
}
SEEN_OF_BOXC: dict[BoxCFault, type[BoxAPIError] | None] = {
    "duplicate_response": None,
    "bad_gateway": ServerError,
    "truncated_response": ConnectionLostError,
    "html_page": InvalidResponseError,
    "lost_response": ConnectionLostError,
    "insufficient_funds": PaymentError,
    "rate_limited": RateLimitError,
    "refuse_token": AuthenticationError,
    "reset_on_reuse": ConnectionLostError,
    "revoke_tokens": AuthenticationError,
    "server_error": ServerError,
    "stall": RequestTimeoutError,
    "wrong_user": InvalidResponseError,
}
SURVIVED_BY_READS: tuple[BoxTrackerFault, ...] = (
    *(
        "bad_gateway",
        "truncated_response",
        "html_page",
        "lost_response",
        "reset_on_reuse",
        "server_error",
    ),
)


def patience(fault: str) -> float | None:
    """How long an answer is waited for: not long where none will come."""
    return 0.2 if fault == "stall" else None


def test_every_fault_is_seen() -> None:
    """No fault is left out of the tables here."""
    assert set(SEEN_OF_BOX_TRACKER) == set(get_args(BoxTrackerFault))
    assert set(SEEN_OF_BOXC) == set(get_args(BoxCFault))


@pytest.mark.parametrize("fault", SEEN_OF_BOX_TRACKER)
async def test_box_tracker(boxtracker_sandbox: BoxTrackerSandbox, fault: BoxTrackerFault) -> None:
    """A warm call without repeats meets each fault once, and the next one is as ever."""
    jane, seen = boxtracker_sandbox.customer, SEEN_OF_BOX_TRACKER[fault]
    wanted = jane.job_sites[3]["ID"]
    async with boxtracker_sandbox.client(retries=WITHOUT_RETRIES) as tracker:
        customer = tracker.customer(jane.username, jane.password).with_options(
            timeout=patience(fault)
        )
        await customer.handshake()
        boxtracker_sandbox.fault(fault)
        command = PAYMENT if fault == "card_declined" else JOB_SITE
        if seen is None:
            answer = await customer.command(command, jobsite_id=wanted)
            assert answer["jobSiteObj"]["ID"] == wanted
        else:
            with pytest.raises(seen) as caught:
                await customer.command(command, jobsite_id=wanted)
            assert not caught.value.may_have_been_applied
        answer = await tracker.customer(jane.username, jane.password).command(
            JOB_SITE, jobsite_id=wanted
        )
        assert answer["jobSiteObj"]["ID"] == wanted
    assert boxtracker_sandbox.fault_hits == {fault: 1}


@pytest.mark.parametrize("fault", SURVIVED_BY_READS)
async def test_reads_survive(boxtracker_sandbox: BoxTrackerSandbox, fault: BoxTrackerFault) -> None:
    """With repeats a read meets the fault once and succeeds all the same."""
    jane = boxtracker_sandbox.customer
    async with boxtracker_sandbox.client() as tracker:
        customer = tracker.customer(jane.username, jane.password)
        await customer.handshake()
        boxtracker_sandbox.fault(fault, operation=JOB_SITE)
        assert (await customer.command(JOB_SITE, jobsite_id=0))["status"] == 200
    assert boxtracker_sandbox.fault_hits == {fault: 1}
    assert boxtracker_sandbox.counts[JOB_SITE] == 2


@pytest.mark.parametrize("fault", ["lost_response", "truncated_response", "stall", "html_page"])
async def test_payment_is_made_once(
    boxtracker_sandbox: BoxTrackerSandbox, fault: BoxTrackerFault
) -> None:
    """A payment whose answer is lost or none is not sent again; its outcome is unknown."""
    jane = boxtracker_sandbox.customer
    async with boxtracker_sandbox.client() as tracker:
        customer = tracker.customer(jane.username, jane.password)
        boxtracker_sandbox.fault(fault, times=3, operation=PAYMENT)
        await customer.handshake()
        with pytest.raises(OutcomeUnknownError):
            await customer.with_options(timeout=patience(fault)).command(
                PAYMENT, ccard_number="4111"
            )
    assert boxtracker_sandbox.counts[PAYMENT] == 1
    assert boxtracker_sandbox.requests[-1].arguments["ccard_number"] == "[secret]"


@pytest.mark.parametrize("fault", SEEN_OF_BOXC)
async def test_boxc(boxc_sandbox: BoxCSandbox, fault: BoxCFault) -> None:
    """A warm call without repeats meets each fault once; what comes after depends on the token."""
    number = boxc_sandbox.service.add_credential("Janio", {"api_key": "a"})
    seen = SEEN_OF_BOXC[fault]
    async with boxc_sandbox.client(retries=WITHOUT_RETRIES) as boxc:
        await boxc.credentials.get(number)
        boxc_sandbox.fault(fault)
        if seen is None:
            assert (await boxc.credentials.get(number)).id == number
        else:
            with pytest.raises(seen):
                await boxc.with_options(timeout=patience(fault)).credentials.get(number)
    assert boxc_sandbox.fault_hits == {fault: 1}


async def test_boxc_records(boxc_sandbox: BoxCSandbox) -> None:
    """What was sent is there to assert on, without secrets; so is the environment of a client."""
    async with boxc_sandbox.client() as boxc:
        await boxc.credentials.create("Janio", {"api_key": "not to be seen"})
    (call,) = boxc_sandbox.requests
    params = {"api_key": "[secret]"}
    assert call.body == {"credential": {"carrier": "Janio", "params": params}}
    assert boxc_sandbox.counts == {"POST /credentials": 1}
    names = ("BOXC_TOKEN", "BOXC_CLIENT_ID", "BOXC_CLIENT_SECRET", "BOXC_BASE_URL")
    assert {*names, "BOXC_ACCOUNTS_URL"} == set(boxc_sandbox.environment)
    assert boxc_sandbox.environment["BOXC_ACCOUNTS_URL"] == boxc_sandbox.accounts_url
    assert repr(boxc_sandbox) == f"<BoxCSandbox at {boxc_sandbox.base_url}>"


async def test_options_of_a_client(boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """A client takes every option; time that goes by at the service alone is met with a new key."""
    jane = boxtracker_sandbox.customer
    async with boxtracker_sandbox.client(method="POST") as tracker:
        customer = tracker.customer(jane.username, jane.password)
        await customer.command(JOB_SITE, jobsite_id=0)
        boxtracker_sandbox.clock.advance(300)
        await customer.command(JOB_SITE, jobsite_id=0)
    statuses = [one.status for one in boxtracker_sandbox.requests if one.command == JOB_SITE]
    assert statuses == [200, 507, 200]
    assert {one.method for one in boxtracker_sandbox.requests} == {"POST"}
    assert {name.split("_")[0] for name in boxtracker_sandbox.environment} == {"BOXTRACKER"}
    assert repr(boxtracker_sandbox) == f"<BoxTrackerSandbox at {boxtracker_sandbox.base_url}>"
