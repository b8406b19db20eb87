"""Tracking: numbers in the path, times with and without a zone, and events of one's own."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from boxapis import ConfigurationError, NotFoundError
from boxapis.boxc.parties import Event, Images
from boxapis.boxc.track import Destination, GivenEvent, Tracking
from boxapis.transports import Response
from tests.support.scripted_boxc import refusal, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")

GIVEN: GivenEvent = {
    "tracking_number": "CH957707285DE",
    "code": 105,
    "city": "Shenzhen",
    "country": "CN",
    "time": datetime(2026, 3, 11, 10, 5, 8),  # noqa: DTZ001 - local
}


async def test_values() -> None:
    """Event times are local, the shipment's own time has a zone; another number is no mistake."""
    fields = {
        "tracking_number": 92,
        "status": "En Route",
        "created": "2024-06-30T19:14:10+02:00",
        "destination": {"city": "BROOKLYN", "port": "JFK"},
        "events": [{"code": 250, "time": "2024-07-01 07:11:45", "longitude": -73.9}],
        "images": {"pod": ["https://a.example/1"]},
    }
    boxc, transport = scripted_boxc({"track": fields})
    assert await boxc.track.get("A/1", email="jo@example.com", postal_code="75098") == Tracking(
        tracking_number="92",
        status="En Route",
        created=datetime(2024, 6, 30, 17, 14, 10, tzinfo=UTC),
        destination=Destination(city="BROOKLYN", port="JFK"),
        events=(
            Event(
                code=250,
                time=datetime(2024, 7, 1, 7, 11, 45),  # noqa: DTZ001 - local
                longitude=Decimal("-73.9"),
            ),
        ),
        images=Images(pod=("https://a.example/1",)),
    )
    assert sent(transport) == [
        ("GET", "/track/A%2F1?email=jo%40example.com&postal_code=75098", None)
    ]


@pytest.mark.parametrize("number", ["", ".", "..", 0], ids=repr)
async def test_no_number(number: str) -> None:
    """What would lead to another path is refused before anything is sent."""
    boxc, transport = scripted_boxc()
    with pytest.raises(ConfigurationError):
        await boxc.track.get(number)
    assert transport.requests == []


async def test_times_of_given_events() -> None:
    """A local time is sent as the schema shows it, one with a zone as the manual's sample does."""
    boxc, transport = scripted_boxc(Response(201))
    zone = timezone(timedelta(hours=1))
    there: GivenEvent = {**GIVEN, "time": datetime(2026, 3, 11, 10, 5, 8, 999, tzinfo=zone)}
    written: GivenEvent = {**GIVEN, "time": "2026-03-11 10:05:08"}  # type: ignore[typeddict-item]
    await boxc.track.add([GIVEN, there, written])
    ((verb, target, body),) = sent(transport)
    assert (verb, target) == ("POST", "/track")
    assert [event["time"] for event in body["events"]] == [
        "2026-03-11 10:05:08",
        "2026-03-11T10:05:08+01:00",
        "2026-03-11 10:05:08",
    ]
    assert body["events"][0] == {**GIVEN, "time": "2026-03-11 10:05:08"}


async def test_a_parcel_of_others() -> None:
    """Events for a parcel that is not one's own are refused as a whole."""
    boxc, _ = scripted_boxc(refusal(1211))
    with pytest.raises(NotFoundError) as caught:
        await boxc.track.add([GIVEN])
    assert not caught.value.may_have_been_applied
