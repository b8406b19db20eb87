"""What Box Tracker keeps beside its customers: charges of cards and orders of the web API."""

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen


@frozen
class CardCharge:
    """One charge of a credit card.

    Attributes:
        command: The command that made it.
        amount: The amount in US dollars.
        customer: User name of the customer who paid in the portal; empty for a direct booking.
        card: The card number with all but the last four digits masked.
    """

    command: str
    amount: float
    customer: str
    card: str


@frozen
class WebOrder:
    """One LIVE order of the web API.

    Attributes:
        order_id: The ``OrderID`` of the response.
        kind: ``request`` for a request for service, ``booking`` for a direct booking.
        arguments: The arguments of the order; those of the card read ``[secret]``.
        customer: User name of the customer in whose portal a booking is; empty if in none.
    """

    order_id: int
    kind: Literal["request", "booking"]
    arguments: Mapping[str, str] = field(repr=False)
    customer: str = ""
