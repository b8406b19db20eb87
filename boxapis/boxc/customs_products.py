"""The resource Customs Products: regulated goods, such as food and cosmetics, for customs.

A shipment of such goods (PGA) names the product in its line items. The service calls the resource
beta: it may change without notice. Manual: https://docs.boxc.com/#tag/CustomsProducts.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, NotRequired, TypedDict, Unpack

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Listing, PageOptions, Resource, prepare
from boxapis.boxc.parties import Party

__all__ = [
    "AffirmationCode", "Agent", "ComplianceCode", "CustomsProduct", "CustomsProductType",
    "CustomsProducts", "GivenAffirmation", "GivenAgent", "GivenAgentAddress", "GivenComplianceCode",
    "GivenContact", "GivenCustomsProduct", "GivenFSVPImporter", "GivenManufacturer",
    "GivenPackaging", "GivenRegistration", "Packaging", "PackagingType", "Registration",
    "RegistrationType", "UnitOfMeasure",
]  # fmt: skip

CustomsProductType = Literal["FOO", "COS", "FOO-CCW"] | str
"""A type of regulated goods: one of the known words, or a newer one."""

AffirmationCode = Literal["FME", "FSX", "PFR", "CFR", "GFR", "IFR", "ORN", "SFR", "SRN"] | str
"""A code of the affirmation of compliance: one of the known words, or a newer one."""

PackagingType = (
    Literal["CTN", "BOX", "PKG", "BAG", "CS", "JAR", "BOT", "TBE", "CAN", "PKT", "SAC", "EA"] | str
)
"""A type of packaging: one of the known words, or a newer one."""

RegistrationType = Literal["DUNS", "FEI"] | str
"""A register of companies: one of the known words, or a newer one."""

UnitOfMeasure = Literal[
    "CG", "CM3", "DOZ", "DPC", "DPR", "FOZ", "G", "GAL", "KG", "L", "LB",
    "M3", "MCG", "MG", "ML", "OZ", "PCS", "PRS", "PTL", "QTL", "TOZ",
] | str  # fmt: skip
"""A unit of measure: one of the known words, or a newer one."""


class GivenAffirmation(TypedDict):
    """An affirmation of compliance in a request."""

    code: AffirmationCode
    # FME: "A" to "F", or "K". FSX: empty, or left out. The others: 1 to 15 characters.
    value: NotRequired[str]


class GivenComplianceCode(TypedDict):
    """A compliance code in a request; the codes depend on the type of the product."""

    code: str
    value: str  # 1 to 20 characters


class GivenContact(TypedDict):
    """The person to ask about a product in a request."""

    name: str  # at most 40 characters
    email: str  # at most 64 characters
    phone: str  # at most 20 characters


class GivenPackaging(TypedDict):
    """The packaging of a product in a request."""

    type: PackagingType
    quantity: int  # 1 to 9,999


class GivenRegistration(TypedDict):
    """A company's number with its register, in a request."""

    type: RegistrationType
    value: str  # at most 32 characters


class GivenAgentAddress(TypedDict):
    """An address of an importer, shipper or the like in a request."""

    name: str  # at most 40 characters
    street1: str  # at most 50 characters
    city: str  # at most 40 characters
    country: str  # two letters, ISO 3166-1
    email: str  # at most 64 characters
    phone: str  # at most 20 characters
    street2: NotRequired[str | None]  # at most 50 characters
    province: NotRequired[str | None]  # at most 40 characters
    postal_code: NotRequired[str | None]  # at most 10 characters


class GivenAgent(TypedDict):
    """An importer, shipper or submitter of prior notices in a request."""

    use_consignor: bool  # whether it is the consignor of the shipment; if not, give an address
    address: NotRequired[GivenAgentAddress]


class GivenManufacturer(GivenAgent):
    """A manufacturer in a request."""

    id: NotRequired[GivenRegistration]


class GivenFSVPImporter(GivenManufacturer):
    """An importer under the Foreign Supplier Verification Program in a request."""

    exempt: NotRequired[bool]  # whether the program does not concern the product; default false


