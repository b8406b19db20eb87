"""The resource WorkOrders: what the hauler is to do at a job site.

Manual: customer-workorders.html under https://www.dumpster.software/api/ for the list; the rest is
what the vendor's own client sends and reads.
"""

from collections.abc import Mapping
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, TypedDict, Unpack

from attrs import evolve, field, frozen

from boxapis._sansio import kinds, shapes
from boxapis._sansio.boxtracker.availability import Availability, bookable_days
from boxapis._sansio.boxtracker.days import parse_day
from boxapis.boxtracker._resource import (
    OffsetListing,
    Resource,
    Saved,
    checked_id,
    folded,
    merged,
    optional,
    several,
    whole_record,
)
from boxapis.boxtracker.job_sites import OrderSite

__all__ = [
    "Availability",
    "GivenWorkOrder",
    "ListedWorkOrder",
    "Material",
    "OrderSite",
    "OrderType",
    "WorkOrder",
    "WorkOrders",
]

OrderType = Literal["Delivery", "Switch", "SOS", "Out", "Live", "Service", "Move"] | str
"""A type of work orders; a hauler may offer others, with labels in `WorkOrder.order_types`."""


@frozen(kw_only=True)
class ListedWorkOrder:
    """A work order as a list shows it; `WorkOrders.get` returns all of it.

    Attributes:
        id: The number of the work order.
        order_type: The type.
        order_date_text: The day, as the service writes it; see `order_date`.
        job_site: The job site.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: int = field(metadata=shapes.wire_name("ID"))
    order_type: OrderType | None = optional("OrderType")
    order_date_text: kinds.Scalar | None = optional("OrderDateString")
    job_site: OrderSite | None = optional("jobSiteObj")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)

    @property
    def order_date(self) -> date | None:
        """The day; None if there is none, or it is written in a form that no source shows."""
        return parse_day(self.order_date_text)


@frozen(kw_only=True)
class Material:
    """A material that may go into a container.

    Attributes:
        id: The number that work orders name it by.
        name: The name of the material.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: kinds.Number | None = optional("ID")
    name: kinds.Scalar | None = optional("Material")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


class GivenWorkOrder(TypedDict, total=False):
    """Changes of a work order; None blanks a field. No source says how long a text may be."""

    order_type: OrderType | None  # one of WorkOrder.order_types
    asset: str | None  # one of WorkOrder.assets, for instance "20-Open"
    quantity: int | None  # 1 to 30 containers
    target: int | None  # the id of a container at the site
    material: int | None  # the id of one of WorkOrder.materials
    order_date: date | str | None  # a str as the service writes it: "Jan 05, 2024"
    remarks: str | None


