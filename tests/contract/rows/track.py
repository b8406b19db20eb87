"""Calls of `Track`."""

from datetime import datetime

from boxapis.boxc.track import GivenEvent
from tests.contract.calls import Calls, Given, Reasons

EVENT: GivenEvent = {
    "tracking_number": "CH957707285DE",
    "code": 105,
    "time": datetime(2026, 3, 11, 10, 5, 8),  # noqa: DTZ001 - local
    "city": "Shenzhen",
    "country": "CN",
    "province": "GUANGDONG",
    "postal_code": "518000",
    "latitude": 22.5,
    "longitude": None,
}

CALLS: Calls = (
    lambda boxc: boxc.track.get("92", email="jo@example.com", postal_code="75098"),
    lambda boxc: boxc.track.add([EVENT]),
)

GIVEN: Given = {"POST /track events": GivenEvent}
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {"GivenEvent.code": "numbers, which the service refuses if it has them not"}
