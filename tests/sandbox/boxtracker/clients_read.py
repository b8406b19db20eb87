"""The fields that the vendor's own PHP clients read of each answer, and how they check them.

Written from our description of what the published clients send and read; no line is theirs.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["READ", "unreadable"]

NUMERIC, FLAG, SCALAR = "numeric", "flag", "scalar"

_ADDRESS = {"Address": SCALAR, "City": SCALAR, "State": SCALAR, "Zip": SCALAR}
_CONTAINER = {"ID": NUMERIC, "ContainerID": SCALAR}
_CARD = {"ID": NUMERIC, "TypeAbrv": SCALAR, "Mask": SCALAR, "PrimaryCard": FLAG, "Valid": FLAG}
_PAGE = {"recordCount": NUMERIC, "offset": NUMERIC}
_SHEET = {
    **dict.fromkeys(("ID", "Days", "DaysPrice", "Distance1", "Distance2"), NUMERIC),
    **dict.fromkeys(("ExcessUnits", "UnitsIncluded", "SubTotal", "Taxes", "Total"), NUMERIC),
    "Unit": SCALAR,
    "Assets": [{"AssetClass": SCALAR}],
}
_ORDER = dict.fromkeys(("OrderDate", "OrderAddress", "OrderCity", "OrderState", "OrderZip"), SCALAR)

READ: Mapping[str, Mapping[str, Any]] = {
    "cmdBoxTPortalHandShake": {"key": SCALAR},
    "cmdBoxTPortalCustomerHandShake": {"key": SCALAR, "customerID": NUMERIC},
    "cmdBoxTPortalCustomerData": {
        "customerObj": {
            **dict.fromkeys(("Name", "Address1", "Address2", "City", "State", "Zip"), SCALAR),
            **dict.fromkeys(("Contact", "Phone", "Cell", "Fax", "Email"), SCALAR),
            **dict.fromkeys(("EmailConfirm", "EmailThankYou", "EmailReminders"), FLAG),
            "SMSNotifications": FLAG,
            "Balance": NUMERIC,
            "requiredFields": [SCALAR],
            "CCardObjList": [_CARD],
        }
    },
    "cmdBoxTPortalJobsiteList": {
        **_PAGE,
        "jobSiteObjList": [{"ID": NUMERIC, "JobName": SCALAR, **_ADDRESS, "Validated": NUMERIC}],
    },
    "cmdBoxTPortalJobsiteData": {
        "jobSiteObj": {
            "ID": NUMERIC,
            "JobName": SCALAR,
            **_ADDRESS,
            **dict.fromkeys(("County", "Muni", "CrossStreet", "PO", "Contact"), SCALAR),
            **dict.fromkeys(("ContactCell", "Hazzards", "BillingNote"), SCALAR),
            "LEED": FLAG,
            "Validated": NUMERIC,
            "requiredFields": [SCALAR],
        }
    },
    "cmdBoxTPortalWorkOrderList": {
        **_PAGE,
        "workOrderObjList": [
            {
                "ID": NUMERIC,
                "OrderType": SCALAR,
                "OrderDateString": SCALAR,
                "jobSiteObj": _ADDRESS,
            }
        ],
    },
    "cmdBoxTPortalWorkOrderData": {
        "workOrderObj": {
            "jobSiteObj": {
                "ID": NUMERIC,
                "JobName": SCALAR,
                **_ADDRESS,
                "ContainersOnSite": [_CONTAINER],
            },
            **dict.fromkeys(("TargetCont", "OrderType", "ContSize", "ContType"), SCALAR),
            **dict.fromkeys(("Material", "Remarks", "OrderDateStr", "earlyBookDate"), SCALAR),
            "woTypes": {"Delivery": SCALAR, "Switch": SCALAR, "SOS": SCALAR, "Out": SCALAR},
            "ContQty": NUMERIC,
            "assets": [SCALAR],
            "materials": [{"ID": NUMERIC, "Material": SCALAR}],
            "assetBuffer": NUMERIC,
            "availability": {"MaxDate": SCALAR, "ColHeaders": [SCALAR], "RowContent": [[SCALAR]]},
            "requiredFields": [SCALAR],
        }
    },
    "cmdBoxTPortalTransactionsList": {
        **_PAGE,
        "custEmail": SCALAR,
        "transactionsObjList": [
            {
                **dict.fromkeys(("Type", "TxnDateString", "JobName", "Address"), SCALAR),
                **dict.fromkeys(("ID", "Total", "OpenBal", "DateEmailed"), NUMERIC),
            }
        ],
    },
    "cmdBoxTPortalTransactionData": {
        "transactionObj": {
            "TxnList": [{"ID": NUMERIC, "OpenBal": NUMERIC}],
            "CustBalance": NUMERIC,
            "CCardObjList": [_CARD],
        }
    },
    "cmdBoxTPortalReportList": {
        "reportObjList": [{"ID": NUMERIC, "Name": SCALAR, "Category": SCALAR}]
    },
    "cmdBoxTPortalReportParams": {
        "reportParamsObj": {
            "ID": NUMERIC,
            "Name": SCALAR,
            "RptDesc": SCALAR,
            "Params": [{"Param": SCALAR}],
        }
    },
    "cmdBoxTPortalReportDetails": {"reportObj": [SCALAR]},
    "cmdBoxTWebAPIHandShake": {"key": SCALAR},
    "cmdBoxTWebAPIPricing": {
        "priceSheets": [_SHEET],
        "mapItCenterLat": NUMERIC,
        "mapItCenterLng": NUMERIC,
        "earliestBookingDate": SCALAR,
        "daysOfTheWeek": [NUMERIC],
        "availabilityTable": {"colHeaders": [SCALAR], "rows": [[SCALAR]]},
        "assetBuffer": NUMERIC,
        "serviceTypes": [SCALAR],
        "termsUrl": SCALAR,
        "apiUseTerms": NUMERIC,
    },
    "cmdBoxTWebAPIRequestService": _ORDER,
    "cmdBoxTWebAPIDirectBooking": _ORDER,
}
"""Fields by command: a kind, the fields of an object, or a list with those of its items."""


def unreadable(expected: Any, found: Any, path: str = "$") -> list[str]:
    """The paths at which a client would not find what it reads; every list has an item."""
    match expected:
        case dict():
            if not isinstance(found, dict):
                return [path]
            inner = ((one, found.get(name), f"{path}.{name}") for name, one in expected.items())
            return [wrong for one, value, place in inner for wrong in unreadable(one, value, place)]
        case [item]:
            if not isinstance(found, list) or not found:
                return [path]
            numbered = enumerate(found)
            return [
                wrong for at, one in numbered for wrong in unreadable(item, one, f"{path}[{at}]")
            ]
        case _:
            return [] if _is_read(str(expected), found) else [path]


def _is_read(kind: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    if kind == FLAG:
        return str(value) in ("0", "1")
    if kind == NUMERIC:
        return str(value).replace(".", "", 1).removeprefix("-").isdigit()
    return True
