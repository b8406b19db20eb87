"""The typed methods against the tables: every argument and field of the sources, and no other."""

import inspect
import typing
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import MagicMock

import attrs
import pytest

from boxapis import BoxTracker, Customer, boxtracker
from boxapis._sansio import kinds, shapes
from boxapis._sansio.boxtracker.catalogue import COMMANDS
from boxapis._sansio.boxtracker.command_arguments import ARGUMENTS, SESSION_ARGUMENTS
from boxapis.boxtracker import ordering
from boxapis.boxtracker._resource import saved_as
from boxapis.boxtracker.job_sites import GivenJobSite, JobSite, OrderSite
from boxapis.boxtracker.ordering import GivenOrder
from boxapis.boxtracker.pricing import DayTable, Pricing
from boxapis.boxtracker.profile import GivenProfile, Profile
from boxapis.boxtracker.reports import GivenReport
from boxapis.boxtracker.transactions import OpenTransaction
from boxapis.boxtracker.work_orders import Availability, GivenWorkOrder, WorkOrder
from tests.boxtracker.resources.fields import FIELDS, NOT_IN_THE_ANSWER, PLACES, sample
from tests.boxtracker.resources.test_cards import card
from tests.boxtracker.resources.test_ordering import ORDER as BOOKED_ORDER
from tests.support.printed import table
from tests.support.scripted_customer import (
    scripted_customer,
    scripted_tracker,
    sent,
    sent_by_tracker,
)

pytestmark = pytest.mark.usefixtures("closing")

REPORT: GivenReport = {
    "start_date": "Jan 05, 2024",
    "end_date": "Feb 05, 2024",
    "delivery_date": date(2024, 1, 7),
    "month": 1,
    "year": 2024,
    "job_site": 7,
    "order_type": "Out",
    "sort_by": "Date",
    "filter_by": "Open",
    "list_by": "Site",
}
FULL_ORDER: GivenOrder = {
    **BOOKED_ORDER,
    "billing_address2": "Floor 2",
    "job_name": "Kitchen",
    "hazards": "Dog",
    "note": "Behind the house",
    "txn_class": "Orleans",
    "terms_accepted": True,
}
ORDER = WorkOrder(job_site=OrderSite(id=101))

CALLS: dict[str, Callable[[Customer], Awaitable[Any]]] = {
    "cmdBoxTPortalCustomerData": lambda it: it.profile.get(),
    "cmdBoxTPortalSaveCustomerProfile": lambda it: it.profile.save(Profile()),
    "cmdBoxTPortalJobsiteList": lambda it: it.job_sites.list().page(),
    "cmdBoxTPortalJobsiteData": lambda it: it.job_sites.get(7),
    "cmdBoxTPortalSaveJobSite": lambda it: it.job_sites.save(JobSite()),
    "cmdBoxTPortalWorkOrderList": lambda it: it.work_orders.list().page(),
    "cmdBoxTPortalWorkOrderData": lambda it: it.work_orders.get(55),
    "cmdBoxTPortalSaveWorkOrder": lambda it: it.work_orders.save(ORDER),
    "cmdBoxTPortalRemoveWorkOrder": lambda it: it.work_orders.remove(55),
    "cmdBoxTPortalTransactionsList": lambda it: it.transactions.list().page(),
    "cmdBoxTPortalTransactionData": lambda it: it.transactions.payable(),
    "cmdBoxTPortalEmailTransaction": lambda it: it.transactions.email(7, ["a@example.com"]),
    "cmdBoxTPortalProcessPayment": lambda it: it.transactions.pay(card(), store=True),
    "cmdBoxTPortalSaveCCard": lambda it: it.cards.store(card()),
    "cmdBoxTPortalCCardMakePrimary": lambda it: it.cards.make_primary(7),
    "cmdBoxTPortalReportList": lambda it: it.reports.list(),
    "cmdBoxTPortalReportParams": lambda it: it.reports.parameters(7),
    "cmdBoxTPortalReportDetails": lambda it: it.reports.run(7, **REPORT),
}
"""A call for each command that has a typed method, with as many arguments as it can have."""

ELSEWHERE = {
    "cmdBoxTPortalHandShake": "handshakes.portal",
    "cmdBoxTPortalCustomerHandShake": "handshakes.customer",
    "cmdBoxTPortalCustomerLogOut": "logout",
    "cmdBoxTWebAPIHandShake": "handshakes.web_api",
}
"""The methods of commands that open and end sessions."""

WEB_CALLS: dict[str, Callable[[BoxTracker], Awaitable[Any]]] = {
    "cmdBoxTWebAPIPricing": lambda it: it.ordering.pricing("03060", txn_class="Orleans"),
    "cmdBoxTWebAPIRequestService": lambda it: it.ordering.request_service(
        mode="LIVE", card=card(), **FULL_ORDER
    ),
    "cmdBoxTWebAPIDirectBooking": lambda it: it.ordering.book(
        mode="LIVE", card=card(), **FULL_ORDER
    ),
}
"""The same for the commands of the web API."""


