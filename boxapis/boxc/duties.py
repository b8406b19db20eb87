"""The resource Duties: duty and tax of goods (https://docs.boxc.com/#tag/CalculateDuty)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NotRequired, TypedDict

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Resource, prepare

__all__ = [
    "Calculation", "Duties", "DutyTotal", "GivenCalculation", "GivenPlace", "GivenProduct", "Place",
    "Product",
]  # fmt: skip


class GivenPlace(TypedDict):
    """Origin or destination in a request."""

    country: str  # two letters, ISO 3166-1
    city: NotRequired[str | None]  # at most 40 characters
    province: NotRequired[str | None]  # at most 40
    postal_code: NotRequired[str | None]  # at most 40


class GivenProduct(TypedDict):
    """Goods of one kind in a request."""

    description: str  # 3 to 64 characters
    hs_code: str  # 6 digits or more
    coo: str  # country of origin, two letters
    quantity: int  # number of units
    value: Decimal | float  # of one unit
    currency: str  # of the value, three letters


class GivenCalculation(TypedDict):
    """The goods, and where they go, in a request."""

    currency: str  # of the results, and of insurance and shipping; three letters
    origin: GivenPlace
    destination: GivenPlace
    products: Sequence[GivenProduct]  # 1 to 20
    insurance: NotRequired[Decimal | float]  # price paid for it; default 0
    shipping: NotRequired[Decimal | float]  # price paid for it; default 0


@frozen(kw_only=True, repr=False, eq=False)
class Place(Value):
    """Origin or destination of goods.

    Attributes:
        province: The province or state.
        country: The country, two letters of ISO 3166-1.
    """

    city: str | None = None
    province: str | None = None
    postal_code: kinds.Scalar | None = None
    country: str | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Product(Value):
    """Goods of one kind with their duty and tax, which are in the calculation's currency.

    Attributes:
        description: The description of the goods.
        coo: The country of origin, two letters of ISO 3166-1.
        value: The value of one unit, in ``currency``.
        currency: The currency of the value, three letters.
        duty_rate: The rate of duty, for instance 0.175 for 17.5 %.
        tax_rate: The rate of tax, in the same form.
    """

    description: str | None = None
    hs_code: kinds.Scalar | None = None
    coo: str | None = None
    quantity: int | None = None
    value: Decimal | None = None
    currency: str | None = None
    duty: Decimal | None = None
    duty_rate: Decimal | None = None
    tax: Decimal | None = None
    tax_rate: Decimal | None = None


@frozen(kw_only=True, repr=False, eq=False)
class DutyTotal(Value):
    """Duty and tax of all goods together."""

    duty: Decimal | None = None
    tax: Decimal | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Calculation(Value):
    """Duty and tax of goods, beside what they were calculated from.

    Attributes:
        currency: The currency of duty, tax, insurance and shipping, three letters.
        insurance: The price paid for insurance.
        shipping: The price paid for shipping.
    """

    total: DutyTotal | None = None
    products: tuple[Product, ...] = ()
    currency: str | None = None
    origin: Place | None = None
    destination: Place | None = None
    insurance: Decimal | None = None
    shipping: Decimal | None = None


class Duties(Resource):
    """Duties and taxes, as ``boxc.duties``."""

    __slots__ = ()

    async def calculate(self, goods: GivenCalculation) -> Calculation:
        """Returns duty and tax of goods, which need not be in a shipment.

        Kind: changing, because each request may be charged; so it is never sent twice. Scope:
        ``calculate``. Beta.

        Raises:
            PaymentError: the balance does not suffice (1080).
            ServerError: no calculation, or no deduction from the balance, is possible now (1010).
            OutcomeUnknownError: it was sent and no response settled it; it may have been charged.
        """
        prepared = prepare("POST /calculate-duty", json={"calculate": goods})
        return await self._read(Calculation, "calculate", prepared)
