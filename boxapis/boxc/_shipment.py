"""The value Shipment, and the words that requests share with it.

Manual: https://docs.boxc.com/#tag/Shipments.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from attrs import field, frozen

from boxapis._sansio import kinds, shapes
from boxapis._sansio.value import Value
from boxapis.boxc.goods import LineItem
from boxapis.boxc.labels import Label
from boxapis.boxc.parties import Event, Images, Party, Service, Terms

__all__ = ["Amount", "Currency", "LabelFailure", "NatureType", "Shipment"]

Currency = Literal["AUD", "CAD", "EUR", "GBP", "HKD", "JPY", "MYR", "USD"] | str
"""A currency to pay in: one of the known words, or a newer one."""

_Numbers = Literal[
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "11", "12", "21", "31", "32", "61", "62", "91",
    "99",
]  # fmt: skip
NatureType = Literal[_Numbers, "111", "212", "213", "214", "390", "391", "991", "999"] | str
"""A nature type of postal shipments: one of the known words, or a newer one."""


@frozen(kw_only=True, repr=False, eq=False)
class Amount(Value):
    """An amount of money.

    Attributes:
        currency: The currency, three letters.
    """

    amount: Decimal | None = None
    currency: str | None = None


@frozen(kw_only=True, repr=False, eq=False)
class LabelFailure(Value):
    """The reason why a shipment was stored without the label that was asked for.

    Attributes:
        code: The code of the error, for instance 1080 for insufficient funds.
        http_status: The HTTP status that this error has elsewhere.
        status: The word ``"error"``.
    """

    code: int | None = None
    http_status: int | None = None
    message: str | None = None
    status: str | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Shipment(Value):
    """A shipment.

    Attributes:
        order_number: Your reference, which need not be unique.
        entry_point: The code of the place where it is handed in.
        exit_point: The airport that it is brought to for the last mile, three letters.
        carrier: The code of the carrier of the last mile.
        carrier_params: Options that depend on the carrier.
        to: The recipient.
        from_: The return address; ``from`` in JSON.
        consignor: The sender, for customs.
        consignee: The buyer, for customs.
        labels: All labels made for it; empty in a list of shipments.
        label: The active label, in a list of shipments only.
        errors: The reason why no label was made although `create` was to make one.
        events: Tracking events, the latest first.
        weight: Weight, in kg.
        volumetric_weight: Volumetric weight by the rule of the route, in kg.
        height: Height, in cm, as are length and width.
        currency: The currency of payment, which costs and duties are in.
        total_cost: The price of shipping; in US dollars, says the field's own description.
        tax: The tax; in US dollars, says the field's own description.
        cod: The amount to collect on delivery.
        insurance: Whether it is insured for more than is included.
        insured_value: The value that can be claimed, in US dollars.
        claim_url: The address to claim it at, where that is possible.
        signature_confirmation: Whether the recipient signs.
        irregular: Whether it is soft, or of irregular shape.
        ignore_bad_address: Whether errors of the address are ignored.
        pga: Whether goods in it concern further authorities of the country of destination.
        comments: The comments on the label.
        overpack_id: The number of its overpack; deprecated by the service, labels have it.
    """

    id: int
    order_number: kinds.Scalar | None = None
    service: Service | None = None
    terms: Terms | None = None
    entry_point: str | None = None
    exit_point: str | None = None
    carrier: str | None = None
    carrier_params: Mapping[str, Any] | None = field(default=None, repr=shapes.names_only)
    credentials_id: int | None = None
    to: Party | None = None
    from_: Party | None = field(default=None, metadata=shapes.wire_name("from"))
    consignor: Party | None = None
    consignee: Party | None = None
    line_items: tuple[LineItem, ...] = ()
    labels: tuple[Label, ...] = ()
    label: Label | None = None
    errors: LabelFailure | None = None
    events: tuple[Event, ...] = ()
    images: Images | None = None
    weight: Decimal | None = None
    volumetric_weight: Decimal | None = None
    height: Decimal | None = None
    length: Decimal | None = None
    width: Decimal | None = None
    currency: Currency | None = None
    total_cost: Decimal | None = None
    duty: Decimal | None = None
    tax: Decimal | None = None
    cod: Amount | None = None
    freight_charge: Amount | None = None
    insurance: bool | None = None
    insured_value: Decimal | None = None
    claim_url: str | None = None
    signature_confirmation: bool | None = None
    irregular: bool | None = None
    is_return: bool | None = None
    ignore_bad_address: bool | None = None
    nature_type: NatureType | None = None
    pga: bool | None = None
    comments: tuple[str, ...] = ()
    overpack_id: int | None = None
    zonos_customer_id: str | None = None
    test: bool | None = None
    created: datetime | None = None
    updated: datetime | None = None
