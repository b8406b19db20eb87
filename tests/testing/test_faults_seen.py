"""Each fault of the fixtures, and the error it gives a client."""

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

pytestmark = pytest.mark.servers

JOB_SITE = "cmdBoxTPortalJobsiteData"
PAYMENT = "cmdBoxTPortalProcessPayment"
WITHOUT_RETRIES = Retries.none()

BOX_TRACKER_ERRORS: dict[BoxTrackerFault, type[BoxAPIError] | None] = {
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
BOXC_ERRORS: dict[BoxCFault, type[BoxAPIError] | None] = {
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
RETRIED_FAULTS: tuple[BoxTrackerFault, ...] = (
    *(
        "bad_gateway",
        "truncated_response",
        "html_page",
        "lost_response",
        "reset_on_reuse",
        "server_error",
    ),
)


def timeout_of(fault: str) -> float | None:
    """The timeout of a call in seconds; short where no response will come."""
    return 0.2 if fault == "stall" else None


def test_tables_name_every_fault() -> None:
    """The tables name every fault."""
    assert set(BOX_TRACKER_ERRORS) == set(get_args(BoxTrackerFault))
    assert set(BOXC_ERRORS) == set(get_args(BoxCFault))


@pytest.mark.parametrize("fault", BOX_TRACKER_ERRORS)
async def test_box_tracker(boxtracker_sandbox: BoxTrackerSandbox, fault: BoxTrackerFault) -> None:
    """A call without retries meets each fault once, and the next call succeeds."""
    jane, error = boxtracker_sandbox.customer, BOX_TRACKER_ERRORS[fault]
    site_id = jane.job_sites[3]["ID"]
    async with boxtracker_sandbox.client(retries=WITHOUT_RETRIES) as tracker:
        customer = tracker.customer(jane.username, jane.password).with_options(
            timeout=timeout_of(fault)
        )
        await customer.handshake()
        boxtracker_sandbox.fault(fault)
        arguments = {} if fault == "card_declined" else {"jobsite_id": site_id}
        command = PAYMENT if fault == "card_declined" else JOB_SITE
        if error is None:
            response = await customer.command(command, **arguments)
            assert response["jobSiteObj"]["ID"] == site_id
        else:
            with pytest.raises(error) as caught:
                await customer.command(command, **arguments)
            assert not caught.value.may_have_been_applied
        response = await tracker.customer(jane.username, jane.password).command(
            JOB_SITE, jobsite_id=site_id
        )
        assert response["jobSiteObj"]["ID"] == site_id
    assert boxtracker_sandbox.fault_hits == {fault: 1}


@pytest.mark.parametrize("fault", RETRIED_FAULTS)
async def test_reads_survive(boxtracker_sandbox: BoxTrackerSandbox, fault: BoxTrackerFault) -> None:
    """With retries a read meets the fault once and succeeds."""
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
    """A payment without a usable response is not sent again; its outcome is unknown."""
    jane = boxtracker_sandbox.customer
    async with boxtracker_sandbox.client() as tracker:
        customer = tracker.customer(jane.username, jane.password)
        boxtracker_sandbox.fault(fault, times=3, operation=PAYMENT)
        await customer.handshake()
        with pytest.raises(OutcomeUnknownError):
            await customer.with_options(timeout=timeout_of(fault)).command(
                PAYMENT, ccard_number="4111"
            )
    assert boxtracker_sandbox.counts[PAYMENT] == 1
    assert boxtracker_sandbox.requests[-1].arguments["ccard_number"] == "[secret]"


@pytest.mark.parametrize("fault", BOXC_ERRORS)
async def test_boxc(boxc_sandbox: BoxCSandbox, fault: BoxCFault) -> None:
    """A call without retries meets each fault once."""
    number = boxc_sandbox.service.add_credential("Janio", {"api_key": "a"})
    error = BOXC_ERRORS[fault]
    async with boxc_sandbox.client(retries=WITHOUT_RETRIES) as boxc:
        await boxc.credentials.get(number)
        boxc_sandbox.fault(fault)
        if error is None:
            assert (await boxc.credentials.get(number)).id == number
        else:
            with pytest.raises(error):
                await boxc.with_options(timeout=timeout_of(fault)).credentials.get(number)
    assert boxc_sandbox.fault_hits == {fault: 1}


async def test_boxc_records(boxc_sandbox: BoxCSandbox) -> None:
    """Recorded requests have no secret values, and the environment has all a client needs."""
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
    """A client takes options; a session that expired at the service alone is renewed."""
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
