"""The resource Track: tracking events of parcels (https://docs.boxc.com/#tag/Track)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Resource, prepare
from boxapis.boxc.parties import Event, Images

__all__ = ["Destination", "GivenEvent", "Track", "Tracking"]


class GivenEvent(TypedDict):
    """A tracking event in a request."""

    tracking_number: str  # at most 40 characters
    code: int  # of the manual's table of tracking events, 100 to 155
    time: datetime  # local time of the place, or with the offset of its zone
    city: str  # at most 40
    country: str  # two letters, ISO 3166-1
    province: NotRequired[str | None]  # at most 40
    postal_code: NotRequired[str | None]  # at most 10
    latitude: NotRequired[float | None]  # degrees north, -90 to 90
    longitude: NotRequired[float | None]  # degrees east, -180 to 180


@frozen(kw_only=True, repr=False, eq=False)
class Destination(Value):
    """The place that a parcel is bound for, as far as tracking shows it.

    Attributes:
        province: The province or state.
        country: The country, two letters of ISO 3166-1.
        port: The airport, three letters.
    """

    city: str | None = None
    province: str | None = None
    country: str | None = None
    port: str | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Tracking(Value):
    """The way of one parcel.

    Attributes:
        status: The status of the parcel, for instance ``"En Route"``.
        events: Tracking events, the latest first.
        order_number: The shipper's reference.
        service: The service of BoxC, for instance ``"BoxC Parcel"``.
        carrier: The code of the carrier of the last mile.
        entry_point: The code of the place where it was handed in.
        images: The pictures, if the request may see them; their addresses expire.
        created: Time at which the shipment was created, in UTC.
    """

    tracking_number: kinds.Scalar
    status: str | None = None
    events: tuple[Event, ...] = ()
    shipment_id: int | None = None
    order_number: kinds.Scalar | None = None
    service: str | None = None
    carrier: str | None = None
    entry_point: str | None = None
    destination: Destination | None = None
    has_images: bool | None = None
    images: Images | None = None
    created: datetime | None = None


class Track(Resource):
    """Tracking, as ``boxc.track``. It has a rate limit of its own, whose size is not documented."""

    __slots__ = ()

    async def get(
        self, tracking_number: str, *, email: str | None = None, postal_code: str | None = None
    ) -> Tracking:
        """Returns the tracking events of a parcel. Kind: read. Scope: none, every token will do.

        For parcels of others, email or postal code shows the pictures.

        Args:
            tracking_number: The carrier's number, or that of the generic label; at most 40
                characters.
            email: The recipient's e-mail address.
            postal_code: The recipient's postal code; of no use if the events show it.

        Raises:
            NotFoundError: there is no such parcel (1210).
        """
        query = {"email": email, "postal_code": postal_code}
        prepared = prepare("GET /track/{trackingNumber}", tracking_number, params=query)
        return await self._read(Tracking, "track", prepared)

    async def add(self, events: Sequence[GivenEvent]) -> None:
        """Adds 1 to 100 events to parcels of yours, or none of them; for certified accounts.

        Kind: changing, and never sent twice. Scope: ``write_shipments``. Beta.

        Raises:
            NotFoundError: a parcel is not there, or is not yours; no event was added (1211).
            OutcomeUnknownError: it was sent and no response settled it: look with `get`.
        """
        body = {"events": [_with_text_time(event) for event in events]}
        return await self._do(prepare("POST /track", json=body))


def _with_text_time(event: GivenEvent) -> Mapping[str, object]:
    """Returns an event with its time in the two forms that the manual shows."""
    time: object = event.get("time")
    if not isinstance(time, datetime):
        return event
    separator = " " if time.tzinfo is None else "T"
    return {**event, "time": time.isoformat(separator, "seconds")}
