"""Calls of `Webhooks`."""

from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.webhooks.list(limit=50, order="asc", page_token="a"),
    lambda boxc: boxc.webhooks.get(1),
    lambda boxc: boxc.webhooks.create("https://a.example/b", "orders_status", "k" * 16),
    lambda boxc: boxc.webhooks.update(1, address="https://a.example/c", key="k" * 16),
    lambda boxc: boxc.webhooks.delete(1),
    lambda boxc: boxc.webhooks.queue(1, {"order": {"id": 1}}),
)

NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {}
GIVEN: Given = {}
