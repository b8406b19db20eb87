"""Shops: ids that are texts, and settings that are sent only when given."""

from typing import Any

import pytest

from boxapis import ConfigurationError, ConflictError, InvalidResponseError
from boxapis.boxc.shops import Shop, ShopSettings
from tests.support.scripted_boxc import refusal, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")

ONE = {"shop": {"id": "my-shop", "settings": {"delay_processing": 0}}}


async def test_settings() -> None:
    """What is not given is not sent; false and 0 are."""
    boxc, transport = scripted_boxc(ONE, ONE, ONE)
    await boxc.shops.create("my-shop", "Apples", delay_processing=24)
    await boxc.shops.create("my-shop", "Apples")
    updated = await boxc.shops.update("my-shop", active=False, delay_processing=0)
    assert updated == Shop(id="my-shop", settings=ShopSettings(delay_processing=0))
    new = {"id": "my-shop", "name": "Apples"}
    assert sent(transport) == [
        ("POST", "/shops", {"shop": {**new, "settings": {"delay_processing": 24}}}),
        ("POST", "/shops", {"shop": new}),
        ("PUT", "/shops/my-shop", {"shop": {"active": False, "settings": {"delay_processing": 0}}}),
    ]


@pytest.mark.parametrize("shop_id", ["", ".", "..", "a/../b", None, 1.5], ids=repr)
async def test_ids_that_are_none(shop_id: Any) -> None:
    """An id that is none, or could lead to another path, is refused, and nothing is sent."""
    boxc, transport = scripted_boxc()
    with pytest.raises(ConfigurationError):
        await boxc.shops.delete(shop_id)
    assert transport.requests == []


async def test_another_shop() -> None:
    """A response with another id reaches no caller."""
    boxc, _ = scripted_boxc(ONE, ONE)
    assert (await boxc.shops.get("my-shop")).id == "my-shop"
    with pytest.raises(InvalidResponseError) as caught:
        await boxc.shops.get("my-shop-2")
    assert caught.value.path == "$.shop.id"


async def test_an_id_in_use() -> None:
    """An id that is in use is a conflict."""
    boxc, _ = scripted_boxc(refusal(1373))
    with pytest.raises(ConflictError):
        await boxc.shops.create("my-shop", "Apples")
