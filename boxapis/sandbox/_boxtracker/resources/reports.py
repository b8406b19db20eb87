"""Reports of the portal: which there are, their parameters, and their lines."""

from collections import Counter
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from boxapis.sandbox._boxtracker.arguments import (
    Arguments,
    identified_customer,
    logged_in_customer,
    parse_day,
    parse_integer,
    required,
)
from boxapis.sandbox._boxtracker.availability import order_day
from boxapis.sandbox._boxtracker.data import ORDER_TYPES, JsonObject, SandboxCustomer
from boxapis.sandbox._boxtracker.refusals import BAD_REPORT_PARAMETERS, NOT_A_REPORT, Refusal
from boxapis.sandbox._boxtracker.resources.transactions import open_transactions
from boxapis.sandbox._boxtracker.resources.work_orders import ORDER_LABELS
from boxapis.sandbox._boxtracker.state import BoxTrackerState

_DAYS: Final = ("startDate", "endDate", "deliveryDate")


@frozen
class _Report:
    name: str
    category: str
    description: str
    params: tuple[str, ...]
    lines: Callable[[SandboxCustomer, Arguments], list[str]]


def report_list(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """The reports that a customer may run."""
    logged_in_customer(state, arguments)
    return {
        "reportObjList": [
            {"ID": number, "Name": report.name, "Category": report.category}
            for number, report in _REPORTS.items()
        ]
    }


def report_params(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """The parameters of one report, in the order of its form."""
    customer = state.shown(identified_customer(state, arguments))
    number, report = _asked(arguments)
    shown: JsonObject = {
        "ID": number,
        "Name": report.name,
        "RptDesc": report.description,
        "Params": [_param(customer, name) for name in report.params],
    }
    return {"reportParamsObj": shown}


def report_details(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """The lines of one report."""
    customer = state.shown(logged_in_customer(state, arguments))
    _, report = _asked(arguments)
    for name in report.params:
        _check(name, arguments)
    return {"reportObj": report.lines(customer, arguments)}


def _asked(arguments: Arguments) -> tuple[int, _Report]:
    (text,) = required(arguments, "report_id")
    number = parse_integer(text)
    if number not in _REPORTS:
        raise Refusal(NOT_A_REPORT)
    return number, _REPORTS[number]


def _param(customer: SandboxCustomer, name: str) -> JsonObject:
    if name == "jobSite":
        names = ("ID", "JobName", "Address")
        sites = [{key: site[key] for key in names} for site in customer.job_sites]
        return {"Param": name, "ParamExtra": sites}
    if name == "woType":
        stray = {"ID": 0, "excludeFromJSON": "", "dbh": ""}  # as the vendor's client expects them
        return {"Param": name, "ParamExtra": {**ORDER_LABELS, **stray}}
    return {"Param": name}


def _check(name: str, arguments: Arguments) -> None:
    """Raise Refusal with 310 unless the argument of a parameter is absent or well-formed."""
    kind, _, choices = name.partition("_")
    value = arguments.get(_argument(name))
    if value is None:
        return
    if kind in _DAYS:
        parse_day(value, BAD_REPORT_PARAMETERS)
        return
    allowed = {
        "month": [f"{month:02d}" for month in range(1, 13)],
        "year": [str(year) for year in range(2016, 2100)],
        "woType": ORDER_TYPES,
        "chk": ["0", "1"],
    }.get(kind, choices.split("|"))
    if value not in allowed and kind != "jobSite":
        raise Refusal(BAD_REPORT_PARAMETERS)


def _argument(name: str) -> str:
    kind, _, rest = name.partition("_")
    return f"chk{rest.replace('_', '')}" if kind == "chk" else kind


def _sites(customer: SandboxCustomer, arguments: Arguments) -> list[str]:
    """A table of sites and their containers; sites without any only with ``chkShowAll``."""
    wanted, shows_all = arguments.get("jobSite"), arguments.get("chkShowAll") == "1"
    rows = [
        (_cell(site["JobName"]), _cell(site["City"]), len(_list(site, "ContainersOnSite")))
        for site in customer.job_sites
        if wanted in (None, str(site["ID"]))
    ]
    rows = [row for row in rows if shows_all or row[2]]
    if arguments.get("sortBy") == "City":
        rows.sort(key=lambda row: row[1])
    total = sum(row[2] for row in rows)
    return [
        "[SectionRow]Containers on site",
        "[HeaderRow]|Job|City|Containers",
        *(f"[ContentRow]|{job}|{city}|{number:,}" for job, city, number in rows),
        f"[TotalRow]|||{total:,}",
    ]


def _orders(customer: SandboxCustomer, arguments: Arguments) -> list[str]:
    """A bar chart and a table of orders and their containers for each month."""
    orders: Counter[str] = Counter()
    containers: Counter[str] = Counter()
    for order in _within(customer.work_orders, arguments):
        month = order_day(order["OrderDateString"]).strftime("%Y-%m")
        orders[month] += 1
        containers[month] += order["ContQty"]
    return [
        "[SectionRow]Orders by month",
        "[LegendRow][bar]|Month|Orders|Containers",
        "[AxisRow]|Month||Number",
        "[HeaderRow][2]|[ChartHide]Month/Year|[ChartAS-All]Orders/Containers",
        *(
            f"[ContentRow][2]|{month[5:]}/{month[:4]}|{orders[month]:,}/{containers[month]:,}"
            for month in sorted(orders)
        ),
        f"[TotalRow][2]|/|{orders.total():,}/{containers.total():,}",
    ]


def _within(orders: Iterable[Any], arguments: Arguments) -> Iterable[Any]:
    days = {name: parse_day(arguments[name]) for name in _DAYS if name in arguments}
    kind, month, year = (arguments.get(name) for name in ("woType", "month", "year"))
    for order in orders:
        day = order_day(order["OrderDateString"])
        is_wanted = (
            days.get("startDate", day) <= day <= days.get("endDate", day)
            and days.get("deliveryDate", day) == day
            and kind in (None, order["OrderType"])
            and month in (None, f"{day:%m}")
            and year in (None, f"{day:%Y}")
        )
        if is_wanted:
            yield order


def _balances(customer: SandboxCustomer, arguments: Arguments) -> list[str]:
    """A pie chart and a table of what is open, by job; paid invoices only with ``chkShowPaid``."""
    opened: list[Any] = list(open_transactions(customer))
    if arguments.get("chkShowPaid") == "1":
        opened = [one for one in customer.transactions if one["Type"] == "Invoice"]
    total = sum(one["OpenBal"] for one in opened)
    return [
        "[SectionRow]Open balances",
        "[LegendRow][corechart]|Job|Open",
        "[HeaderRow]|Job|Open",
        *(f"[ContentRow]|{_cell(one['JobName'])}|{one['OpenBal']:,.2f}" for one in opened),
        f"[TotalRow]||{total:,.2f}",
    ]


def _cell(text: object) -> str:
    """A cell of one part: it may hold neither the divider of cells nor that of parts."""
    return str(text).replace("|", " ").replace("/", " ")


def _list(record: JsonObject, name: str) -> list[Any]:
    match record.get(name):
        case list(items):
            return items
        case _:
            return []


_REPORTS: Final = MappingProxyType(
    {
        1: _Report(
            "Containers on Site",
            "Containers",
            "The containers at each job site",
            ("jobSite", "chk_Show_All", "sortBy_Job|City"),
            _sites,
        ),
        2: _Report(
            "Orders by Month",
            "Work Orders",
            "The orders of each month and their containers",
            (
                *("startDate", "endDate", "deliveryDate", "month", "year", "woType"),
                *("filterBy_All|Open", "listBy_Month|Year"),
            ),
            _orders,
        ),
        3: _Report("Open Balances", "Financial", "What is open", ("chk_Show_Paid",), _balances),
    }
)
