"""Calls of `Users`."""

from boxapis.boxc.users import GivenUserAddress
from tests.contract.calls import Calls, Given, Reasons, body_of

CALLS: Calls = (
    lambda boxc: boxc.users.me(),
    lambda boxc: boxc.users.update(body_of("PUT /users/me")["user"]["address"]),
)

GIVEN: Given = {"PUT /users/me user.address": GivenUserAddress}
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {"Subscription.id": "described as a whole number, and its example is text"}
