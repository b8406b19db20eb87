"""Work orders of a customer: listed, read, placed, changed and removed."""

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from boxapis.sandbox._boxtracker.arguments import (
    Arguments,
    identified_customer,
    logged_in_customer,
    parse_choice,
    parse_day,
    parse_integer,
    required,
)
from boxapis.sandbox._boxtracker.availability import (
    ASSET_BUFFER,
    ASSETS,
    bookable_days,
    check_containers,
    check_day,
    containers_left,
    is_open,
)
from boxapis.sandbox._boxtracker.data import (
    DAY_FORMAT,
    ORDER_TYPES,
    JsonObject,
    SandboxCustomer,
)
from boxapis.sandbox._boxtracker.lists import asked_page
from boxapis.sandbox._boxtracker.refusals import INVALID_PAYLOAD, NOT_AVAILABLE, Refusal
from boxapis.sandbox._boxtracker.resources.job_sites import find_job_site
from boxapis.sandbox._boxtracker.state import BoxTrackerState

ORDER_LABELS: Final = MappingProxyType(
    {name: "Swap out and save" if name == "SOS" else f"{name} a container" for name in ORDER_TYPES}
)

_MATERIALS: Final = MappingProxyType({1: "Construction debris", 2: "Clean fill"})
_LISTED: Final = ("ID", "OrderType", "OrderDateString")
_SHOWN: Final = (
    "OrderType",
    "TargetCont",
    "ContQty",
    "ContSize",
    "ContType",
    "Material",
    "Remarks",
)
_ADDRESS: Final = ("Address", "City", "State", "Zip")
_MOST_CONTAINERS: Final = 30


