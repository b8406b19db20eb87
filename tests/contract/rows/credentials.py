"""Calls of `Credentials`."""

from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.credentials.list(),
    lambda boxc: boxc.credentials.page(limit=50, order="asc", sort="carrier", page_token="a"),
    lambda boxc: boxc.credentials.get(1),
    lambda boxc: boxc.credentials.create("DeutschePost", {"ekp": "a"}),
    lambda boxc: boxc.credentials.update(1, {"ekp": "a"}, carrier="DeutschePost"),
    lambda boxc: boxc.credentials.delete(1),
)

NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {}
GIVEN: Given = {}
