"""Box Tracker's lists and the customer's record."""

import pytest

from boxapis.sandbox import BoxTrackerRules
from tests.support.tracker_calls import Portal

LISTS = {
    "cmdBoxTPortalJobsiteList": "jobSiteObjList",
    "cmdBoxTPortalWorkOrderList": "workOrderObjList",
    "cmdBoxTPortalTransactionsList": "transactionsObjList",
}


async def test_customer_data_holds_the_record(portal: Portal) -> None:
    """The customer's record has the known fields."""
    record = (await portal.ask("cmdBoxTPortalCustomerData"))["customerObj"]
    assert {"Name", "Balance", "City", "EmailConfirm", "requiredFields"} <= record.keys()
    assert record["Email"].endswith("@example.com")
    assert record["CCardObjList"][0].keys() == {"ID", "TypeAbrv", "Mask", "PrimaryCard", "Valid"}


@pytest.mark.parametrize(
    ("command", "sizes"),
    [
        ("cmdBoxTPortalJobsiteList", [50, 50, 20]),
        ("cmdBoxTPortalWorkOrderList", [50, 10]),
        ("cmdBoxTPortalTransactionsList", [50, 5]),
    ],
)
async def test_lists_come_in_pages_of_fifty(portal: Portal, command: str, sizes: list[int]) -> None:
    """The returned offset is that of the next page, and at the end the record count."""
    offset, seen = 0, []
    for size in sizes:
        page = await portal.ask(command, offset=offset)
        records = page[LISTS[command]]
        assert len(records) == size
        assert page["offset"] == offset + size
        assert page["recordCount"] == sum(sizes)
        seen += [record["ID"] for record in records]
        offset = page["offset"]
    assert len(set(seen)) == sum(sizes)


@pytest.mark.parametrize("command", LISTS)
async def test_empty_list_is_success_by_default(empty_portal: Portal, command: str) -> None:
    """An empty list gets 200, an empty array, and zero for both numbers."""
    page = await empty_portal.ask(command, offset=0)
    assert page["status"] == 200
    assert (page[LISTS[command]], page["recordCount"], page["offset"]) == ([], 0, 0)


async def test_empty_list_can_be_a_refusal(empty_portal: Portal) -> None:
    """With the setting, an empty list gets another status."""
    empty_portal.sandbox.boxtracker.rules = BoxTrackerRules(empty_list_status=511)
    page = await empty_portal.ask("cmdBoxTPortalJobsiteList", offset=0)
    assert page == {"status": 511, "errorString": "ERROR: Request Refused"}


@pytest.mark.parametrize("command", LISTS)
async def test_offset_past_the_end_gives_an_empty_page(portal: Portal, command: str) -> None:
    """Past the end there are no records, and the offset is the record count."""
    page = await portal.ask(command, offset=5000)
    assert page[LISTS[command]] == []
    assert page["offset"] == page["recordCount"]


@pytest.mark.parametrize("offset", ["-1", "ten", "1.5", "\u0661", "999999999999"])
async def test_offset_must_be_a_number(portal: Portal, offset: str) -> None:
    """An offset that is not a number, negative or too long gets 300."""
    assert (await portal.ask("cmdBoxTPortalJobsiteList", offset=offset))["status"] == 300


@pytest.mark.parametrize("missing", ["offset", "customer_id", "session_key_api", "username_api"])
async def test_missing_arguments_are_303(portal: Portal, missing: str) -> None:
    """A list without one of its arguments is refused; an empty argument counts as missing."""
    arguments = {"offset": 0, missing: ""}
    assert (await portal.ask("cmdBoxTPortalWorkOrderList", **arguments))["status"] == 303


async def test_other_customers_number_is_308(portal: Portal) -> None:
    """Another customer's ID gets 308, and one that is not a number 300."""
    other = await portal.ask("cmdBoxTPortalCustomerData", customer_id=13914)
    not_a_number = await portal.ask("cmdBoxTPortalCustomerData", customer_id="me")
    assert [other["status"], not_a_number["status"]] == [308, 300]


async def test_search_looks_into_every_text(portal: Portal) -> None:
    """A search finds parts of any text, nested ones too, ignoring case, and never numbers."""
    by_name = await portal.ask("cmdBoxTPortalJobsiteList", offset=0, search="jOB 007")
    by_town = await portal.ask("cmdBoxTPortalWorkOrderList", offset=0, search="lowell")
    by_number = await portal.ask("cmdBoxTPortalJobsiteList", offset=0, search="13913007")
    assert [site["JobName"] for site in by_name["jobSiteObjList"]] == ["Job 007"]
    assert by_town["recordCount"] == 15
    assert by_number["recordCount"] == 0


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("ID", "ID"),
        ("Job Name", "JobName"),
        ("Address", "Address"),
        ("City", "City"),
        ("State", "State"),
        ("Zip", "Zip"),
    ],
)
async def test_job_sites_can_be_ordered(portal: Portal, column: str, field: str) -> None:
    """`orderBy` sorts by the column with that label, in both directions."""
    down = await portal.ask("cmdBoxTPortalJobsiteList", offset=0, orderBy=f"{column}|DESC")
    up = await portal.ask("cmdBoxTPortalJobsiteList", offset=0, orderBy=f"{column}|ASC")
    falling = [site[field] for site in down["jobSiteObjList"]]
    rising = [site[field] for site in up["jobSiteObjList"]]
    assert falling == sorted(falling, reverse=True)
    assert rising == sorted(rising)
    assert rising[0] != falling[0]


async def test_job_sites_can_be_ordered_by_boxes(portal: Portal) -> None:
    """A site without a list of containers counts as having none."""
    page = await portal.ask("cmdBoxTPortalJobsiteList", offset=0, orderBy="Boxes|DESC")
    boxes = [len(site.get("ContainersOnSite", [])) for site in page["jobSiteObjList"]]
    assert boxes == sorted(boxes, reverse=True)
    assert boxes[0] == 2


@pytest.mark.parametrize("order", ["Colour|ASC", "City|UP", "City"])
async def test_unknown_order_is_300(portal: Portal, order: str) -> None:
    """An unknown column or direction is refused."""
    page = await portal.ask("cmdBoxTPortalJobsiteList", offset=0, orderBy=order)
    assert page["status"] == 300


async def test_records_have_the_known_fields(portal: Portal) -> None:
    """The records of each list have exactly the known fields."""
    sites = await portal.ask("cmdBoxTPortalJobsiteList", offset=0)
    orders = await portal.ask("cmdBoxTPortalWorkOrderList", offset=0)
    transactions = await portal.ask("cmdBoxTPortalTransactionsList", offset=0)
    site, bare = sites["jobSiteObjList"][0], sites["jobSiteObjList"][4]
    assert site.keys() - bare.keys() == {"ContainersOnSite"}
    assert bare.keys() == {"ID", "JobName", "Address", "City", "State", "Zip", "Validated"}
    order = orders["workOrderObjList"][0]
    assert order.keys() == {"ID", "OrderType", "OrderDateString", "jobSiteObj"}
    assert order["jobSiteObj"].keys() == {"Address", "City", "State", "Zip"}
    payment = transactions["transactionsObjList"][3]
    assert (payment["Type"], payment["JobName"], payment["Address"]) == ("Payment", "", "")
    assert payment.keys() >= {"TxnDateString", "Total", "OpenBal", "DateEmailed"}
    assert transactions["custEmail"].endswith("@example.com")