def work_order_list(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """One page of the customer's work orders."""
    customer = state.shown(identified_customer(state, arguments))
    orders = [_listed(customer, order) for order in customer.work_orders]
    return asked_page(state, arguments, "workOrderObjList", orders)


def work_order_data(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """One work order, or for ID 0 the form of a new one at a job site; 302 for any other."""
    customer = logged_in_customer(state, arguments)
    number, site_number = required(arguments, "workorder_id", "jobsite_id")
    wanted = parse_integer(number)
    if wanted:
        order = _find(customer, wanted)
    else:
        order = _blank(find_job_site(customer.job_sites, parse_integer(site_number)))
    shown = state.shown(customer)
    if shown is not customer and shown.work_orders:
        customer, order = shown, shown.work_orders[0]
    return {"workOrderObj": _form(state, customer, order)}


def save_work_order(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Place or overwrite a work order; a new one that is like another only with the bypass."""
    customer = identified_customer(state, arguments)
    number = parse_integer(arguments.get("workorder_id", "0"))
    before = _find(customer, number) if number else None
    order = _given(customer, before, arguments)
    _check_booking(state, before, order)
    similar = [one for one in customer.work_orders if _is_similar(one, order)]
    if similar and not number and arguments.get("workorder_user_bypass", "0") != "1":
        lines = [f"Order {one['ID']} of that day: {one['OrderType']}" for one in similar]
        text = "ERROR: Similar Work Orders"
        raise Refusal(state.rules.similar_orders_status, text, {"similarWOs": lines})
    order["ID"] = number or state.new_id()
    if before is None:
        orders = (*customer.work_orders, order)
    else:
        orders = tuple(order if one is before else one for one in customer.work_orders)
    state.change(customer, work_orders=orders)
    return {}


def remove_work_order(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Remove a work order; 302 if there is none, a second time, too."""
    customer = identified_customer(state, arguments)
    (number,) = required(arguments, "workorder_id")
    gone = _find(customer, parse_integer(number))
    state.change(
        customer, work_orders=tuple(one for one in customer.work_orders if one is not gone)
    )
    return {}


def _given(customer: SandboxCustomer, before: Any, arguments: Arguments) -> dict[str, Any]:
    """The order that the arguments describe, without its number; raises Refusal."""
    site_number, asset, quantity, day, kind = required(
        arguments,
        *("workorder_jsid", "workorder_asset", "workorder_contqty"),
        *("workorder_wodate", "workorder_wotype"),
    )
    known = {name.casefold(): name for name in ASSETS}
    if asset.casefold() not in known or kind not in ORDER_TYPES:
        raise Refusal(INVALID_PAYLOAD)
    site = _site(customer, before, parse_integer(site_number))
    target, material = (
        arguments.get("workorder_targetcont", ""),
        arguments.get("workorder_material"),
    )
    if target and parse_integer(target) not in [one["ID"] for one in _containers(site)]:
        raise Refusal(INVALID_PAYLOAD)
    if material and parse_integer(material) not in _MATERIALS:
        raise Refusal(INVALID_PAYLOAD)
    size, _, cls = known[asset.casefold()].partition("-")
    return {
        "OrderType": kind,
        "OrderDateString": parse_day(day).strftime(DAY_FORMAT),
        "jobSiteObj": {name: site[name] for name in ("ID", "JobName", *_ADDRESS)},
        "ContQty": parse_choice(quantity, _MOST_CONTAINERS) or _refuse(),
        "ContSize": size,
        "ContType": cls,
        "TargetCont": int(target) if target else "",
        "Material": int(material) if material else "",
        "Remarks": arguments.get("workorder_remarks", ""),
    }


def _refuse() -> int:
    raise Refusal(INVALID_PAYLOAD)


def _check_booking(state: BoxTrackerState, before: Any, order: dict[str, Any]) -> None:
    """Raise Refusal unless the day can be booked; an order that stays as it was may stay."""
    names = ("OrderDateString", "OrderType", "ContQty", "ContSize", "ContType")
    if before is not None and all(before[name] == order[name] for name in names):
        return
    day = parse_day(order["OrderDateString"])
    check_day(state, day)
    if order["OrderType"] != "Delivery":
        return
    held = 0
    if before is not None and before["OrderType"] == "Delivery" and _asset(before) == _asset(order):
        held = before["ContQty"]
    check_containers(state, day, _asset(order), quantity=order["ContQty"], held=held)


def _is_similar(one: Any, order: dict[str, Any]) -> bool:
    """Whether two orders are of one type, for one site and day; the real rule is not known."""
    names = ("OrderType", "OrderDateString")
    same_site = one["jobSiteObj"]["ID"] == order["jobSiteObj"]["ID"]
    return same_site and all(one[name] == order[name] for name in names)


def _find(customer: SandboxCustomer, number: int) -> dict[str, Any]:
    for order in customer.work_orders:
        if order["ID"] == number:
            return order
    raise Refusal(NOT_AVAILABLE)


def _site(customer: SandboxCustomer, order: Any, number: int) -> dict[str, Any]:
    """A job site of the customer, or that of the order, which may be no longer listed."""
    if order is not None and order["jobSiteObj"]["ID"] == number:
        return _site_of(customer, order)
    return find_job_site(customer.job_sites, number)


def _site_of(customer: SandboxCustomer, order: Any) -> dict[str, Any]:
    kept: dict[str, Any] = order["jobSiteObj"]
    return next((site for site in customer.job_sites if site["ID"] == kept["ID"]), kept)


def _containers(site: dict[str, Any]) -> Sequence[Any]:
    found: Sequence[Any] = site.get("ContainersOnSite", [])
    return found


def _asset(order: Any) -> str:
    return f"{order['ContSize']}-{order['ContType']}"


def _listed(customer: SandboxCustomer, order: JsonObject) -> JsonObject:
    site = _site_of(customer, order)
    return {name: order[name] for name in _LISTED} | {
        "jobSiteObj": {name: site[name] for name in _ADDRESS}
    }


def _blank(site: JsonObject) -> dict[str, Any]:
    blanks = dict.fromkeys(("OrderDateString", *_SHOWN), "")
    return blanks | {"ContQty": 1, "jobSiteObj": site}


def _form(state: BoxTrackerState, customer: SandboxCustomer, order: JsonObject) -> JsonObject:
    site = _site_of(customer, order)
    shown = {name: site[name] for name in ("ID", "JobName", *_ADDRESS)}
    days = bookable_days(state)
    return {
        **{name: order[name] for name in _SHOWN},
        "OrderDateStr": order["OrderDateString"],
        "jobSiteObj": shown | {"ContainersOnSite": _containers(site)},
        "woTypes": dict(ORDER_LABELS),
        "assets": list(ASSETS),
        "materials": [{"ID": number, "Material": name} for number, name in _MATERIALS.items()],
        "earlyBookDate": days[0].strftime(DAY_FORMAT),
        "assetBuffer": ASSET_BUFFER,
        "availability": _availability(state, days),
        "requiredFields": ["addWOAsset", "addWOQty", "addWOType"],
    }


def _availability(state: BoxTrackerState, days: Sequence[date]) -> JsonObject:
    rows = [
        [day.strftime(DAY_FORMAT), *(containers_left(state, day, asset) for asset in ASSETS)]
        for day in days
        if is_open(day)
    ]
    return {
        "MaxDate": days[-1].strftime(DAY_FORMAT),
        "ColHeaders": ["Date", *ASSETS],
        "RowContent": rows,
    }
