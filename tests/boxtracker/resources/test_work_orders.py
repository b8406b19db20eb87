"""Work orders: values, blank ones, saving every field, and similar orders."""

from datetime import date
from typing import Any

import pytest

from boxapis import ConfigurationError, ConflictError, OutcomeUnknownError, SessionExpiredError
from boxapis.boxtracker.job_sites import Container
from boxapis.boxtracker.work_orders import (
    Availability,
    ListedWorkOrder,
    Material,
    OrderSite,
    WorkOrder,
)
from boxapis.errors import ConnectionLostError
from tests.support.scripted_customer import refused, scripted_customer, sent

pytestmark = pytest.mark.usefixtures("closing")

DATA, SAVE = "cmdBoxTPortalWorkOrderData", "cmdBoxTPortalSaveWorkOrder"
BODY: dict[str, Any] = {
    "jobSiteObj": {"ID": "101", "JobName": "Kitchen", "ContainersOnSite": [{"ID": 7}]},
    "TargetCont": 7,
    "OrderType": "Switch",
    "woTypes": {"Delivery": "Deliver", "Switch": "Swap"},
    "ContQty": "2",
    "ContSize": 20,
    "ContType": "Open",
    "assets": ["20-Open", "30-Open"],
    "Material": "3",
    "materials": [{"ID": "3", "Material": "Wood"}],
    "Remarks": "Gate code 5",
    "OrderDateStr": "Jan 05, 2024",
    "earlyBookDate": "Jan 03, 2024",
    "assetBuffer": "1",
    "availability": {
        "MaxDate": "Feb 05, 2024",
        "ColHeaders": ["Date", "20-open"],
        "RowContent": [["Jan 05, 2024", 4]],
    },
    "requiredFields": ["addWOType", "addWOQty", "addWOAsset", "new"],
}
SAVED = {
    "workorder_id": "55",
    "workorder_jsid": "101",
    "workorder_asset": "20-Open",
    "workorder_contqty": "2",
    "workorder_targetcont": "7",
    "workorder_wodate": "Jan 05, 2024",
    "workorder_wotype": "Switch",
    "workorder_remarks": "Gate code 5",
    "workorder_material": "3",
    "workorder_user_bypass": "1",
}
BLANK = {"jobSiteObj": {"ID": 101}, "ContQty": "", "requiredFields": []}


async def test_list() -> None:
    """The list has type, day and place; the day is read where its form is known."""
    site = {"Address": "2 Elm Street", "City": "Bedford", "State": "NH", "Zip": 3110}
    row = {"OrderType": "Delivery", "OrderDateString": "Jan 05, 2024", "jobSiteObj": site}
    customer, transport = scripted_customer(
        {"workOrderObjList": {"a": {"ID": "55", **row}}, "recordCount": "1"}
    )
    (order,) = [order async for order in customer.work_orders.list(search="Elm")]
    assert order == ListedWorkOrder(
        id=55,
        order_type="Delivery",
        order_date_text="Jan 05, 2024",
        job_site=OrderSite(address="2 Elm Street", city="Bedford", state="NH", zip="3110"),
    )
    assert order.order_date == date(2024, 1, 5)
    arguments = {"offset": "0", "search": "Elm"}
    assert sent(transport) == [("cmdBoxTPortalWorkOrderList", arguments)]


async def test_values() -> None:
    """An order has its own number, which the service does not repeat, and what may be chosen."""
    customer, transport = scripted_customer({"workOrderObj": BODY})
    order = await customer.work_orders.get(55)
    assert order == WorkOrder(
        id=55,
        job_site=OrderSite(id=101, job_name="Kitchen", containers=(Container(id=7),)),
        order_type="Switch",
        order_types={"Delivery": "Deliver", "Switch": "Swap"},
        quantity=2,
        size="20",
        type="Open",
        assets=("20-Open", "30-Open"),
        target="7",
        material="3",
        materials=(Material(id=3, name="Wood"),),
        remarks="Gate code 5",
        order_date_text="Jan 05, 2024",
        earliest_text="Jan 03, 2024",
        asset_buffer=1,
        availability=Availability(
            latest_text="Feb 05, 2024",
            columns=("Date", "20-open"),
            rows=(("Jan 05, 2024", "4"),),
        ),
        required_fields=("addWOType", "addWOQty", "addWOAsset", "new"),
    )
    assert (order.asset, order.order_date) == ("20-Open", date(2024, 1, 5))
    assert order.required == ("order_type", "quantity", "asset")
    assert sent(transport) == [(DATA, {"workorder_id": "55", "jobsite_id": "0"})]


