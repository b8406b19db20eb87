"""Calls of `Shops`."""

from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.shops.list(name="a", limit=50, page_token="a"),
    lambda boxc: boxc.shops.get("my-shop"),
    lambda boxc: boxc.shops.create("my-shop", "Apples", active=True, delay_processing=24),
    lambda boxc: boxc.shops.update("my-shop", name="Pears", active=False, delay_processing=0),
    lambda boxc: boxc.shops.delete("my-shop"),
)

GIVEN: Given = {}
NOT_OFFERED: Reasons = {
    "POST /shops body.type": 'deprecated by the service; it is always "BoxC"',
    "PUT /shops/{id} body.type": 'deprecated by the service; it is always "BoxC"',
}
DIFFERENT: Reasons = {}
