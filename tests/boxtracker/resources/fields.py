"""The fields of Box Tracker's answers, by the class that reads them, and their kinds.

Source: the vendor's documentation names the objects; their fields are those that the vendor's own
published client reads (https://www.dumpster.software/api/).
"""

from collections.abc import Mapping
from typing import Any, Literal

from boxapis.boxtracker.cards import Card
from boxapis.boxtracker.job_sites import Container, JobSite, ListedJobSite, OrderSite
from boxapis.boxtracker.ordering import Order
from boxapis.boxtracker.pricing import Asset, DayTable, PriceSheet, Pricing
from boxapis.boxtracker.profile import Profile
from boxapis.boxtracker.reports import ListedReport, Parameter, ReportForm
from boxapis.boxtracker.transactions import OpenTransaction, Payable, Transaction
from boxapis.boxtracker.work_orders import (
    Availability,
    ListedWorkOrder,
    Material,
    WorkOrder,
)

__all__ = ["FIELDS", "NOT_IN_THE_ANSWER", "PLACES", "Kind", "sample"]

Kind = Literal["number", "money", "flag", "text", "word", "texts", "labels", "rows", "choices"]

_SITE: dict[str, Any] = {
    "ID": "number",
    **dict.fromkeys(("JobName", "Address", "City", "State", "Zip"), "text"),
    "ContainersOnSite": [Container],
}

FIELDS: Mapping[type[Any], Mapping[str, Any]] = {
    Card: {
        "ID": "number",
        "TypeAbrv": "text",
        "Mask": "text",
        "PrimaryCard": "flag",
        "Valid": "flag",
    },
    Profile: {
        "Name": "text",
        "Balance": "money",
        **dict.fromkeys(("Address1", "Address2", "City", "State", "Zip", "Contact"), "text"),
        **dict.fromkeys(("Phone", "Cell", "Fax", "Email"), "text"),
        **dict.fromkeys(("EmailConfirm", "EmailThankYou", "EmailReminders"), "flag"),
        "SMSNotifications": "flag",
        "requiredFields": "texts",
        "CCardObjList": [Card],
    },
    Container: {"ID": "number", "ContainerID": "text"},
    ListedJobSite: {**_SITE, "Validated": "number"},
    JobSite: {
        **_SITE,
        **dict.fromkeys(("County", "Muni", "CrossStreet", "PO", "Contact"), "text"),
        **dict.fromkeys(("ContactCell", "Hazzards", "BillingNote"), "text"),
        "LEED": "flag",
        "Validated": "number",
        "requiredFields": "texts",
    },
    OrderSite: _SITE,
    ListedWorkOrder: {
        "ID": "number",
        "OrderType": "word",
        "OrderDateString": "text",
        "jobSiteObj": OrderSite,
    },
    Material: {"ID": "number", "Material": "text"},
    Availability: {"MaxDate": "text", "ColHeaders": "texts", "RowContent": "rows"},
    WorkOrder: {
        "jobSiteObj": OrderSite,
        "TargetCont": "text",
        "OrderType": "word",
        "woTypes": "labels",
        "ContQty": "number",
        "ContSize": "text",
        "ContType": "text",
        "assets": "texts",
        "Material": "text",
        "materials": [Material],
        "Remarks": "text",
        "OrderDateStr": "text",
        "earlyBookDate": "text",
        "assetBuffer": "number",
        "availability": Availability,
        "requiredFields": "texts",
    },
    Transaction: {
        "ID": "number",
        "Type": "word",
        **dict.fromkeys(("TxnDateString", "JobName", "Address"), "text"),
        "Total": "money",
        "OpenBal": "money",
        "DateEmailed": "text",
    },
    OpenTransaction: {"ID": "number", "OpenBal": "money"},
    Payable: {"TxnList": [OpenTransaction], "CustBalance": "money", "CCardObjList": [Card]},
    ListedReport: {"ID": "number", "Name": "text", "Category": "text"},
    Parameter: {"Param": "word", "ParamExtra": "choices"},
    ReportForm: {
        "ID": "number",
        "Name": "text",
        "RptDesc": "text",
        "Params": [Parameter],
    },
    Asset: {"AssetClass": "text"},
    PriceSheet: {
        **dict.fromkeys(("ID", "Days"), "number"),
        **dict.fromkeys(("AssetClass", "Description", "Unit"), "text"),
        **dict.fromkeys(("DaysPrice", "Distance1", "Distance2", "EstimatedCharges"), "money"),
        **dict.fromkeys(("ExcessUnits", "UnitsIncluded", "SubTotal", "Taxes", "Total"), "money"),
        "Assets": [Asset],
    },
    DayTable: {"colHeaders": "texts", "rows": "rows"},
    Pricing: {
        "priceSheets": [PriceSheet],
        **dict.fromkeys(("mapItCenterLat", "mapItCenterLng", "maxDistance"), "money"),
        **dict.fromkeys(("earliestBookingDate", "termsUrl"), "text"),
        **dict.fromkeys(("assetBuffer", "apiUseTerms"), "number"),
        "daysOfTheWeek": "choices",
        "availabilityTable": DayTable,
        "serviceTypes": "texts",
    },
    Order: {
        **dict.fromkeys(("OrderID", "OrderDate", "OrderAddress", "OrderCity"), "text"),
        **dict.fromkeys(("OrderState", "OrderZip", "TestURL"), "text"),
    },
}
"""Fields by class: their kind, the class of an object, or a list with the class of its items."""

