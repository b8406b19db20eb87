"""Box Tracker's profile, job sites and work orders: what is saved is what is read afterwards."""

from typing import Any

import pytest

from boxapis.sandbox import BoxTrackerRules
from tests.sandbox.boxtracker.forms import JOB_SITE, PROFILE, work_order
from tests.support.tracker_calls import Portal

SITE, FIRST_ORDER = 13913001, 13913501


async def status(portal: Portal, command: str, **arguments: Any) -> Any:
    """The status of a command's response."""
    return (await portal.ask(command, **arguments))["status"]


async def job_site(portal: Portal, number: int = SITE) -> Any:
    """A job site with every field."""
    return (await portal.ask("cmdBoxTPortalJobsiteData", jobsite_id=number))["jobSiteObj"]


async def order_form(portal: Portal, number: int = 0, site: int = SITE) -> Any:
    """A work order with what may be chosen."""
    ids = {"workorder_id": number, "jobsite_id": site}
    return (await portal.ask("cmdBoxTPortalWorkOrderData", **ids))["workOrderObj"]


async def orders(portal: Portal, search: str = "") -> list[Any]:
    """The work orders of the last page of a search."""
    ask = {"offset": 50, "search": search}
    found: list[Any] = (await portal.ask("cmdBoxTPortalWorkOrderList", **ask))["workOrderObjList"]
    return found


async def test_profile_is_overwritten(portal: Portal) -> None:
    """A saved profile is read back; what is left out is blank, and the balance stays."""
    before = (await portal.ask("cmdBoxTPortalCustomerData"))["customerObj"]
    assert await status(portal, "cmdBoxTPortalSaveCustomerProfile", **PROFILE) == 200
    after = (await portal.ask("cmdBoxTPortalCustomerData"))["customerObj"]
    assert (after["Name"], after["Fax"], after["SMSNotifications"]) == ("Jane's Roofing", "", 1)
    assert (after["Contact"], after["EmailConfirm"]) == ("Jane", 0)
    assert after["Balance"] == before["Balance"] > 0
    assert after.keys() == before.keys()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"customer_name": ""}, 303),
        ({"customer_state": "nh"}, 300),
        ({"customer_sms": "2"}, 300),
        ({"customer_id": "13914"}, 308),
    ],
)
async def test_profile_refusals(portal: Portal, changes: dict[str, str], refusal: int) -> None:
    """A required field may not be blank, and states, flags and the customer are checked."""
    arguments = PROFILE | changes
    assert await status(portal, "cmdBoxTPortalSaveCustomerProfile", **arguments) == refusal


async def test_job_site_is_added(portal: Portal) -> None:
    """A new job site gets a number, is in the list and has every field that was given."""
    assert await status(portal, "cmdBoxTPortalSaveJobSite", **JOB_SITE) == 200
    page = await portal.ask("cmdBoxTPortalJobsiteList", offset=0, search="9 birch")
    (listed,) = page["jobSiteObjList"]
    site = await job_site(portal, listed["ID"])
    assert (site["County"], site["Hazzards"], site["LEED"]) == ("Cheshire", "Dog", 1)
    assert (site["BillingNote"], site["ContainersOnSite"]) == ("Net 30", [])


async def test_job_site_is_changed(portal: Portal) -> None:
    """A changed job site keeps its number and containers, and shows in its orders."""
    before = await job_site(portal)
    changed = JOB_SITE | {"jobsite_id": str(SITE), "jobsite_po": ""}
    assert await status(portal, "cmdBoxTPortalSaveJobSite", **changed) == 200
    after = await job_site(portal)
    assert (after["JobName"], after["PO"]) == ("New roof", "")
    assert after["ContainersOnSite"] == before["ContainersOnSite"] != []
    assert (await order_form(portal, FIRST_ORDER))["jobSiteObj"]["JobName"] == "New roof"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"jobsite_city": ""}, 303),
        ({"jobsite_state": "New Hampshire"}, 300),
        ({"jobsite_validated": "4"}, 300),
        ({"jobsite_leed": "yes"}, 300),
        ({"jobsite_id": "7"}, 302),
    ],
)
async def test_job_site_refusals(portal: Portal, changes: dict[str, str], refusal: int) -> None:
    """Required fields, the state, the check of the address and the number are checked."""
    assert await status(portal, "cmdBoxTPortalSaveJobSite", **JOB_SITE | changes) == refusal


