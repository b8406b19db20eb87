"""Made-up hauling customers with job sites, work orders and transactions."""

from datetime import date, timedelta
from typing import Final

from attrs import field, frozen

Entry = dict[str, object]

_FIRST_DAY: Final = date(2025, 1, 6)
_STREETS: Final = (
    "Quarry Road",
    "Mill & Main Street",
    "Straße am Tor",
    'The "Old" Pier',
    "Elm Ave",
)
_TOWNS: Final = (
    ("Nashua", "NH", "03060"),
    ("Lowell", "MA", "01850"),
    ("Keene", "NH", "03431"),
    ("Barre", "VT", "05641"),
)
_ORDER_TYPES: Final = ("Delivery", "Switch", "SOS", "Out", "Live", "Service", "Move")
_ADDRESS_CHECKS: Final = 4
_WITHOUT_BOXES: Final = 5
_EMAILED_EPOCH: Final = 1_736_150_400
JOB_SITE_NEEDS: Final = ("txtJSAddress", "txtJSCity", "selJSState", "txtJSZip")


@frozen
class Customer:
    """A hauler's customer who may use the portal, with everything the portal shows.

    `customer_id` is the ``customerID`` of the customer handshake.
    """

    username: str
    password: str = field(repr=False)
    customer_id: int
    record: Entry = field(repr=False)
    job_sites: tuple[Entry, ...] = field(default=(), repr=False)
    work_orders: tuple[Entry, ...] = field(default=(), repr=False)
    transactions: tuple[Entry, ...] = field(default=(), repr=False)


@frozen(kw_only=True)
class Amounts:
    """How many records of each sort a made-up customer has."""

    job_sites: int = 0
    work_orders: int = 0
    transactions: int = 0


def made_up_customer(username: str, password: str, customer_id: int, amounts: Amounts) -> Customer:
    """Invent a customer; the same arguments give the same records."""
    sites = tuple(_job_site(customer_id, number) for number in range(1, amounts.job_sites + 1))
    return Customer(
        username,
        password,
        customer_id,
        _record(username, customer_id),
        sites,
        tuple(_work_order(customer_id, number) for number in range(1, amounts.work_orders + 1)),
        tuple(_transaction(customer_id, number) for number in range(1, amounts.transactions + 1)),
    )


def first_customers() -> tuple[Customer, ...]:
    """The customers a new sandbox knows; the first one is the one in its environment."""
    return (
        made_up_customer(
            "jane",
            "jane-password &+%=#1",
            13913,
            Amounts(job_sites=120, work_orders=60, transactions=55),
        ),
        made_up_customer("omar", "omar-password", 13914, Amounts()),
        made_up_customer(
            "o'neil+sons & co",
            "pässword/with spaces",
            13915,
            Amounts(job_sites=3, work_orders=2, transactions=50),
        ),
    )


def _record(username: str, customer_id: int) -> Entry:
    return {
        "Name": f"{username.capitalize()} Contracting",
        "Balance": 412.5,
        **_customer_address(customer_id),
        **_customer_contact(customer_id),
        "EmailConfirm": 1,
        "EmailThankYou": 0,
        "EmailReminders": 1,
        "SMSNotifications": 0,
        "requiredFields": ["txtName", "txtAddress1", "txtEmail"],
        "CCardObjList": [_card(customer_id)],
    }


def _customer_address(customer_id: int) -> Entry:
    city, state, postal_code = _TOWNS[customer_id % len(_TOWNS)]
    return {
        "Address1": f"{customer_id % 100} Quarry Road",
        "Address2": "",
        "City": city,
        "State": state,
        "Zip": postal_code,
    }


def _customer_contact(customer_id: int) -> Entry:
    return {
        "Contact": "Pat Example",
        "Phone": f"603-555-{customer_id % 10_000:04d}",
        "Cell": "603-555-0101",
        "Fax": "",
        "Email": f"customer{customer_id}@example.com",
    }


def _card(customer_id: int) -> Entry:
    return {
        "ID": customer_id * 10,
        "TypeAbrv": "VI",
        "Mask": "************0000",
        "PrimaryCard": 1,
        "Valid": 1,
    }


def _address(number: int) -> Entry:
    city, state, postal_code = _TOWNS[number % len(_TOWNS)]
    street = _STREETS[number % len(_STREETS)]
    return {"Address": f"{number} {street}", "City": city, "State": state, "Zip": postal_code}


def _job_site(customer_id: int, number: int) -> Entry:
    site: Entry = {
        "ID": customer_id * 1000 + number,
        "JobName": f"Job {number:03d}",
        **_address(number),
        "Validated": number % _ADDRESS_CHECKS,
    }
    if number % _WITHOUT_BOXES:
        site["ContainersOnSite"] = _boxes(customer_id, number)
    return site


def blank_job_site() -> Entry:
    """The form of a job site that is still to be made."""
    return {"ID": 0, "JobName": "", "Address": "", "City": "", "State": "", "Zip": ""}


def _boxes(customer_id: int, number: int) -> list[Entry]:
    first = customer_id * 10_000 + number * 10
    return [
        {"ID": first + place, "ContainerID": f"B{first + place}"} for place in range(number % 3)
    ]


def _work_order(customer_id: int, number: int) -> Entry:
    return {
        "ID": customer_id * 1000 + 500 + number,
        "OrderType": _ORDER_TYPES[number % len(_ORDER_TYPES)],
        "OrderDateString": _day(number),
        "jobSiteObj": _address(number),
    }


def _transaction(customer_id: int, number: int) -> Entry:
    paid = number % 4 == 0
    return {
        "ID": customer_id * 1000 + 700 + number,
        "Type": "Payment" if paid else "Invoice",
        "TxnDateString": _day(number),
        "JobName": "" if paid else f"Job {number:03d}",
        "Address": "" if paid else _address(number)["Address"],
        "Total": 100.0 + number * 12.25,
        "OpenBal": 0 if paid else number * 12.25,
        "DateEmailed": 0 if number % 2 else _EMAILED_EPOCH + number,
    }


def _day(number: int) -> str:
    return (_FIRST_DAY + timedelta(days=number)).strftime("%b %d, %Y")
