"""Calls of `Returns`."""

from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.returns.list(
        tracking_number="92", status="Verified", limit=50, order="asc", page_token="a"
    ),
    lambda boxc: boxc.returns.get(1),
    lambda boxc: boxc.returns.verify(1),
    lambda boxc: boxc.returns.discard(1),
    lambda boxc: boxc.returns.add_message(1, "Please forward"),
)

NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {"Message.author": "the words stand in the field's text: 'Can be either'"}
GIVEN: Given = {}
