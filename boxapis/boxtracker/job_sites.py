"""The resource JobSites: the places of a customer at which containers stand.

Manual: customer-jobsites.html under https://www.dumpster.software/api/ for the list; the rest is
what the vendor's own client sends and reads.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal, TypedDict, Unpack

from attrs import evolve, field, frozen

from boxapis._sansio import kinds, shapes
from boxapis.boxtracker._resource import (
    OffsetListing,
    Resource,
    Saved,
    checked_id,
    folded,
    in_order,
    merged,
    optional,
    several,
    whole_record,
)

__all__ = [
    "Container",
    "GivenJobSite",
    "JobSite",
    "JobSiteOrder",
    "JobSites",
    "ListedJobSite",
    "OrderSite",
]

JobSiteOrder = (
    Literal[
        "Address|ASC",
        "Address|DESC",
        "Boxes|ASC",
        "Boxes|DESC",
        "City|ASC",
        "City|DESC",
        "ID|ASC",
        "ID|DESC",
        "Job Name|ASC",
        "Job Name|DESC",
        "State|ASC",
        "State|DESC",
        "Zip|ASC",
        "Zip|DESC",
    ]
    | str
)
"""An order of job sites: a column, a bar, and ``ASC`` or ``DESC``."""


@frozen(kw_only=True)
class Container:
    """A container at a job site.

    Attributes:
        id: The number that work orders name it by.
        number: The number that is painted on it.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: kinds.Number | None = optional("ID")
    number: kinds.Scalar | None = optional("ContainerID")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


