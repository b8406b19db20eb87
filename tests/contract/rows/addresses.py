"""Calls of `Addresses`."""

from boxapis.boxc.addresses import GivenAddress
from tests.contract.calls import Calls, Given, Reasons, body_of

CALLS: Calls = (
    lambda boxc: boxc.addresses.validate(body_of("POST /validate-address")["addresses"]),
)

GIVEN: Given = {"POST /validate-address addresses": GivenAddress}
NOT_OFFERED: Reasons = {}
_EMPTY = "'Empty' or 'blank' among the words says that the text is empty"
DIFFERENT: Reasons = {
    "USPSData.dpvConfirmation": _EMPTY,
    "USPSData.lacsLinkIndicator": _EMPTY,
}