NOT_IN_THE_ANSWER = {(WorkOrder, "ID")}
"""Fields that a class has beside those of the answer: the number of an order is the call's own."""

PLACES: Mapping[str, tuple[str, type[Any]]] = {
    "cmdBoxTPortalCustomerData": ("customerObj", Profile),
    "cmdBoxTPortalJobsiteList": ("jobSiteObjList", ListedJobSite),
    "cmdBoxTPortalJobsiteData": ("jobSiteObj", JobSite),
    "cmdBoxTPortalWorkOrderList": ("workOrderObjList", ListedWorkOrder),
    "cmdBoxTPortalWorkOrderData": ("workOrderObj", WorkOrder),
    "cmdBoxTPortalTransactionsList": ("transactionsObjList", Transaction),
    "cmdBoxTPortalTransactionData": ("transactionObj", Payable),
    "cmdBoxTPortalReportList": ("reportObjList", ListedReport),
    "cmdBoxTPortalReportParams": ("reportParamsObj", ReportForm),
    "cmdBoxTWebAPIPricing": ("", Pricing),
    "cmdBoxTWebAPIRequestService": ("", Order),
    "cmdBoxTWebAPIDirectBooking": ("", Order),
}
"""The key of the answer to each command that has more than a status, and the class of the value.

The key is empty if the answer is the value itself.
"""

_VALUES: Mapping[str, tuple[Any, Any]] = {
    "number": (7, "7"),
    "money": (120.5, "120.50"),
    "flag": (1, "0"),
    "text": ("text", 3101),
    "word": ("Delivery", "a new word"),
    "texts": (["text"], ["text"]),
    "labels": ({"Delivery": "Deliver"}, {}),
    "choices": ([{"ID": 7, "JobName": "Kitchen"}], {"Out": "Remove"}),
    "rows": ([["Jan 05, 2024", 4]], [["Jan 05, 2024", "4"]]),
}


def sample(cls: type[Any], *, as_text: bool = False) -> dict[str, Any]:
    """An object of the service with every field, its numbers as numbers or as text."""
    return {name: _sample(kind, as_text=as_text) for name, kind in FIELDS[cls].items()}


def _sample(kind: Any, *, as_text: bool) -> Any:
    match kind:
        case str():
            return _VALUES[kind][as_text]
        case [cls]:
            return [sample(cls, as_text=as_text)]
        case _:
            return sample(kind, as_text=as_text)
