"""Calls of `Reshipments`."""

from boxapis.boxc.reshipments import GivenReshipment
from tests.contract.calls import Calls, Given, Reasons, body_of

CALLS: Calls = (
    lambda boxc: boxc.reshipments.list(limit=50, order="asc", page_token="a"),
    lambda boxc: boxc.reshipments.get(1),
    lambda boxc: boxc.reshipments.wait(1, deadline=60),
    lambda boxc: boxc.reshipments.create(body_of("POST /reshipments")["reshipment"]),
    lambda boxc: boxc.reshipments.approve(1),
    lambda boxc: boxc.reshipments.decline(1),
    lambda boxc: boxc.reshipments.delete(1),
)

GIVEN: Given = {"POST /reshipments reshipment": GivenReshipment}
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {
    "ListedReshipment.status": "the words stand in the field's text: 'Can be one of'",
}