async def test_blank_job_site_has_every_field(portal: Portal) -> None:
    """The form of a new job site has the fields that the vendor's client reads, all blank."""
    blank, site = await job_site(portal, 0), await job_site(portal)
    assert blank.keys() == site.keys()
    assert (blank["ID"], blank["Validated"], blank["Muni"]) == (0, 0, "")
    assert "txtJSAddress" in blank["requiredFields"]


async def test_order_is_placed(portal: Portal) -> None:
    """A new order is in the list and takes a container of its day from the others."""
    free = (await order_form(portal))["availability"]["RowContent"][0]
    assert await status(portal, "cmdBoxTPortalSaveWorkOrder", **work_order(SITE)) == 200
    placed = (await orders(portal))[-1]
    form = await order_form(portal, placed["ID"], 0)
    assert (placed["OrderType"], placed["OrderDateString"]) == ("Delivery", "Jan 02, 2026")
    assert (form["ContSize"], form["ContType"], form["ContQty"]) == ("20", "Open", 1)
    assert (form["Remarks"], form["Material"], form["jobSiteObj"]["ID"]) == (
        "Left of the drive",
        1,
        SITE,
    )
    assert form["availability"]["RowContent"][0] == [free[0], free[1] - 1, free[2]]


async def test_similar_orders_are_found(portal: Portal) -> None:
    """A second order for that site, day and type is refused until the bypass is set."""
    order = work_order(SITE)
    await portal.ask("cmdBoxTPortalSaveWorkOrder", **order)
    refused = await portal.ask("cmdBoxTPortalSaveWorkOrder", **order)
    assert (refused["status"], len(refused["similarWOs"])) == (512, 1)
    assert len(await orders(portal)) == 11
    elsewhere = work_order(SITE + 1)
    assert await status(portal, "cmdBoxTPortalSaveWorkOrder", **elsewhere) == 200
    again = order | {"workorder_user_bypass": "1"}
    assert await status(portal, "cmdBoxTPortalSaveWorkOrder", **again) == 200
    assert len(await orders(portal)) == 13


async def test_status_of_similar_orders_is_a_setting(portal: Portal) -> None:
    """No source says the status that comes with similar orders."""
    portal.sandbox.boxtracker.rules = BoxTrackerRules(similar_orders_status=300)
    await portal.ask("cmdBoxTPortalSaveWorkOrder", **work_order(SITE))
    refused = await portal.ask("cmdBoxTPortalSaveWorkOrder", **work_order(SITE))
    assert refused["status"] == 300


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"workorder_wodate": "Jan 01, 2026"}, 514),
        ({"workorder_wodate": "Dec 31, 2025"}, 518),
        ({"workorder_wodate": "Jan 16, 2026"}, 518),
        ({"workorder_wodate": "Jan 3, 2026"}, 338),
        ({"workorder_wodate": "Jan 06, 2026"}, 516),
        ({"workorder_wodate": "2026-01-02"}, 300),
        ({"workorder_wodate": ""}, 303),
        ({"workorder_contqty": "5"}, 516),
        ({"workorder_contqty": "0"}, 300),
        ({"workorder_contqty": "31"}, 300),
        ({"workorder_asset": "40-Open"}, 300),
        ({"workorder_wotype": "Dance"}, 300),
        ({"workorder_material": "9"}, 300),
        ({"workorder_targetcont": "9"}, 300),
        ({"workorder_jsid": "9"}, 302),
        ({"workorder_jsid": ""}, 303),
        ({"workorder_id": "9"}, 302),
    ],
)
async def test_order_refusals(portal: Portal, changes: dict[str, str], refusal: int) -> None:
    """Day, containers and every choice are checked, and nothing is saved."""
    order = work_order(SITE, **changes)
    assert await status(portal, "cmdBoxTPortalSaveWorkOrder", **order) == refusal
    assert len(await orders(portal)) == 10