class GivenCustomsProduct(TypedDict):
    """A product in a request."""

    type: CustomsProductType  # fixed at creation
    brand_name: str  # 3 to 35 letters, digits and blanks
    description: str  # 3 to 45 letters, digits and blanks
    coo: str  # the country of origin, two letters of ISO 3166-1
    coi: str  # the country of import
    intended_use_code: str  # for instance "210.000"; depends on type and country of import
    uom: UnitOfMeasure | None  # the unit of the quantity
    contact: GivenContact  # for the importer and the submitter of prior notices
    manufacturer: GivenManufacturer
    importer: GivenAgent
    shipper: GivenAgent
    prior_notice_submitter: NotRequired[GivenAgent]  # required for some types
    fsvp_importer: NotRequired[GivenFSVPImporter]  # required for "FOO"
    affirmation_of_compliance: NotRequired[
        Sequence[GivenAffirmation] | None
    ]  # 1 to 5; required for "FOO"
    compliance_code: NotRequired[Sequence[GivenComplianceCode] | None]
    code: NotRequired[str | None]  # of the country's authority, 7 characters
    processing_code: NotRequired[str | None]  # depends on the type
    packaging: NotRequired[GivenPackaging | None]
    quantity: NotRequired[Decimal | float | None]  # above 0 and below 10,000,000


@frozen(kw_only=True, repr=False, eq=False)
class ComplianceCode(Value):
    """A code of an authority with its value; also an affirmation of compliance."""

    code: str | None = None
    value: kinds.Scalar | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Packaging(Value):
    """The packaging of a product."""

    type: PackagingType | None = None
    quantity: int | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Registration(Value):
    """A company's number in a register.

    Attributes:
        type: The register.
    """

    type: RegistrationType | None = None
    value: kinds.Scalar | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Agent(Value):
    """A manufacturer, importer, shipper or submitter of prior notices.

    Attributes:
        use_consignor: Whether it is the consignor of the shipment.
        address: The address, if it is not.
        id: The number in a register; of manufacturers and FSVP importers only.
        exempt: Whether the FSVP does not concern the product; of FSVP importers only.
    """

    use_consignor: bool | None = None
    address: Party | None = None
    id: Registration | None = None
    exempt: bool | None = None


@frozen(kw_only=True, repr=False, eq=False)
class CustomsProduct(Value):
    """A product that customs and further authorities want to know about.

    Attributes:
        coo: The country of origin, two letters of ISO 3166-1.
        coi: The country of import.
        code: The code of the country's authority, for instance of the FDA.
        quantity: The quantity, in ``uom``.
        uom: The unit of measure.
        contact: The person to ask.
        fsvp_importer: The importer under the Foreign Supplier Verification Program.
        deleted_at: Time of deletion, in UTC; None if it was not deleted.
    """

    id: int
    type: CustomsProductType | None = None
    brand_name: str | None = None
    description: str | None = None
    coo: str | None = None
    coi: str | None = None
    code: str | None = None
    intended_use_code: kinds.Scalar | None = None
    processing_code: str | None = None
    quantity: Decimal | None = None
    uom: UnitOfMeasure | None = None
    packaging: Packaging | None = None
    contact: Party | None = None
    manufacturer: Agent | None = None
    importer: Agent | None = None
    shipper: Agent | None = None
    prior_notice_submitter: Agent | None = None
    fsvp_importer: Agent | None = None
    affirmation_of_compliance: tuple[ComplianceCode, ...] = ()
    compliance_code: tuple[ComplianceCode, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None


class CustomsProducts(Resource):
    """Regulated goods of the token's user, as ``boxc.customs_products``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1460).
    """

    __slots__ = ()

    def list(self, **pages: Unpack[PageOptions]) -> Listing[CustomsProduct]:
        """Lists all products, page after page. Kind: read. Scope: ``read_shipments``."""
        return self._list(CustomsProduct, "products", "GET /customs/products", **pages)

    async def get(self, id: int) -> CustomsProduct:
        """Returns one product. Kind: read. Scope: ``read_shipments``."""
        return await self._read(
            CustomsProduct, "product", prepare("GET /customs/products/{id}", id)
        )

    async def create(self, product: GivenCustomsProduct) -> CustomsProduct:
        """Creates a product. Kind: changing. Scope: ``write_shipments``.

        Raises:
            ConflictError: it cannot be added to the catalogue (1462).
            OutcomeUnknownError: it was sent and no response settled it: list the products.
        """
        prepared = prepare("POST /customs/products", json={"product": product})
        return await self._read(CustomsProduct, "product", prepared)

    async def update(self, id: int, product: GivenCustomsProduct) -> CustomsProduct:
        """Replaces a product by one of the same type.

        Kind: idempotent. Scope: ``write_shipments``.

        Raises:
            ConflictError: the type is another one (1463), or it cannot be updated (1462).
        """
        prepared = prepare("PUT /customs/products/{id}", id, json={"product": product})
        return await self._read(CustomsProduct, "product", prepared)

    async def delete(self, id: int) -> None:
        """Deletes a product softly: shipments may still refer to it.

        Kind: idempotent. Scope: ``write_shipments``.
        """
        return await self._do(prepare("DELETE /customs/products/{id}", id))
