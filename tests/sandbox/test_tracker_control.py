"""The session of every Box Tracker command, the price query, and the test controls."""

import httpx
import pytest
from attrs import evolve

from boxapis.sandbox import BoxTrackerRules, RecordCounts, Sandbox
from boxapis.sandbox._boxtracker.commands import COMMANDS
from tests.support.tracker_calls import Portal

PORTAL = [name for name in COMMANDS if name.startswith("cmdBoxTPortal") and "HandShake" not in name]
WEB = ["Pricing", "RequestService", "requestService", "DirectBooking"]


@pytest.mark.parametrize("command", PORTAL)
async def test_portal_commands_check_the_session(portal: Portal, command: str) -> None:
    """Each command of a customer gets 508 with an unknown key, and 303 without any."""
    unknown = await portal.ask(command, session_key_customer="nokey")
    missing = await portal.ask(command, session_key_api="")
    assert [unknown["status"], missing["status"]] == [508, 303]


@pytest.mark.parametrize("name", WEB)
async def test_web_commands_check_the_session(portal: Portal, name: str) -> None:
    """Each command of the web API gets 508 with an unknown key, and 303 without any."""
    user = next(iter(portal.sandbox.boxtracker.users))
    unknown = await portal.send(f"cmdBoxTWebAPI{name}", username=user, key="nokey")
    missing = await portal.send(f"cmdBoxTWebAPI{name}", username=user)
    assert [unknown["status"], missing["status"]] == [508, 303]


async def test_pricing_needs_a_postal_code(portal: Portal) -> None:
    """The price query returns sheets whose total is subtotal plus taxes."""
    user, password = next(iter(portal.sandbox.boxtracker.users.items()))
    web = await portal.send("cmdBoxTWebAPIHandShake", username=user, password=password)
    given = {"username": user, "key": web["sessionKey"]}
    assert (await portal.send("cmdBoxTWebAPIPricing", **given))["status"] == 303
    prices = await portal.send("cmdBoxTWebAPIPricing", **given, zipPostalCode="03060")
    sheet = prices["priceSheets"][0]
    assert sheet["Total"] == pytest.approx(sheet["SubTotal"] + sheet["Taxes"])
    assert prices["earliestBookingDate"] == "2026-01-02"
    assert prices["availabilityTable"]["colHeaders"] == ["Date", "20-open", "30-open"]
    assert prices["availabilityTable"]["rows"][0][0] == "2026-01-02"


async def test_unknown_and_missing_commands(portal: Portal) -> None:
    """An unknown command gets 300 and a missing one 303, unless set otherwise."""
    assert (await portal.ask("cmdBoxTPortalMakeCoffee"))["status"] == 300
    assert (await portal.ask(""))["status"] == 303
    rules = BoxTrackerRules(unknown_command_status=302, missing_command_status=300)
    portal.sandbox.boxtracker.rules = rules
    assert (await portal.ask("cmdBoxTPortalMakeCoffee"))["status"] == 302
    assert (await portal.ask(""))["status"] == 300


async def test_scripted_responses_come_first_and_run_out(portal: Portal) -> None:
    """A scripted status is sent as often as was set, and the command is not carried out."""
    service = portal.sandbox.boxtracker
    service.respond_next("cmdBoxTPortalCustomerLogOut", 507, times=2, error_string="ERROR: Tired")
    got = [await portal.ask("cmdBoxTPortalCustomerLogOut") for _ in range(3)]
    assert got == [
        {"status": 507, "errorString": "ERROR: Tired"},
        {"status": 507, "errorString": "ERROR: Tired"},
        {"status": 200},
    ]


async def test_scripted_responses_may_be_for_any_command_and_have_fields(portal: Portal) -> None:
    """`*` is any command; the payload's fields are sent beside the status."""
    payload = {"similarWOs": ["There is an order for that day."], "urgent": True}
    portal.sandbox.boxtracker.respond_next("*", 555, payload=payload)
    got = await portal.ask("cmdBoxTPortalSaveWorkOrder")
    assert got == {"status": 555, "errorString": "ERROR: Request Refused", **payload}


async def test_requests_are_counted_and_recorded_without_secrets(portal: Portal) -> None:
    """Counts are by command; records mask passwords, keys and card data."""
    await portal.ask("cmdBoxTPortalSaveCCard", ccard_number="4111", ccard_id="7", key="k")
    service = portal.sandbox.boxtracker
    assert service.counts == {
        "cmdBoxTPortalHandShake": 1,
        "cmdBoxTPortalCustomerHandShake": 1,
        "cmdBoxTPortalSaveCCard": 1,
    }
    first, second, third = service.requests
    assert (first.method, first.status) == ("POST", 200)
    assert first.arguments["password"] == "[secret]"
    assert first.arguments["username"] == "sandbox-api"
    assert second.arguments["password_customer"] == "[secret]"
    assert second.arguments["session_key_api"] == "[secret]"
    assert (third.arguments["ccard_number"], third.arguments["ccard_id"]) == ("[secret]", "7")
    assert third.arguments["key"] == "[secret]"
    assert third.status == 303


async def test_added_customers_can_log_in(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """An added customer has the requested records and an ID of its own."""
    service = sandbox.boxtracker
    added = service.add_customer("zoë", "päss & word", records=RecordCounts(job_sites=7))
    plain = service.add_customer("max", "max", customer_id=5)
    assert added.customer_id not in {customer.customer_id for customer in service.customers[:-2]}
    assert plain.customer_id == 5
    portal = Portal(sandbox, http)
    await portal.log_in(added)
    page = await portal.ask("cmdBoxTPortalJobsiteList", offset=0)
    assert page["recordCount"] == 7


async def test_reset_restores_the_start(portal: Portal) -> None:
    """A reset restores sessions, customers, users, settings, records and scripted responses."""
    service = portal.sandbox.boxtracker
    service.add_customer("max", "max")
    service.add_user("other", "other")
    service.respond_next("cmdBoxTPortalHandShake", 900)
    service.rules = evolve(service.rules, http_status=500)
    service.reset()
    assert (await portal.ask("cmdBoxTPortalCustomerData"))["status"] == 508
    assert len(service.customers) == 3
    assert list(service.users) == ["sandbox-api"]
    assert service.rules == BoxTrackerRules()
    assert sum(service.counts.values()) == 1
    await portal.log_in(service.customers[2])


def test_representations_hide_secrets(sandbox: Sandbox) -> None:
    """No representation shows a password."""
    service = sandbox.boxtracker
    shown = repr([service, service.customers, service.requests, sandbox])
    secrets = [*service.users.values(), *(customer.password for customer in service.customers)]
    assert not [secret for secret in secrets if secret in shown]
