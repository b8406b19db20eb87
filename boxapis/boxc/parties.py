"""Values that several resources of BoxC share: parties, warehouses, events, pictures, words.

Manual: https://docs.boxc.com/#tag/Shipments and https://docs.boxc.com/#tag/Track.
"""

from decimal import Decimal
from typing import Literal, NotRequired, TypedDict

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value

__all__ = [
    "Event", "GivenConsignor", "GivenParty", "GivenWarehouse", "Images", "Party", "Service",
    "Storage", "Terms", "Warehouse",
]  # fmt: skip

Service = Literal["BoxC Post", "BoxC Parcel", "BoxC Plus", "BoxC Priority"] | str
"""A shipping service of BoxC: one of the known words, or a newer one."""

Terms = Literal["DAP", "DDU", "DDP"] | str
"""Terms of delivery (Incoterms): one of the known words, or a newer one."""


class GivenParty(TypedDict):
    """A person or company with an address in a request: a recipient, consignee or sender."""

    name: str  # at most 40 characters
    street1: str  # at most 50
    city: str  # at most 40
    country: str  # two letters, ISO 3166-1
    company_name: NotRequired[str | None]
    phone: NotRequired[str | None]  # at most 20
    email: NotRequired[str | None]  # at most 64
    id: NotRequired[str | None]  # a tax number, where the country asks for one; at most 20
    street2: NotRequired[str | None]  # at most 50
    province: NotRequired[str | None]  # at most 40
    postal_code: NotRequired[str | None]  # at most 10


class GivenConsignor(GivenParty):
    """A consignor as requests give it: here the phone number is required."""

    phone: str  # type: ignore[misc]  # required here alone


class GivenWarehouse(TypedDict):
    """A warehouse of BoxC in a request."""

    id: str  # for instance "WH0SZ001"


@frozen(kw_only=True, repr=False, eq=False)
class Party(Value):
    """A person or company with an address: recipient, consignee, consignor, sender.

    Attributes:
        company_name: The company's name, where ``name`` is a person's.
        phone: The phone number, in the form in which it was given.
        id: A tax number or the like, where the country asks for one.
        province: The province or state.
        country: The country, two letters of ISO 3166-1.
    """

    name: str | None = None
    company_name: str | None = None
    phone: kinds.Scalar | None = None
    email: str | None = None
    id: kinds.Scalar | None = None
    street1: str | None = None
    street2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: kinds.Scalar | None = None
    country: str | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Event(Value):
    """A tracking event: what happened to a parcel, where and when.

    Attributes:
        code: The number of the event, for instance 200 for delivered.
        description: The event in words.
        time: Local time at the place, whose zone the service does not name: without a tzinfo.
        carrier: The carrier that reports it.
        province: The province or state.
        country: The country, two letters of ISO 3166-1.
        latitude: Degrees north.
        longitude: Degrees east.
    """

    code: int | None = None
    description: str | None = None
    time: kinds.LocalMoment | None = None
    carrier: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: kinds.Scalar | None = None
    country: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Images(Value):
    """Addresses of pictures.

    Attributes:
        pod: URLs of proofs of delivery.
        scans: URLs of scans made on the way.
    """

    pod: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False, eq=False)
class Storage(Value):
    """What a warehouse takes for the storage of products.

    Attributes:
        free_days: Days for which a product is stored without a charge.
        small_cost: Price for one piece of a small product.
        medium_cost: Price for one piece of a medium-sized product.
        large_cost: Price for a cubic metre of a large product.
    """

    free_days: int | None = None
    small_cost: Decimal | None = None
    medium_cost: Decimal | None = None
    large_cost: Decimal | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Warehouse(Value):
    """A warehouse of BoxC; a return has its id only.

    Attributes:
        id: The id of the warehouse, for instance ``"WH0SZ001"``.
        address: The address, in several lines.
        country: The country, two letters of ISO 3166-1.
        language: The local language, in English.
        language_code: The local language, two letters of ISO 639-1.
        storage: Costs of storage, in the list of warehouses only.
    """

    id: str
    name: str | None = None
    address: str | None = None
    country: str | None = None
    entry_point: str | None = None
    language: str | None = None
    language_code: str | None = None
    storage: Storage | None = None
