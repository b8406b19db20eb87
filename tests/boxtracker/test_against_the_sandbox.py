"""All typed methods of Box Tracker against the sandbox over HTTP, in each of its dialects."""

import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from boxapis import (
    BoxTracker,
    ConflictError,
    Customer,
    NotFoundError,
)
from boxapis._sansio.boxtracker.catalogue import COMMANDS
from boxapis.boxtracker.cards import GivenCard
from boxapis.boxtracker.ordering import GivenOrder
from boxapis.boxtracker.transactions import Payable
from boxapis.sandbox import Sandbox
from tests.boxtracker.resources.fields import FIELDS, PLACES
from tests.boxtracker.resources.test_tables import left_over

pytestmark = pytest.mark.servers

BOOK = "cmdBoxTWebAPIDirectBooking"
ORDER: GivenOrder = {
    "name": "Jane Doe",
    "billing_address1": "1 Elm Street",
    "billing_city": "Keene",
    "billing_state": "NH",
    "billing_zip": "03431",
    "billing_country": "USA",
    "billing_phone": "603-555-0100",
    "billing_email": "jane@example.com",
    "job_address": "9 Birch Street",
    "job_city": "Keene",
    "job_state": "NH",
    "job_zip": "03431",
    "job_latitude": Decimal("42.972452000"),
    "job_longitude": Decimal("-71.481386600"),
    "distance_by_road": "9.2 mi",
    "date_requested": date(2026, 1, 5),
    "service_type": "Delivery",
    "asset_class": "20-open",
    "price_sheet_id": 903,
}
CARD = GivenCard(
    first_name="Jane",
    last_name="Doe",
    address1="1 Elm Street",
    city="Keene",
    state="NH",
    zip="03431",
    country="US",
    phone="603-555-0100",
    email="jane@example.com",
    number="4111111111111111",
    expires_month=7,
    expires_year=2031,
    cvv="123",
)


def whole(value: Any) -> Any:
    """A value with no field that its class does not know."""
    assert list(left_over(value)) == []
    return value


async def test_every_command(served: tuple[Sandbox, BoxTracker, Customer]) -> None:
    """A tour of all 25 commands: what is saved is read back, and no field is left over."""
    sandbox, tracker, customer = served
    await tracker.handshakes.portal()
    await save_profile(customer)
    site = await save_job_sites(customer)
    await place_orders(customer, site)
    await pay(customer)
    await run_reports(customer, site)
    await order_on_the_web(tracker)
    await customer.logout()
    assert {*sandbox.boxtracker.counts} == {*COMMANDS}
    assert [charge.amount for charge in sandbox.boxtracker.charges][1:] == [399.0]


async def save_profile(customer: Customer) -> None:
    """Change the profile, and read it back."""
    profile = whole(await customer.profile.get())
    assert profile.required
    await customer.profile.save(profile, phone="603-555-0199", sms_notifications=True)
    after = whole(await customer.profile.get())
    assert (after.phone, after.sms_notifications, after.balance) == (
        "603-555-0199",
        True,
        profile.balance,
    )


async def save_job_sites(customer: Customer) -> int:
    """List, add and change job sites; returns the number of the new one."""
    before = [whole(site) async for site in customer.job_sites.list()]
    blank = whole(await customer.job_sites.blank())
    where: dict[str, Any] = {
        "address": "9 Birch Street",
        "city": "Keene",
        "state": "NH",
        "zip": "03431",
    }
    await customer.job_sites.save(blank, **where, leed=True)
    after = [site async for site in customer.job_sites.list()]
    (added,) = {site.id for site in after} - {site.id for site in before}
    site = whole(await customer.job_sites.get(added))
    await customer.job_sites.save(site, hazards="Dog", validated=0)
    saved = await customer.job_sites.get(added)
    assert (saved.hazards, saved.leed, saved.address) == ("Dog", True, "9 Birch Street")
    return int(added)


async def place_orders(customer: Customer, site: int) -> None:
    """Place an order on each day that can be booked, find them similar, change and remove one."""
    before = {order.id async for order in customer.work_orders.list()}
    blank = whole(await customer.work_orders.blank(site))
    days = blank.days("20-Open")
    assert (len(days), days[0]) == (9, date(2026, 1, 2))
    choice: dict[str, Any] = {"order_type": "Delivery", "asset": "20-Open", "quantity": 1}
    for day in days:
        await customer.work_orders.save(blank, **choice, order_date=day)
    full = blank.days("20-Open", 5)
    assert full == ()
    with pytest.raises(ConflictError):
        await customer.work_orders.save(blank, **choice | {"quantity": 5}, order_date=days[1])
    with pytest.raises(ConflictError) as similar:
        await customer.work_orders.save(blank, **choice, order_date=days[0])
    assert len(similar.value.details["similarWOs"]) == 1
    await customer.work_orders.save(blank, despite_similar=True, **choice, order_date=days[0])
    placed = {whole(order).id async for order in customer.work_orders.list()} - before
    assert len(placed) == len(days) + 1
    number = min(placed)
    order = whole(await customer.work_orders.get(number))
    assert (order.asset, order.order_date, order.job_site.id) == ("20-Open", days[0], site)
    assert order.days("20-Open", 5) == ()
    await customer.work_orders.save(order, remarks="Ring twice")
    assert (await customer.work_orders.get(number)).remarks == "Ring twice"
    await customer.work_orders.remove(number)
    with pytest.raises(NotFoundError):
        await customer.work_orders.get(number)