def answer(command: str, *, as_text: bool = False) -> dict[str, Any]:
    """A success with every field."""
    if command not in PLACES:
        return {"reportObj": []}
    key, cls = PLACES[command]
    one = sample(cls, as_text=as_text)
    if not key:
        return one
    return {key: [one] if key.endswith("List") else one, "recordCount": 1, "offset": 1}


def test_every_command_has_a_place() -> None:
    """Each of the 25 commands has a typed method, or opens or ends sessions."""
    assert {*CALLS} | {*WEB_CALLS} | {*ELSEWHERE} == {*COMMANDS}
    assert not ({*CALLS} | {*WEB_CALLS}) & {*ELSEWHERE}


async def called(command: str, body: dict[str, Any]) -> tuple[Any, tuple[str, dict[str, str]]]:
    """The value that the method of a command returns, and what it sends."""
    if command in WEB_CALLS:
        tracker, transport = scripted_tracker(body)
        value = await WEB_CALLS[command](tracker)
        (request,) = sent_by_tracker(transport)
        return value, request
    customer, transport = scripted_customer(body)
    value = await CALLS[command](customer)
    (request,) = sent(transport)
    return value, request


@pytest.mark.parametrize("command", [*CALLS, *WEB_CALLS])
async def test_arguments(command: str) -> None:
    """A method sends exactly the arguments that the table has for its command."""
    _, (name, arguments) = await called(command, answer(command))
    assert (name, {*arguments}) == (command, {row.name for row in ARGUMENTS[command]})


def method(call: Callable[[Any], Any]) -> str:
    """The name of the method that is called first."""
    client = MagicMock()
    call(client)
    return str(client.mock_calls[0][0])


HANDSHAKE_FIELDS = {
    "cmdBoxTPortalHandShake": 1,
    "cmdBoxTPortalCustomerHandShake": 2,
    "cmdBoxTWebAPIHandShake": 2,
    "cmdBoxTPortalReportDetails": 1,
}
"""Commands whose answer has fields in no class of the table: keys, selectors, lines."""


def fields_in(kind: Any) -> int:
    """How many fields an object of the service has, those of objects in it included."""
    cls = kind[0] if isinstance(kind, list) else kind
    inner = FIELDS[cls].values() if isinstance(cls, type) else ()
    return sum(1 + fields_in(one) for one in inner)


def test_printed_table() -> None:
    """The docstring has each command, its method, and how many arguments and fields are known."""
    calls: dict[str, Callable[[Any], Any]] = {**CALLS, **WEB_CALLS}
    methods = {command: method(call) for command, call in calls.items()} | ELSEWHERE
    rows = table(boxtracker.__doc__ or "")
    assert [*rows] == [f"`{command}`" for command in ARGUMENTS]
    for command, arguments in ARGUMENTS.items():
        row, name = rows[f"`{command}`"], methods[command]
        assert row["method"].startswith(f"`{name}`")
        documented = [one for one in arguments if one.source != "client"]
        assert (row["arguments"], row["documented"]) == (str(len(arguments)), str(len(documented)))
        fields = HANDSHAKE_FIELDS.get(command) or fields_in(PLACES.get(command, ("", None))[1])
        assert row["fields"] == str(fields)
        is_of_the_tracker = name.partition(".")[0] in ("handshakes", "ordering")
        assert ("of `BoxTracker`" in row["method"]) is is_of_the_tracker


def test_argument_table() -> None:
    """The table has every command, each name once, and none that the client adds."""
    assert list(ARGUMENTS) == list(COMMANDS)
    for command, rows in ARGUMENTS.items():
        names = [row.name for row in rows]
        assert len({*names}) == len(names)
        assert not {*names} & {*SESSION_ARGUMENTS[COMMANDS[command].session_level], "customer_id"}
        assert all(row.type and row.meaning for row in rows)


@pytest.mark.parametrize("cls", FIELDS, ids=lambda cls: cls.__name__)
def test_fields(cls: type[Any]) -> None:
    """A class has every field of the sources and no other; only an id is ever required."""
    fields = attrs.fields(cls)
    names = {str(one.metadata.get("wire_name", one.name)): one for one in fields}
    beside = {name for owner, name in NOT_IN_THE_ANSWER if owner is cls}
    assert {*names} == {*FIELDS[cls]} | beside | {"extra"}
    required = {name for name, one in names.items() if one.default is attrs.NOTHING}
    assert required <= {"ID"}
    # Python 3.13 takes the indent off by itself; a base class documents its own fields.
    documented = "\n".join(inspect.cleandoc(str(base.__doc__)) for base in cls.__mro__)
    assert [one.name for one in fields if f"\n    {one.name}: " not in documented] == []


def left_over(value: Any) -> Iterator[Mapping[str, Any]]:
    """What stands in ``extra``, at any depth."""
    if attrs.has(type(value)):
        if value.extra:
            yield value.extra
        for one in attrs.fields(type(value)):
            yield from left_over(getattr(value, one.name))
    if isinstance(value, tuple):
        for item in value:
            yield from left_over(item)