@pytest.mark.parametrize(("quantity", "statuses"), [("4", [200, 516]), ("2", [200, 200])])
async def test_containers_run_out(portal: Portal, quantity: str, statuses: list[int]) -> None:
    """The six containers of a day serve all its orders, and more than the buffer must remain."""
    found = [
        await status(
            portal,
            "cmdBoxTPortalSaveWorkOrder",
            **work_order(SITE + number, workorder_contqty=quantity),
        )
        for number in range(2)
    ]
    assert found == statuses


async def test_order_may_stay_as_it_was(portal: Portal) -> None:
    """An order of a day that is over may be saved with other remarks, and no other day."""
    kept = {
        "workorder_id": str(FIRST_ORDER),
        "workorder_wodate": "Jan 07, 2025",
        "workorder_wotype": "Switch",
        "workorder_user_bypass": "1",
    }
    order = work_order(SITE, **kept)
    assert await status(portal, "cmdBoxTPortalSaveWorkOrder", **order) == 200
    assert (await order_form(portal, FIRST_ORDER))["Remarks"] == "Left of the drive"
    moved = order | {"workorder_wodate": "Jan 08, 2025"}
    assert await status(portal, "cmdBoxTPortalSaveWorkOrder", **moved) == 518


async def test_other_orders_need_no_container(portal: Portal) -> None:
    """An order that takes no container out of the yard may be for a day without any."""
    order = work_order(SITE, workorder_wotype="Out", workorder_wodate="Jan 06, 2026")
    assert await status(portal, "cmdBoxTPortalSaveWorkOrder", **order) == 200


async def test_held_containers_count_for_the_order(portal: Portal) -> None:
    """An order that has four of six may keep them, and may not have a fifth."""
    await portal.ask("cmdBoxTPortalSaveWorkOrder", **work_order(SITE, workorder_contqty="4"))
    number = str((await orders(portal))[-1]["ID"])
    found = []
    for quantity, day in (("4", "Jan 02, 2026"), ("5", "Jan 02, 2026"), ("3", "Jan 05, 2026")):
        changes = {"workorder_contqty": quantity, "workorder_wodate": day, "workorder_id": number}
        found.append(
            await status(portal, "cmdBoxTPortalSaveWorkOrder", **work_order(SITE, **changes))
        )
    assert found == [200, 516, 200]
    assert len(await orders(portal)) == 11


async def test_order_is_removed(portal: Portal) -> None:
    """A removed order is gone from the list, and a second removal finds none."""
    gone = (await orders(portal))[-1]["ID"]
    removal = ("cmdBoxTPortalRemoveWorkOrder",)
    statuses = [await status(portal, *removal, workorder_id=gone) for _ in range(2)]
    assert statuses == [200, 302]
    assert gone not in [order["ID"] for order in await orders(portal)]
    assert (
        await status(portal, "cmdBoxTPortalWorkOrderData", workorder_id=gone, jobsite_id=0) == 302
    )


async def test_reset_forgets_what_was_saved(portal: Portal) -> None:
    """After a reset the sample records are as they were."""
    await portal.ask("cmdBoxTPortalSaveJobSite", **JOB_SITE | {"jobsite_id": str(SITE)})
    portal.sandbox.boxtracker.reset()
    assert portal.sandbox.boxtracker.customers[0].job_sites[0]["JobName"] == "Job 001"
