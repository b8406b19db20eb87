"""Calls of `Invoices`."""

from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.invoices.list(limit=50, order="asc", page_token="a"),
    lambda boxc: boxc.invoices.get(1),
    lambda boxc: boxc.invoices.pdf(1),
)

NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {}
GIVEN: Given = {}
