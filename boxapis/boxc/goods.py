"""Goods in shipments: line items with what customs ask for, and packages.

Manual: https://docs.boxc.com/#tag/Shipments.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, NotRequired, TypedDict

from attrs import field, frozen

from boxapis._sansio import kinds, shapes
from boxapis._sansio.value import Value

__all__ = [
    "GivenConsumerSafety", "GivenContents", "GivenDisclaimer", "GivenItemCompliance",
    "GivenLineItem", "GivenPackage", "GivenPackageSize", "LineItem",
]  # fmt: skip


class GivenDisclaimer(TypedDict):
    """The statement that a certificate of product safety is not needed, in a request."""

    code: Literal["A", "B"] | str
    iuc: str  # 7 characters
    iuc_description: str  # at most 64


class GivenConsumerSafety(TypedDict, total=False):
    """Product safety in the US (CPSC) in a request: the certificate, or a disclaimer."""

    product_id: str | None  # in the CPSC's registry, at most 19 characters
    product_version: str | None  # version of the certificate there, at most 19
    certifier_id: str | None  # the LPCO number there, at most 23
    disclaim: GivenDisclaimer | None  # needed if one of the three is missing


class GivenItemCompliance(TypedDict, total=False):
    """Further facts for customs about a line item in a request."""

    cpsc: GivenConsumerSafety


class GivenLineItem(TypedDict):
    """Goods of one kind in a request."""

    description: str  # in English, at most 64 characters
    origin_description: str  # in the language of the entry point's country, at most 64
    quantity: int  # number of units, at most 9,999
    value: Decimal | float  # of all units together
    currency: str  # of the value, three letters
    weight: Decimal | float  # of one unit, in kg
    coo: str  # country of origin, two letters
    compliance: NotRequired[GivenItemCompliance]
    dg_code: NotRequired[str | None]  # dangerous goods, for instance "0965"
    hts_code: NotRequired[str | None]  # tariff number of the destination, 8 to 13 characters
    product_id: NotRequired[int | None]  # of the customs product, for PGA shipments
    supplier: NotRequired[str | None]  # supplier or manufacturer (MID), at most 32
    url: NotRequired[str | None]  # of the product's page, at most 128


class GivenContents(TypedDict):
    """Goods in one package of a shipment with several packages, in a request."""

    description: str  # 3 to 64 characters
    value: Decimal | float  # of all units together, above 0
    quantity: int  # number of units, 1 or more


class GivenPackageSize(TypedDict):
    """Weight and size of one package in a request."""

    height: Decimal | float  # in cm, above 0 and below 1,000
    length: Decimal | float  # the same
    width: Decimal | float  # the same
    weight: Decimal | float  # in kg, above 0 and below 1,000


class GivenPackage(GivenPackageSize):
    """One package of a shipment with several packages, in a request; each gets a label."""

    contents: NotRequired[Sequence[GivenContents]]


@frozen(kw_only=True, repr=False, eq=False)
class LineItem(Value):
    """Goods of one kind in a shipment.

    Attributes:
        description: The description in English.
        origin_description: The description in the language of the entry point's country.
        value: The declared value of all units, in ``currency``.
        currency: The currency of the value, three letters.
        weight: Weight of one unit, in kg.
        coo: The country of origin, two letters of ISO 3166-1.
        compliance: Further facts for customs, as in `GivenItemCompliance`.
        dg_code: The code of dangerous goods, for instance ``"0965"``.
        hts_code: The tariff number of the country of destination.
        user_hts_code: The tariff number that was given in the request.
        product_id: The number of the customs product, for goods under PGA.
        supplier: The supplier or manufacturer; in the US the MID.
        url: The address of the product's page.
        duty: The duty, in the shipment's currency.
        tax: The tax, in the shipment's currency.
    """

    description: str | None = None
    origin_description: str | None = None
    quantity: int | None = None
    value: Decimal | None = None
    currency: str | None = None
    weight: Decimal | None = None
    coo: str | None = None
    compliance: Mapping[str, Any] | None = field(default=None, repr=shapes.names_only)
    dg_code: kinds.Scalar | None = None
    hts_code: kinds.Scalar | None = None
    user_hts_code: kinds.Scalar | None = None
    product_id: int | None = None
    supplier: kinds.Scalar | None = None
    url: str | None = None
    duty: Decimal | None = None
    tax: Decimal | None = None
