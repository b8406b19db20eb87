"""Calls of `Inbound`."""

from boxapis.boxc.inbound import GivenInbound, GivenInboundUpdate
from tests.contract.calls import Calls, Given, Reasons, body_of

CALLS: Calls = (
    lambda boxc: boxc.inbound.list(limit=50, order="asc", page_token="a"),
    lambda boxc: boxc.inbound.get(1),
    lambda boxc: boxc.inbound.pdf(1),
    lambda boxc: boxc.inbound.create(body_of("POST /inbound")["inbound"]),
    lambda boxc: boxc.inbound.update(1, body_of("PUT /inbound/{id}")["inbound"]),
    lambda boxc: boxc.inbound.delete(1),
)

GIVEN: Given = {
    "POST /inbound inbound": GivenInbound,
    "PUT /inbound/{id} inbound": GivenInboundUpdate,
}
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {
    "InboundShipment.products?": "one class for two schemas: a list leaves the products out",
    "InboundShipment.status": "the words stand in a table of the manual",
    "Warehouse": "one class for three schemas: a return has its id, and a list the costs",
}
