"""Sample customers of a hauler, with job sites, work orders and transactions."""

from datetime import date, timedelta
from typing import Final

from attrs import field, frozen

JsonObject = dict[str, object]

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
ORDER_TYPES: Final = ("Delivery", "Switch", "SOS", "Out", "Live", "Service", "Move")
DAY_FORMAT: Final = "%b %d, %Y"
_VALIDATION_STATES: Final = 4
_WITHOUT_CONTAINERS: Final = 5
_EMAILED_AT: Final = 1_736_150_400


@frozen
class SandboxCustomer:
    """A customer who may log in to the portal, with everything the portal shows.

    Attributes:
        username: User name in the portal.
        password: Password in the portal.
        customer_id: The ``customerID`` of the customer handshake.
        record: The customer's own record.
        job_sites: Job sites, with every field that a response may show.
        work_orders: Work orders, with every field that a response may show and the ``ID`` and
            ``JobName`` of their job site.
        transactions: Transactions, as responses show them.
    """

    username: str
    password: str = field(repr=False)
    customer_id: int
    record: JsonObject = field(repr=False)
    job_sites: tuple[JsonObject, ...] = field(default=(), repr=False)
    work_orders: tuple[JsonObject, ...] = field(default=(), repr=False)
    transactions: tuple[JsonObject, ...] = field(default=(), repr=False)


@frozen(kw_only=True)
class RecordCounts:
    """Numbers of records that a sample customer has; 0 of each kind by default.

    Attributes:
        job_sites: Number of job sites.
        work_orders: Number of work orders.
        transactions: Number of transactions.
    """

    job_sites: int = 0
    work_orders: int = 0
    transactions: int = 0


def sample_customer(
    username: str, password: str, customer_id: int, records: RecordCounts
) -> SandboxCustomer:
    """Build a sample customer; the same arguments give the same records."""
    sites = tuple(_job_site(customer_id, number) for number in range(1, records.job_sites + 1))
    paid = tuple(_transaction(customer_id, number) for number in range(1, records.transactions + 1))
    balance = sum(_amount(one["OpenBal"]) for one in paid)
    return SandboxCustomer(
        username,
        password,
        customer_id,
        _customer_record(username, customer_id) | {"Balance": balance},
        sites,
        tuple(_work_order(customer_id, number) for number in range(1, records.work_orders + 1)),
        paid,
    )


def default_customers() -> tuple[SandboxCustomer, ...]:
    """The customers of a new sandbox, the one of its `environment` first."""
    return (
        sample_customer(
            "jane",
            "jane-password",
            13913,
            RecordCounts(job_sites=120, work_orders=60, transactions=55),
        ),
        sample_customer("omar", "omar-password", 13914, RecordCounts()),
        sample_customer(
            "o'neil+sons & co",
            "pässword/with spaces",
            13915,
            RecordCounts(job_sites=3, work_orders=2, transactions=50),
        ),
    )


def _customer_record(username: str, customer_id: int) -> JsonObject:
    return {
        "Name": f"{username.capitalize()} Contracting",
        "Balance": 0.0,
        **_customer_address(customer_id),
        **_customer_contact(customer_id),
        "EmailConfirm": 1,
        "EmailThankYou": 0,
        "EmailReminders": 1,
        "SMSNotifications": 0,
        "requiredFields": ["txtName", "txtAddress1", "txtEmail"],
        "CCardObjList": [_card(customer_id)],
    }


def _customer_address(customer_id: int) -> JsonObject:
    city, state, postal_code = _TOWNS[customer_id % len(_TOWNS)]
    return {
        "Address1": f"{customer_id % 100} Quarry Road",
        "Address2": "",
        "City": city,
        "State": state,
        "Zip": postal_code,
    }


def _customer_contact(customer_id: int) -> JsonObject:
    return {
        "Contact": "Pat Example",
        "Phone": f"603-555-{customer_id % 10_000:04d}",
        "Cell": "603-555-0101",
        "Fax": "",
        "Email": f"customer{customer_id}@example.com",
    }


def _card(customer_id: int) -> JsonObject:
    return {
        "ID": customer_id * 10,
        "TypeAbrv": "VI",
        "Mask": "************0000",
        "PrimaryCard": 1,
        "Valid": 1,
    }


def _address(number: int) -> JsonObject:
    city, state, postal_code = _TOWNS[number % len(_TOWNS)]
    street = _STREETS[number % len(_STREETS)]
    return {"Address": f"{number} {street}", "City": city, "State": state, "Zip": postal_code}


def _job_site(customer_id: int, number: int) -> JsonObject:
    site: JsonObject = {
        "ID": customer_id * 1000 + number,
        "JobName": f"Job {number:03d}",
        **_address(number),
        "Validated": number % _VALIDATION_STATES,
        **_site_details(number),
    }
    if number % _WITHOUT_CONTAINERS:
        site["ContainersOnSite"] = _containers(customer_id, number)
    return site


def _site_details(number: int) -> JsonObject:
    return {
        "County": "Hillsborough",
        "Muni": "",
        "CrossStreet": "Main Street",
        "PO": f"PO-{number:04d}",
        "Contact": "Pat Example",
        "ContactCell": "603-555-0102",
        "Hazzards": "",
        "BillingNote": "",
        "LEED": number % 2,
    }


def _containers(customer_id: int, number: int) -> list[JsonObject]:
    first = customer_id * 10_000 + number * 10
    return [
        {"ID": first + place, "ContainerID": f"B{first + place}"} for place in range(number % 3)
    ]


def _work_order(customer_id: int, number: int) -> JsonObject:
    site: JsonObject = {"ID": customer_id * 1000 + number, "JobName": f"Job {number:03d}"}
    return {
        "ID": customer_id * 1000 + 500 + number,
        "OrderType": ORDER_TYPES[number % len(ORDER_TYPES)],
        "OrderDateString": _day(number),
        "jobSiteObj": site | _address(number),
        "ContQty": 1,
        "ContSize": "20" if number % 2 else "30",
        "ContType": "Open",
        "TargetCont": "",
        "Material": 1,
        "Remarks": "",
    }


def _transaction(customer_id: int, number: int) -> JsonObject:
    paid = number % 4 == 0
    return {
        "ID": customer_id * 1000 + 700 + number,
        "Type": "Payment" if paid else "Invoice",
        "TxnDateString": _day(number),
        "JobName": "" if paid else f"Job {number:03d}",
        "Address": "" if paid else _address(number)["Address"],
        "Total": 100.0 + number * 12.25,
        "OpenBal": 0 if paid else number * 12.25,
        "DateEmailed": 0 if number % 2 else _EMAILED_AT + number,
    }


def _day(number: int) -> str:
    return (_FIRST_DAY + timedelta(days=number)).strftime(DAY_FORMAT)


def _amount(value: object) -> float:
    return value if isinstance(value, float) else 0.0
