"""Calls of `Overpacks`."""

from decimal import Decimal

from boxapis.boxc.overpacks import GivenPacked
from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.overpacks.list(limit=50, order="asc", page_token="a"),
    lambda boxc: boxc.overpacks.get(1),
    lambda boxc: boxc.overpacks.pdf(1),
    lambda boxc: boxc.overpacks.create(
        [{"id": 1}, {"label_id": 2}], weight=Decimal("2.5"), height=3, length=4, width=5
    ),
    lambda boxc: boxc.overpacks.update(
        1, [{"tracking_number": "92"}], weight=2.5, height=3, length=4, width=5
    ),
    lambda boxc: boxc.overpacks.delete(1),
)

GIVEN: Given = {
    "POST /overpacks overpack.shipments": GivenPacked,
    "PUT /overpacks/{id} shipments": GivenPacked,
}
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {
    "Overpack.shipments?": "one class for two schemas: a list leaves the parcels out",
    "Overpack.total_shipments?": "one class for two schemas: only a list has the number",
}
