"""Calls of `Manifests`."""

from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.manifests.list(entry_point="TEST01", limit=50, order="asc", page_token="a"),
    lambda boxc: boxc.manifests.get(1),
    lambda boxc: boxc.manifests.pdf(1),
    lambda boxc: boxc.manifests.wait(1, deadline=60),
    lambda boxc: boxc.manifests.create([1, 2], carrier="USPS", tracking_number="92"),
)

GIVEN: Given = {}
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {
    "Manifest.overpacks?": "one class for two schemas: a list leaves the overpacks out",
    "Manifest.overpack_details?": "one class for two schemas: a list leaves the overpacks out",
    "Manifest.total_overpacks?": "one class for two schemas: only a list has the number",
}