async def test_a_new_order() -> None:
    """A blank order is placed with what you fill in, and the service looks for similar ones."""
    customer, transport = scripted_customer({"workOrderObj": BLANK}, {})
    blank = await customer.work_orders.blank(101)
    assert (blank.id, blank.asset, blank.required) == (0, None, ())
    day = date(2024, 1, 5)
    await customer.work_orders.save(
        blank, order_type="Delivery", asset="20-Open", quantity=1, order_date=day, material=3
    )
    empty = dict.fromkeys(SAVED, "")
    given = {
        "workorder_id": "0",
        "workorder_jsid": "101",
        "workorder_asset": "20-Open",
        "workorder_contqty": "1",
        "workorder_wodate": "Jan 05, 2024",
        "workorder_wotype": "Delivery",
        "workorder_material": "3",
        "workorder_user_bypass": "0",
    }
    assert sent(transport) == [
        (DATA, {"workorder_id": "0", "jobsite_id": "101"}),
        (SAVE, {**empty, **given}),
    ]


async def test_save_sends_every_field() -> None:
    """Fields that do not change are sent as they were read, and an order's change asks nothing."""
    customer, transport = scripted_customer({"workOrderObj": BODY}, {}, {}, {})
    order = await customer.work_orders.get(55)
    await customer.work_orders.save(order)
    await customer.work_orders.save(order, order_date=date(2024, 1, 9), remarks=None)
    await customer.work_orders.save(order, order_date=None, target=None)
    changes = {"workorder_wodate": "Jan 09, 2024", "workorder_remarks": ""}
    assert sent(transport)[1:] == [
        (SAVE, SAVED),
        (SAVE, {**SAVED, **changes}),
        (SAVE, {**SAVED, "workorder_wodate": "", "workorder_targetcont": ""}),
    ]


async def test_a_day_in_an_unknown_form_is_kept() -> None:
    """A day whose form no source shows is sent back as the service wrote it."""
    body = {**BODY, "OrderDateStr": "Friday 5"}
    customer, transport = scripted_customer({"workOrderObj": body}, {})
    order = await customer.work_orders.get(55)
    assert order.order_date is None
    await customer.work_orders.save(order)
    assert sent(transport)[1] == (SAVE, {**SAVED, "workorder_wodate": "Friday 5"})


ORDER = WorkOrder(job_site=OrderSite(id=101), order_type="Delivery")


@pytest.mark.parametrize("status", [300, 303, 400, 511, 900])
async def test_similar_orders(status: int) -> None:
    """With similar orders there is a `ConflictError` with them, whatever the status; then go on."""
    similar = ["WO 7 on Jan 05, 2024", "WO 8 on Jan 05, 2024"]
    customer, transport = scripted_customer(refused(status, similarWOs=similar), {})
    with pytest.raises(ConflictError, match="similar") as caught:
        await customer.work_orders.save(ORDER)
    assert caught.value.details["similarWOs"] == tuple(similar)
    assert (caught.value.code, caught.value.may_have_been_applied) == (status, False)
    await customer.work_orders.save(ORDER, despite_similar=True)
    assert [arguments["workorder_user_bypass"] for _, arguments in sent(transport)] == ["0", "1"]


async def test_no_similar_orders() -> None:
    """An empty list of similar orders changes nothing, and a session that ended is none either."""
    customer, _ = scripted_customer(refused(338, similarWOs=[]))
    with pytest.raises(ConflictError, match="day of the week"):
        await customer.work_orders.save(ORDER)
    ended = refused(507, similarWOs=["WO 7"])
    opened = {"sessionKey": "new", "customerID": 13913}
    customer, _ = scripted_customer(ended, opened, opened, ended)
    with pytest.raises(SessionExpiredError):
        await customer.work_orders.save(ORDER)


async def test_remove() -> None:
    """An order is removed by its number."""
    customer, transport = scripted_customer({})
    await customer.work_orders.remove(55)
    assert sent(transport) == [("cmdBoxTPortalRemoveWorkOrder", {"workorder_id": "55"})]


WRONG: dict[str, Any] = {
    "get 0": lambda orders: orders.get(0),
    "blank for no site": lambda orders: orders.blank(0),
    "remove 0": lambda orders: orders.remove(0),
    "one of a list": lambda orders: orders.save(ListedWorkOrder(id=55)),
    "no site": lambda orders: orders.save(WorkOrder()),
    "site without a number": lambda orders: orders.save(WorkOrder(job_site=OrderSite())),
    "unknown field": lambda orders: orders.save(ORDER, size="20"),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
async def test_wrong_arguments(call: Any) -> None:
    """What would reach another record is refused, and nothing is sent."""
    customer, transport = scripted_customer()
    with pytest.raises(ConfigurationError):
        await call(customer.work_orders)
    assert transport.requests == []


async def test_lost_response() -> None:
    """F96: a new order whose response was lost is not placed again by itself."""
    lost = ConnectionLostError("lost", phase="read", sent=True)
    customer, transport = scripted_customer(lost)
    with pytest.raises(OutcomeUnknownError):
        await customer.work_orders.save(ORDER)
    assert len(sent(transport)) == 1