@frozen(kw_only=True)
class OrderSite:
    """A job site as a work order shows it; base class of the other forms of job sites.

    Attributes:
        id: The number of the job site; None in a list of work orders, 0 for a blank one.
        job_name: The name of the job; None in a list of work orders.
        address: Street and house number.
        city: City.
        state: State or province, two letters.
        zip: Zip or postal code.
        containers: The containers at the site.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: kinds.Number | None = optional("ID")
    job_name: kinds.Scalar | None = optional("JobName", "jobsite_name")
    address: kinds.Scalar | None = optional("Address", "jobsite_address", "txtJSAddress")
    city: kinds.Scalar | None = optional("City", "jobsite_city", "txtJSCity")
    state: kinds.Scalar | None = optional("State", "jobsite_state", "selJSState")
    zip: kinds.Scalar | None = optional("Zip", "jobsite_zip", "txtJSZip")
    containers: tuple[Container, ...] = several("ContainersOnSite")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


@frozen(kw_only=True, field_transformer=in_order)
class ListedJobSite(OrderSite):
    """A job site as a list shows it; `JobSites.get` returns all of it.

    Attributes:
        id: The number of the job site; never None.
        validated: The check of the address; see `JobSite`.
    """

    id: int = field(metadata=shapes.wire_name("ID"))
    validated: kinds.Number | None = optional("Validated")


class GivenJobSite(TypedDict, total=False):
    """Changes of a job site; None blanks a field. No source says how long a text may be."""

    job_name: str | None
    address: str | None
    city: str | None
    state: str | None  # two capital letters
    zip: str | None
    county: str | None
    municipality: str | None
    purchase_order: str | None
    cross_street: str | None
    contact: str | None
    contact_cell: str | None  # ten digits, for instance "603-555-0100"
    hazards: str | None
    billing_note: str | None
    leed: bool
    validated: int  # 0 to 3


@frozen(kw_only=True, field_transformer=in_order)
class JobSite(OrderSite, Saved):
    """A job site with all its fields, or a blank one to fill in.

    Attributes:
        county: County.
        municipality: Municipality.
        purchase_order: The customer's purchase order number.
        cross_street: The nearest cross street.
        contact: The person to ask for.
        contact_cell: The contact's mobile telephone number.
        hazards: Hazards at the site.
        billing_note: A note for the invoice.
        leed: Whether the job is to be certified as a green building (LEED).
        validated: The check of the address: 0 is not verified, 1 to 3 are. The vendor's client sets
            1 after a check with a map service, and 0 when the address is edited by hand.
        required_fields: What must be filled in when it is saved, in the service's words; see
            `required`.
    """

    county: kinds.Scalar | None = optional("County", "jobsite_county", "txtJSCounty")
    municipality: kinds.Scalar | None = optional("Muni", "jobsite_muni", "txtJSMuni")
    purchase_order: kinds.Scalar | None = optional("PO", "jobsite_po", "txtJSPO")
    cross_street: kinds.Scalar | None = optional(
        "CrossStreet", "jobsite_cross_street", "txtJSCrossStreet"
    )
    contact: kinds.Scalar | None = optional("Contact", "jobsite_contact", "txtJSContact")
    contact_cell: kinds.Scalar | None = optional(
        "ContactCell", "jobsite_contact_cell", "txtJSContactCell"
    )
    hazards: kinds.Scalar | None = optional("Hazzards", "jobsite_hazzards")
    billing_note: kinds.Scalar | None = optional("BillingNote", "jobsite_billing_note")
    leed: kinds.Flag | None = optional("LEED", "jobsite_leed")
    validated: kinds.Number | None = optional("Validated", "jobsite_validated")
    required_fields: tuple[kinds.Cell, ...] = several("requiredFields")


class JobSites(Resource):
    """Job sites of one customer, as ``customer.job_sites``."""

    __slots__ = ()

    def list(
        self, *, search: str = "", order_by: JobSiteOrder = "Address|ASC"
    ) -> OffsetListing[ListedJobSite]:
        """Lists the job sites, page after page. Kind: read.

        No source says whether a list without records is empty or a `NotFoundError` (302).

        Args:
            search: Text to search for; no source says in which fields.
            order_by: A column and ``ASC`` or ``DESC``; the default is that of the vendor's client.
        """
        arguments = {"search": search, "orderBy": order_by}
        return self._list(ListedJobSite, "jobSiteObjList", "cmdBoxTPortalJobsiteList", arguments)

    async def find(self, address: str, job_name: str | None = None) -> tuple[ListedJobSite, ...]:
        """Returns the job sites at an address, to look up a new one that may have been added.

        All job sites are read and compared here, by their texts without case and blanks, because no
        source says in which fields the service searches. Look before you add one, too: what was
        there before is among them. If none is new, wait until the request whose response was lost
        is surely over, and look again. Kind: read.

        Args:
            address: Street and house number, as given to `save`.
            job_name: The name of the job; None for any.

        Raises:
            BoxAPIError: see `boxapis.errors`.
        """
        return tuple(
            [
                site
                async for site in self.list()
                if folded(site.address) == folded(address)
                and (job_name is None or folded(site.job_name) == folded(job_name))
            ]
        )

    async def get(self, id: int) -> JobSite:  # noqa: A002 - the service's word
        """Returns one job site with all its fields. Kind: read.

        Args:
            id: The number of the job site.

        Raises:
            ConfigurationError: it is no id, for instance 0. Nothing was sent.
            NotFoundError: the job site is not available (302).
            PermissionDeniedError: the customer may not see it (308).
            BoxAPIError: see `boxapis.errors`.
        """
        number = checked_id(id, "the job site's id", text_of_zero="asks for a blank one: blank()")
        return await self._data(number)

    async def blank(self) -> JobSite:
        """Returns an empty job site to fill in, with what a new one requires. Kind: read.

        Raises:
            PermissionDeniedError: the customer may not add job sites (308).
            BoxAPIError: see `boxapis.errors`.
        """
        return await self._data(0)

    async def save(self, job_site: JobSite, **changes: Unpack[GivenJobSite]) -> None:
        """Saves a job site, or adds a blank one that you fill in. Kind: changing.

        Every field is sent, as the vendor's client does: no source says whether the service leaves
        a field alone or blanks it when it is left out. What another person changed since `get` is
        therefore overwritten. The service does not say the id of a new job site: `list` has it.

        Args:
            job_site: The job site, as `get` or `blank` has returned it.
            changes: New values, for instance ``contact="Jane"``; None blanks a field. Where the
                address changes, give ``validated=0``.

        Raises:
            ConfigurationError: a change is of no field of `GivenJobSite`, or the job site is one of
                `list`, which has not all fields. Nothing was sent.
            ValidationError: a field is missing or not valid (300, 303, 602); see
                `JobSite.required`.
            ServerError: it could not be created (322), or the update failed (512).
            OutcomeUnknownError: it was sent and no response settled it: `find` it by its address
                before you add it again, or compare with `get`.
            BoxAPIError: see `boxapis.errors`.
        """
        record = whole_record(job_site, JobSite, "job_sites.get() or blank()")
        arguments = merged(record, changes)
        arguments["jobsite_validated"] = arguments["jobsite_validated"] or 0
        return await self._do(
            "cmdBoxTPortalSaveJobSite", {"jobsite_id": record.id or 0, **arguments}
        )

    async def _data(self, number: int) -> JobSite:
        command, arguments = "cmdBoxTPortalJobsiteData", {"jobsite_id": number}
        # Without its number, which no source promises, `save` would add a second job site.
        numbered = partial(evolve, id=number)
        return await self._read(JobSite, "jobSiteObj", command, arguments, numbered)
