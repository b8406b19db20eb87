"""The resource Overpacks: sacks and pallets (https://docs.boxc.com/#tag/Overpacks)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import PDF, Listing, PageOptions, Resource, given, prepare

__all__ = ["GivenPacked", "Overpack", "Overpacks", "Packed"]


class GivenPacked(TypedDict, total=False):
    """A parcel to put into an overpack, by one of its three names."""

    id: int  # the number of the shipment
    label_id: int
    tracking_number: str  # at most 40 characters


@frozen(kw_only=True, repr=False, eq=False)
class Packed(Value):
    """A parcel in an overpack, or one that the service did not put in.

    Attributes:
        id: The number of the shipment.
        error: The reason why it was not put in; None if it was.
    """

    id: int | None = None
    label_id: int | None = None
    tracking_number: kinds.Scalar | None = None
    error: str | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Overpack(Value):
    """An overpack; entry point, service and terms are those of its parcels.

    Attributes:
        locked: Whether it can no longer change, because it is on a manifest.
        shipments: The parcels in it, and those that were refused; empty in a list of overpacks.
        total_shipments: The number of parcels, in a list of overpacks only.
        carrier: The code of the carrier of the last mile.
        service: The service of BoxC, for instance ``"BoxC Parcel"``.
        terms: The terms of delivery, ``"DDP"`` or ``"DDU"``.
        entry_point: The code of the place where it is handed in.
        exit_point: The airport of export, three letters; None where it does not matter.
        external_tracking: A tracking number of the carrier's own for the overpack's label.
        route_heading: The heading of the route, for the overpack's label.
        route_subheading: The second heading of the route.
        contains_dg: Whether dangerous goods are in it.
        pga: Whether goods in it concern further authorities of the country of destination.
        type86: Whether all parcels are of Type 86; deprecated by the service.
        weight: Weight, in kg, with one decimal.
        height: Height, in cm, as are length and width.
    """

    id: int
    manifest_id: int | None = None
    locked: bool | None = None
    shipments: tuple[Packed, ...] = ()
    total_shipments: int | None = None
    carrier: str | None = None
    service: str | None = None
    terms: str | None = None
    entry_point: str | None = None
    exit_point: str | None = None
    external_tracking: kinds.Scalar | None = None
    route_heading: str | None = None
    route_subheading: str | None = None
    contains_dg: bool | None = None
    pga: bool | None = None
    type86: bool | None = None
    weight: Decimal | None = None
    height: Decimal | None = None
    length: Decimal | None = None
    width: Decimal | None = None
    created: datetime | None = None

    @property
    def refused(self) -> tuple[Packed, ...]:
        """The parcels that the service did not put in, although it reports a success."""
        return tuple(parcel for parcel in self.shipments if parcel.error is not None)


class Overpacks(Resource):
    """Overpacks of the token's user, as ``boxc.overpacks``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1250).
    """

    __slots__ = ()

    def list(self, **pages: Unpack[PageOptions]) -> Listing[Overpack]:
        """Lists all overpacks by age, page after page. Kind: read. Scope: ``read_shipments``."""
        return self._list(Overpack, "overpacks", "GET /overpacks", **pages)

    async def get(self, id: int) -> Overpack:
        """Returns one overpack with its parcels. Kind: read. Scope: ``read_shipments``."""
        return await self._read(Overpack, "overpack", prepare("GET /overpacks/{id}", id))

    async def pdf(self, id: int) -> bytes:
        """Returns the overpack's label to print, as PDF. Kind: read. Scope: ``read_shipments``."""
        return await self._read_file(prepare("GET /overpacks/{id}", id, accept=PDF))

    async def create(
        self,
        shipments: Sequence[GivenPacked],
        *,
        weight: Decimal | float | None = None,
        height: int | None = None,
        length: int | None = None,
        width: int | None = None,
    ) -> Overpack:
        """Creates an overpack; ``refused`` of the result has the parcels that are not in it.

        Kind: changing. Scope: ``write_shipments``. Weight and size are needed for a manifest.

        Args:
            shipments: The parcels to put in, 1 or more; the first one decides about the rest.
            weight: Weight, in kg, with one decimal.
            height: Height, in cm.
            length: Length, in cm.
            width: Width, in cm.

        Raises:
            OutcomeUnknownError: it was sent and no response settled it: list the overpacks.
        """
        size = given(weight=weight, height=height, length=length, width=width)
        body = {"overpack": {"shipments": shipments, **size}}
        return await self._read(Overpack, "overpack", prepare("POST /overpacks", json=body))

    async def update(
        self,
        id: int,
        shipments: Sequence[GivenPacked],
        *,
        weight: Decimal | float | None = None,
        height: int | None = None,
        length: int | None = None,
        width: int | None = None,
    ) -> Overpack:
        """Adds parcels to an overpack; ``refused`` has those that are not in it.

        Kind: idempotent. Scope: ``write_shipments``. `Labels.take_out` takes a parcel out.

        Args:
            shipments: The parcels to add, 1 or more; those that are in it stay.
            weight, height, length, width: As for `create`; None leaves one as it is.

        Raises:
            ConflictError: it is locked, because it is on a manifest (1251).
        """
        # The description shows no wrapper around this one body, unlike all others.
        size = given(weight=weight, height=height, length=length, width=width)
        body = {"shipments": shipments, **size}
        return await self._read(Overpack, "overpack", prepare("PUT /overpacks/{id}", id, json=body))

    async def delete(self, id: int) -> None:
        """Deletes an overpack; its parcels are free again.

        Kind: idempotent. Scope: ``write_shipments``.

        Raises:
            ConflictError: it is locked, because it is on a manifest (1251).
        """
        return await self._do(prepare("DELETE /overpacks/{id}", id))
