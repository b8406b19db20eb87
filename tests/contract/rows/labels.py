"""Calls of `Labels`."""

from decimal import Decimal

from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.labels.get(1),
    lambda boxc: boxc.labels.pdf(1),
    lambda boxc: boxc.labels.pdf_of_many([1, "92"]),
    lambda boxc: boxc.labels.wait(1, deadline=60),
    lambda boxc: boxc.labels.pdfs([1, "92"]),
    lambda boxc: boxc.labels.create(1, weight=Decimal("0.2"), height=1.5, length=15, width=10),
    lambda boxc: boxc.labels.cancel(1),
    lambda boxc: boxc.labels.take_out(1),
)

GIVEN: Given = {}
NOT_OFFERED: Reasons = {
    "PUT /labels/{id}/cancel": "deprecated by the service; `cancel` uses PATCH",
    "POST /labels body.cancelled": "a new label is not cancelled",
    "POST /labels body.overpack_id": "parcels are put into overpacks by `overpacks.update`",
}
DIFFERENT: Reasons = {}
