"""Users, entry points and warehouses: balances, whole lists, ids that are texts."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from boxapis import InvalidResponseError, NotFoundError
from boxapis.boxc.entry_points import EntryPoint
from boxapis.boxc.parties import Party
from boxapis.boxc.users import Subscription, User
from boxapis.boxc.warehouses import Storage, Warehouse
from tests.support.scripted_boxc import refusal, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")


async def test_user() -> None:
    """Balances are exact numbers by currency; the id of a subscription may be text."""
    subscription = {"id": "sub_578d", "amount": 29.95, "current_period_end": "2024-08-18 23:59:59"}
    balances = {"USD": 1201.42, "CNY": 421090}
    fields = {"id": 12006, "balances": balances, "credit_limits": None}
    boxc, _ = scripted_boxc({"user": {**fields, "subscriptions": [subscription]}})
    assert await boxc.users.me() == User(
        id=12006,
        balances={"USD": Decimal("1201.42"), "CNY": Decimal(421090)},
        subscriptions=(
            Subscription(
                id="sub_578d",
                amount=Decimal("29.95"),
                current_period_end=datetime(2024, 8, 18, 23, 59, 59, tzinfo=UTC),
            ),
        ),
    )


@pytest.mark.parametrize("balances", [{"USD": "much"}, {"USD": None}, [1], "1", 5], ids=repr)
async def test_balances_that_are_none(balances: Any) -> None:
    """Balances that are no object of numbers are an error with their path."""
    boxc, _ = scripted_boxc({"user": {"id": 1, "balances": balances}})
    with pytest.raises(InvalidResponseError) as caught:
        await boxc.users.me()
    assert caught.value.path == "$.user.balances"


async def test_no_balances() -> None:
    """An object without fields may come as an empty list."""
    boxc, _ = scripted_boxc({"user": {"id": 1, "balances": []}})
    assert (await boxc.users.me()).balances == {}


async def test_address() -> None:
    """An update sends the address alone."""
    boxc, transport = scripted_boxc({"user": {"id": 1, "address": {"company_name": "Warriors"}}})
    updated = await boxc.users.update(
        {"company_name": "Warriors", "street1": "4 Jie", "city": "Beijing", "country": "CN"}
    )
    assert updated.address == Party(company_name="Warriors")
    address = {"company_name": "Warriors", "street1": "4 Jie", "city": "Beijing", "country": "CN"}
    assert sent(transport) == [("PUT", "/users/me", {"user": {"address": address}})]


async def test_whole_lists() -> None:
    """Entry points and warehouses come at once, as tuples; only this list has the costs."""
    storage = {"free_days": 30, "small_cost": 0.01}
    boxc, transport = scripted_boxc(
        {"entry_points": [{"id": "TEST01", "postal_code": 75150}, {"id": "TEST02"}]},
        {"warehouses": [{"id": "WH0SZ001", "storage": storage}]},
    )
    assert await boxc.entry_points.list() == (
        EntryPoint(id="TEST01", postal_code="75150"),
        EntryPoint(id="TEST02"),
    )
    costs = Storage(free_days=30, small_cost=Decimal("0.01"))
    assert await boxc.warehouses.list() == (Warehouse(id="WH0SZ001", storage=costs),)
    assert [target for _, target, _ in sent(transport)] == ["/entry-points", "/warehouses"]


@pytest.mark.parametrize("body", [{}, {"entry_points": None}, {"entry_points": {}}, []], ids=repr)
async def test_no_list(body: Any) -> None:
    """A response without the array is an error, and not an empty list."""
    boxc, _ = scripted_boxc(body)
    with pytest.raises(InvalidResponseError):
        await boxc.entry_points.list()


async def test_another_place() -> None:
    """A place with another id than the one asked for reaches no caller."""
    boxc, _ = scripted_boxc({"entry_point": {"id": "TEST01"}}, {"warehouse": {"id": "WH0SZ001"}})
    with pytest.raises(InvalidResponseError):
        await boxc.entry_points.get("TEST02")
    with pytest.raises(InvalidResponseError):
        await boxc.warehouses.get("WH0SZ002")


async def test_unknown_places() -> None:
    """A place that there is not is a NotFoundError."""
    boxc, _ = scripted_boxc(refusal(1040, 404), refusal(1360, 404))
    with pytest.raises(NotFoundError):
        await boxc.entry_points.get("TEST09")
    with pytest.raises(NotFoundError):
        await boxc.warehouses.get("WH0SZ009")