async def pay(customer: Customer) -> None:
    """E-mail an invoice, store a card, make it primary and pay an invoice with it."""
    first = whole(await anext(aiter(customer.transactions.list())))
    await customer.transactions.email(first.id, ["a@example.com", "b@example.com"])
    assert (await anext(aiter(customer.transactions.list()))).is_emailed
    await customer.cards.store(CARD)
    offered: Payable = whole(await customer.transactions.payable())
    stored = offered.cards[-1]
    await customer.cards.make_primary(stored.id)
    expected = offered.sum_of([first.id])
    await customer.transactions.pay(stored.id, [first.id], expected)
    after = await customer.transactions.payable()
    assert [card.primary for card in after.cards] == [False, True]
    assert after.balance == offered.sum_of() - expected


async def run_reports(customer: Customer, site: int) -> None:
    """Run every report, and one with every kind of argument."""
    for report in await customer.reports.list():
        form = whole(await customer.reports.parameters(report.id))
        assert form.name == report.name
        assert all(parameter.argument for parameter in form.parameters)
        found = await customer.reports.run(report.id)
        assert (len(found.sections), found.unread, dict(found.extra)) == (1, (), {})
    checks = {"chkShowAll": True}
    one = await customer.reports.run(1, job_site=site, checks=checks, sort_by="City")
    assert [row[1].parts for row in one.sections[0].rows] == [("Keene",)]
    (section,) = (
        await customer.reports.run(
            2,
            start_date=date(2025, 1, 1),
            end_date="Jan 31, 2025",
            month=1,
            year=2025,
            order_type="Move",
            filter_by="All",
            list_by="Year",
        )
    ).sections
    assert [cell.parts for cell in section.rows[0]] == [("01", "2025"), ("3", "3")]
    assert section.chart is not None


async def order_on_the_web(tracker: BoxTracker) -> None:
    """Ask for prices, and order in both modes on the days that can be booked and on no other."""
    await tracker.handshakes.web_api()
    pricing = whole(await tracker.ordering.pricing("03431", txn_class="Example Parish"))
    sheet = pricing.sheet("20-Open", Decimal("9.2"))
    assert sheet is not None
    assert (sheet.id, sheet.total) == (903, Decimal(399))
    days = pricing.days("20-open")
    for number in range(17):
        order: GivenOrder = {**ORDER, "date_requested": date(2026, 1, 1) + timedelta(number)}
        if order["date_requested"] in days:
            tested = whole(await tracker.ordering.book(mode="TEST", card=CARD, **order))
            assert (tested.id, bool(tested.test_url)) == (None, True)
        else:
            with pytest.raises(ConflictError):
                await tracker.ordering.request_service(mode="TEST", **order)
    assert len(days) == 9
    assert whole(await tracker.ordering.request_service(mode="LIVE", **ORDER)).id
    booked = whole(await tracker.ordering.book(mode="LIVE", card=CARD, **ORDER))
    assert (booked.date, booked.address) == (date(2026, 1, 5), "9 Birch Street")


def note(seen: Counter[tuple[type[Any], str]], kind: Any, value: Any) -> None:
    """Notes which fields of its class an object of the service has, at any depth."""
    cls = kind[0] if isinstance(kind, list) else kind
    items = [value] if isinstance(value, dict) else value
    for item in items if isinstance(cls, type) and isinstance(items, list) else ():
        for name, inner in FIELDS[cls].items():
            seen[cls, name] += name in item
            note(seen, inner, item.get(name))


async def test_every_field_is_played(served: tuple[Sandbox, BoxTracker, Customer]) -> None:
    """Between them, the sandbox's answers have every field of the sources."""
    _, tracker, customer = served
    jane, web = customer.raw, tracker.raw.ordering
    site = (await customer.job_sites.list().page()).items[0].id
    order = (await customer.work_orders.list().page()).items[0].id
    reports = [report.id for report in await customer.reports.list()]
    answers: list[tuple[str, Any]] = [
        ("cmdBoxTPortalCustomerData", await jane.profile.get()),
        ("cmdBoxTPortalJobsiteList", await jane.job_sites.list().page()),
        ("cmdBoxTPortalJobsiteData", await jane.job_sites.get(site)),
        ("cmdBoxTPortalWorkOrderList", await jane.work_orders.list().page()),
        ("cmdBoxTPortalWorkOrderData", await jane.work_orders.get(order)),
        ("cmdBoxTPortalTransactionsList", await jane.transactions.list().page()),
        ("cmdBoxTPortalTransactionData", await jane.transactions.payable()),
        ("cmdBoxTPortalReportList", await jane.reports.list()),
        *[("cmdBoxTPortalReportParams", await jane.reports.parameters(one)) for one in reports],
        ("cmdBoxTWebAPIPricing", await web.pricing("03431")),
        ("cmdBoxTWebAPIRequestService", await web.request_service(mode="TEST", **ORDER)),
        (BOOK, await web.book(mode="LIVE", card=CARD, **ORDER)),
    ]
    seen: Counter[tuple[type[Any], str]] = Counter()
    for command, answer in answers:
        key, cls = PLACES[command]
        body = json.loads(answer.body)
        note(seen, cls, body[key] if key else body)
    assert {command for command, _ in answers} == {*PLACES}
    assert [one for one, times in seen.items() if not times] == []
    assert {cls for cls, _ in seen} == {*FIELDS}
