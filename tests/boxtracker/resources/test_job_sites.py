"""Job sites: values, blank ones, and saving every field."""

from typing import Any

import pytest

from boxapis import ConfigurationError, NotFoundError, OutcomeUnknownError, ServerError
from boxapis.boxtracker.job_sites import Container, JobSite, ListedJobSite
from boxapis.errors import ConnectionLostError
from tests.support.scripted_customer import refused, scripted_customer, sent

pytestmark = pytest.mark.usefixtures("closing")

BODY: dict[str, Any] = {
    "ID": "101",
    "JobName": "Kitchen",
    "Address": "2 Elm Street",
    "City": "Bedford",
    "State": "NH",
    "Zip": "03110",
    "Muni": "Bedford",
    "PO": 4711,
    "Hazzards": "Dog",
    "LEED": "1",
    "Validated": "2",
    "ContainersOnSite": [{"ID": "7", "ContainerID": 2007, "excludeFromJSON": []}],
    "requiredFields": ["txtJSAddress", "txtJSPO"],
}
SAVED = {
    "jobsite_id": "101",
    "jobsite_name": "Kitchen",
    "jobsite_address": "2 Elm Street",
    "jobsite_city": "Bedford",
    "jobsite_state": "NH",
    "jobsite_zip": "03110",
    "jobsite_county": "",
    "jobsite_muni": "Bedford",
    "jobsite_po": "4711",
    "jobsite_cross_street": "",
    "jobsite_contact": "",
    "jobsite_contact_cell": "",
    "jobsite_hazzards": "Dog",
    "jobsite_billing_note": "",
    "jobsite_leed": "1",
    "jobsite_validated": "2",
}
BLANK: dict[str, Any] = {
    "ID": "",
    "JobName": None,
    "LEED": "",
    "Validated": "none",
    "requiredFields": ["selJSState"],
}
DATA, SAVE = "cmdBoxTPortalJobsiteData", "cmdBoxTPortalSaveJobSite"


async def test_values() -> None:
    """Texts may come as numbers and numbers as text; containers are values of their own."""
    customer, transport = scripted_customer({"jobSiteObj": BODY})
    site = await customer.job_sites.get(101)
    assert site == JobSite(
        id=101,
        job_name="Kitchen",
        address="2 Elm Street",
        city="Bedford",
        state="NH",
        zip="03110",
        municipality="Bedford",
        purchase_order="4711",
        hazards="Dog",
        leed=True,
        validated=2,
        containers=(Container(id=7, number="2007", extra={"excludeFromJSON": []}),),
        required_fields=("txtJSAddress", "txtJSPO"),
    )
    assert site.required == ("address", "purchase_order")
    assert sent(transport) == [(DATA, {"jobsite_id": "101"})]
    assert "customer_id" not in transport.requests[2].target


async def test_a_new_job_site() -> None:
    """A blank one has what is required, and is saved with what you fill in."""
    customer, transport = scripted_customer({"jobSiteObj": BLANK}, {})
    blank = await customer.job_sites.blank()
    assert (blank, blank.required) == (
        JobSite(id=0, required_fields=("selJSState",)),
        ("state",),
    )
    await customer.job_sites.save(blank, job_name="Roof", address="1 Oak Street", state="NH")
    empty = dict.fromkeys(SAVED, "")
    filled = {"jobsite_name": "Roof", "jobsite_address": "1 Oak Street", "jobsite_state": "NH"}
    zeros = {"jobsite_id": "0", "jobsite_leed": "0", "jobsite_validated": "0"}
    assert sent(transport) == [(DATA, {"jobsite_id": "0"}), (SAVE, {**empty, **filled, **zeros})]


@pytest.mark.parametrize("number", [None, "", "none", "absent"])
async def test_a_record_without_its_number(number: Any) -> None:
    """F172: a job site that was read by its number is saved under it, and no second one added."""
    body = {name: BODY[name] for name in BODY if name != "ID"}
    shown = body if number == "absent" else body | {"ID": number}
    customer, transport = scripted_customer({"jobSiteObj": shown}, {})
    site = await customer.job_sites.get(101)
    await customer.job_sites.save(site)
    assert sent(transport)[1] == (SAVE, SAVED)


async def test_save_sends_every_field() -> None:
    """Fields that do not change are sent as they were read."""
    customer, transport = scripted_customer({"jobSiteObj": BODY}, {})
    site = await customer.job_sites.get(101)
    await customer.job_sites.save(site, contact="Jane", validated=0, leed=False)
    changes = {"jobsite_contact": "Jane", "jobsite_validated": "0", "jobsite_leed": "0"}
    assert sent(transport)[1] == (SAVE, {**SAVED, **changes})


WRONG: dict[str, Any] = {
    "one of a list": lambda sites: sites.save(ListedJobSite(id=101), contact="Jane"),
    "unknown field": lambda sites: sites.save(JobSite(), hazzards="Dog"),
    **{
        f"id {number!r}": lambda sites, given=number: sites.get(given)
        for number in (0, -1, "1", True)
    },
    "long id": lambda sites: sites.get(10**11),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
async def test_wrong_arguments(call: Any) -> None:
    """What would reach or blank another record is refused, and nothing is sent."""
    customer, transport = scripted_customer()
    with pytest.raises(ConfigurationError):
        await call(customer.job_sites)
    assert transport.requests == []


async def test_get_names_the_method_for_blank_ones() -> None:
    """The error of id 0 says what the service would take it for."""
    customer, _ = scripted_customer()
    with pytest.raises(ConfigurationError, match=r"blank\(\)"):
        await customer.job_sites.get(0)


@pytest.mark.parametrize(("status", "kind"), [(302, NotFoundError), (511, ServerError)])
async def test_refusals(status: int, kind: type[Any]) -> None:
    """The class of an error is that of its status."""
    customer, _ = scripted_customer(refused(status))
    with pytest.raises(kind) as caught:
        await customer.job_sites.get(101)
    assert caught.value.code == status


async def test_lost_response() -> None:
    """A new job site whose response was lost may be there; the list shows it."""
    lost = ConnectionLostError("lost", phase="read", sent=True)
    found = {"jobSiteObjList": [{"ID": 102, "Address": "1 Oak Street"}], "recordCount": 1}
    customer, transport = scripted_customer(lost, found)
    with pytest.raises(OutcomeUnknownError):
        await customer.job_sites.save(JobSite(address="1 Oak Street"))
    assert [site.id async for site in customer.job_sites.list(search="1 Oak Street")] == [102]
    assert [command for command, _ in sent(transport)] == [SAVE, "cmdBoxTPortalJobsiteList"]