@pytest.mark.parametrize("as_text", [False, True], ids=["numbers", "text"])
@pytest.mark.parametrize("command", PLACES)
async def test_answers(command: str, as_text: bool) -> None:  # noqa: FBT001 - a parameter
    """A full answer is read, numbers or text, with every field filled and nothing left over."""
    found, _ = await called(command, answer(command, as_text=as_text))
    items = getattr(found, "items", found)
    value = items[0] if command.endswith("List") else found
    assert list(left_over(value)) == []
    empty = [one.name for one in attrs.fields(type(value)) if getattr(value, one.name) is None]
    assert empty == []


@pytest.mark.parametrize("blank", [None, ""], ids=["null", "empty text"])
@pytest.mark.parametrize("cls", FIELDS, ids=lambda cls: cls.__name__)
def test_blank_answers(cls: type[Any], blank: Any) -> None:
    """Nulls pass everywhere, and empty text for numbers and flags, but for a required id."""
    body = {
        name: blank if isinstance(kind, str) and kind in ("number", "money", "flag") else None
        for name, kind in FIELDS[cls].items()
    }
    body["new"] = [1]
    if any(one.default is attrs.NOTHING for one in attrs.fields(cls)):
        body["ID"] = 7
    value: Any = shapes.read(cls, body, path="$", operation="cmdTest")
    assert value.extra == {"new": [1]}


NULLS: dict[type[Any], dict[str, Any]] = {
    Availability: {"ColHeaders": ["Date", None], "RowContent": [["Jan 05, 2024", None], None]},
    DayTable: {"colHeaders": ["Date", None], "rows": [["2024-01-05", None], None]},
    Pricing: {"serviceTypes": [None, 7]},
    WorkOrder: {"assets": [None], "requiredFields": [None, "addWOQty"]},
    Profile: {"requiredFields": [None]},
    JobSite: {"requiredFields": [None]},
}


@pytest.mark.parametrize(("cls", "body"), NULLS.items(), ids=[cls.__name__ for cls in NULLS])
def test_nulls_in_lists(cls: type[Any], body: dict[str, Any]) -> None:
    """F173: null among texts is empty text, as in the vendor's client, and fails no answer."""
    value: Any = shapes.read(cls, body, path="$", operation="x")
    names = {str(one.metadata.get("wire_name", one.name)): one.name for one in attrs.fields(cls)}
    for name in body:
        (first, *_) = getattr(value, names[name])
        assert "" in (first, *getattr(value, names[name]), *first)


@pytest.mark.parametrize("text", ["1.8e-15", ".5", "5.", "+5", " 12.50 ", "1E3"])
def test_amounts_as_text(text: str) -> None:
    """F173: an amount is read in every form of text that the vendor's client takes for a number."""
    body = {"ID": 7, "OpenBal": text}
    transaction: Any = shapes.read(OpenTransaction, body, path="$", operation="x")
    assert transaction.open_balance == Decimal(text.strip())


TEXTS = ("[20]", "{}", '{"a": 1}', "[]")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("command", WEB_CALLS)
async def test_texts_that_are_json(command: str, text: str) -> None:
    """F175: a text of the hauler stays that text, even if it is JSON; what is unknown is read."""
    cls = PLACES[command][1]
    body: dict[str, Any] = {name: text for name, kind in FIELDS[cls].items() if kind == "text"}
    if cls is Pricing:
        body["priceSheets"] = [{"ID": 1, "Description": text, "Assets": [{"AssetClass": text}]}]
    value, _ = await called(command, body | {"new": "[1]"})
    assert value.extra == {"new": [1]}
    if isinstance(value, Pricing):
        (sheet,) = value.price_sheets
        assert (value.terms_url, sheet.description, sheet.asset) == (text, text, text)
    else:
        assert (value.address, value.id) == (text, text)


RECORDS = (
    (Profile, GivenProfile),
    (JobSite, GivenJobSite),
    (WorkOrder, GivenWorkOrder),
)


@pytest.mark.parametrize(("cls", "changes"), RECORDS, ids=["profile", "site", "order"])
def test_changes(cls: type[Any], changes: Any) -> None:
    """What can be changed is what is sent, and each has an attribute of the record."""
    names = typing.get_type_hints(changes)
    assert {*names} == {*saved_as(cls)}
    assert [name for name in names if not hasattr(cls(), name)] == []


def test_arguments_of_an_order() -> None:
    """An order can say all that the methods send beside the mode and the card."""
    assert {*typing.get_type_hints(GivenOrder)} == {*FULL_ORDER} == {*ordering._ARGUMENTS}


def test_kinds() -> None:
    """A number or flag that is neither is an error; an amount is exact."""
    body = {"ID": "7", "OpenBal": "100.10"}
    transaction: Any = shapes.read(OpenTransaction, body, path="$", operation="x")
    assert transaction.open_balance == Decimal("100.10")
    for parse, wrong in (
        (kinds.read_optional_number, [True, 1.5, [], {}]),
        (kinds.read_optional_money, [True, "1,000.50", "$5", "e5", ".", "1e999", "٣", []]),
        (kinds.read_optional_flag, ["yes", 2, []]),
    ):
        for value in wrong:
            with pytest.raises(kinds.FieldError):
                parse(value, None)