@frozen(kw_only=True)
class WorkOrder(Saved):
    """A work order with all its fields and what may be chosen, or a blank one to fill in.

    Attributes:
        id: The number of the work order; 0 for a blank one. The service does not repeat it.
        job_site: The job site.
        order_type: The type.
        order_types: The types that the hauler offers, with their labels.
        quantity: The number of containers.
        size: The size of the container.
        type: The type of the container; see `asset`.
        assets: The classes of containers that the hauler offers.
        target: The id of the container that the order is about.
        material: The id of the material.
        materials: The materials that the hauler offers.
        remarks: Free text for the hauler.
        order_date_text: The day, as the service writes it; see `order_date`.
        earliest_text: The first day that can be booked, as the service writes it.
        asset_buffer: A class can be had while its number is greater than this.
        availability: The numbers of containers that are there on each day.
        required_fields: What must be filled in when it is saved, in the service's words; see
            `required`.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: kinds.Number | None = optional("ID")
    job_site: OrderSite | None = optional("jobSiteObj")
    order_type: OrderType | None = optional("OrderType", "workorder_wotype", "addWOType")
    order_types: Mapping[str, Any] | None = field(
        default=None, metadata=shapes.wire_name("woTypes"), repr=shapes.names_only
    )
    quantity: kinds.Number | None = optional("ContQty", "workorder_contqty", "addWOQty")
    size: kinds.Scalar | None = optional("ContSize")
    type: kinds.Scalar | None = optional("ContType")
    assets: tuple[kinds.Cell, ...] = ()
    target: kinds.Scalar | None = optional("TargetCont", "workorder_targetcont")
    material: kinds.Scalar | None = optional("Material", "workorder_material")
    materials: tuple[Material, ...] = ()
    remarks: kinds.Scalar | None = optional("Remarks", "workorder_remarks")
    order_date_text: kinds.Scalar | None = optional("OrderDateStr")
    earliest_text: kinds.Scalar | None = optional("earlyBookDate")
    asset_buffer: kinds.Number | None = optional("assetBuffer")
    availability: Availability | None = None
    required_fields: tuple[kinds.Cell, ...] = several("requiredFields")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)

    PROPERTIES = MappingProxyType(
        {"asset": ("workorder_asset", "addWOAsset"), "order_date": ("workorder_wodate", "")}
    )

    @property
    def asset(self) -> str | None:
        """The class of the container, ``size-type``, for instance ``"20-Open"``."""
        return f"{self.size}-{self.type}" if self.size and self.type else None

    @property
    def order_date(self) -> date | None:
        """The day; None if there is none, or it is written in a form that no source shows."""
        return parse_day(self.order_date_text)

    def days(self, asset: str, quantity: int = 1) -> tuple[date, ...]:
        """Returns the days on which containers of a class can be delivered, by this response.

        The rule is that of the vendor's client: what is there, and what this order has taken of the
        class, less the new quantity must be greater than `asset_buffer`. Days without a number, or
        that cannot be read, are left out. The service alone decides when the order is saved.

        Args:
            asset: The class, one of `assets`, in any case.
            quantity: The number of containers, 1 to 30.
        """
        table = self.availability or Availability()
        is_held = self.id and self.order_type == "Delivery"
        is_same = (self.asset or "").casefold() == asset.casefold()
        taken = (self.quantity or 0) if is_held and is_same else 0
        return bookable_days(
            table.columns,
            table.rows,
            asset,
            above=(self.asset_buffer or 0) + quantity - taken,
            earliest=parse_day(self.earliest_text),
            latest=parse_day(table.latest_text),
        )


class WorkOrders(Resource):
    """Work orders of one customer, as ``customer.work_orders``."""

    __slots__ = ()

    def list(self, *, search: str = "") -> OffsetListing[ListedWorkOrder]:
        """Lists the work orders, page after page. Kind: read.

        No source says whether finished orders are among them, or whether a list without records is
        empty or a `NotFoundError` (302).

        Args:
            search: Text to search for; no source says in which fields.
        """
        command = "cmdBoxTPortalWorkOrderList"
        return self._list(ListedWorkOrder, "workOrderObjList", command, {"search": search})

    async def find(
        self, address: str, order_type: OrderType, order_date: date
    ) -> tuple[ListedWorkOrder, ...]:
        """Returns the orders of a type, day and address, to look up one that may have been placed.

        All work orders are read and compared here, address and type without case and blanks. One
        whose day cannot be read is among them; see `ListedWorkOrder.order_date`. So are those that
        were there before: look before you place one, too. If none is new, wait until the request
        whose response was lost is surely over, and look again. Kind: read.

        Args:
            address: Street and house number of the job site, as the service writes it.
            order_type: The type, as given to `save`.
            order_date: The day of the order.

        Raises:
            BoxAPIError: see `boxapis.errors`.
        """
        found = [(one, one.job_site.address if one.job_site else None) async for one in self.list()]
        return tuple(
            one
            for one, where in found
            if (folded(where), folded(one.order_type)) == (folded(address), folded(order_type))
            and one.order_date in (order_date, None)
        )

    async def get(self, id: int) -> WorkOrder:  # noqa: A002 - the service's word
        """Returns one work order with what may be chosen instead. Kind: read.

        Args:
            id: The number of the work order.

        Raises:
            ConfigurationError: it is no id, for instance 0. Nothing was sent.
            NotFoundError: the work order is not available (302).
            PermissionDeniedError: the customer may not see it (308).
            BoxAPIError: see `boxapis.errors`.
        """
        number = checked_id(id, "the work order's id", text_of_zero="asks for a blank one: blank()")
        return await self._data(number, 0)

    async def blank(self, job_site: int) -> WorkOrder:
        """Returns an empty work order for a job site, with what may be chosen. Kind: read.

        Args:
            job_site: The number of the job site.

        Raises:
            ConfigurationError: it is no id. Nothing was sent.
            NotFoundError: the job site is not available (302).
            PermissionDeniedError: the customer may not add work orders (308).
            BoxAPIError: see `boxapis.errors`.
        """
        return await self._data(0, checked_id(job_site, "the job site's id"))

    async def save(
        self,
        order: WorkOrder,
        *,
        despite_similar: bool = False,
        **changes: Unpack[GivenWorkOrder],
    ) -> None:
        """Saves a work order, or places a blank one that you fill in. Kind: changing.

        Every field is sent, as the vendor's client does: no source says whether the service leaves
        a field alone or blanks it when it is left out. What another person changed since `get` is
        therefore overwritten. The service does not say the id of a new order: `list` has it.

        Args:
            order: The work order, as `get` or `blank` has returned it.
            despite_similar: Whether a new order is placed although there are similar ones. The
                service does not ask when an order is changed.
            changes: New values, for instance ``order_date=date(2024, 1, 5)``.

        Raises:
            ConfigurationError: a change is of no field of `GivenWorkOrder`, or the order has no job
                site, as those of `list`. Nothing was sent.
            ConflictError: there are similar orders, one line of text for each in
                ``details["similarWOs"]``: ask, then call again with ``despite_similar=True``. Or
                the day cannot be booked (338, 514, 518), or has too many containers (515 to 517).
                Nothing was saved.
            ValidationError: a field is missing or not valid (300, 303, 602); see
                `WorkOrder.required`.
            ServerError: the update failed (512).
            OutcomeUnknownError: it was sent and no response settled it: `find` an order of this
                type, day and address before you place it again, or compare with `get`.
            BoxAPIError: see `boxapis.errors`.
        """
        record = whole_record(order, WorkOrder, "work_orders.get() or blank()")
        site = None if record.job_site is None else record.job_site.id
        arguments = merged(record, changes)
        if "order_date" not in changes:  # as the service wrote it, be the form known or not
            arguments["workorder_wodate"] = record.order_date_text or ""
        fixed = {
            "workorder_id": record.id or 0,
            "workorder_jsid": checked_id(site, "the id of the order's job site"),
            "workorder_user_bypass": bool(despite_similar or record.id),
        }
        return await self._do("cmdBoxTPortalSaveWorkOrder", {**fixed, **arguments})

    async def remove(self, id: int) -> None:  # noqa: A002 - the service's word
        """Removes a work order. Kind: changing.

        No source says which orders may be removed, or what a second call is answered with.

        Args:
            id: The number of the work order.

        Raises:
            ConfigurationError: it is no id. Nothing was sent.
            NotFoundError: the work order is not available (302).
            PermissionDeniedError: the customer may not remove it (308).
            ServerError: the update failed (512).
            OutcomeUnknownError: it was sent and no response settled it: look for its id in `list`.
            BoxAPIError: see `boxapis.errors`.
        """
        arguments = {"workorder_id": checked_id(id, "the work order's id")}
        return await self._do("cmdBoxTPortalRemoveWorkOrder", arguments)

    async def _data(self, number: int, job_site: int) -> WorkOrder:
        command = "cmdBoxTPortalWorkOrderData"
        arguments = {"workorder_id": number, "jobsite_id": job_site}
        # The response does not repeat the number, which `save` needs.
        numbered = partial(evolve, id=number)
        return await self._read(WorkOrder, "workOrderObj", command, arguments, numbered)
