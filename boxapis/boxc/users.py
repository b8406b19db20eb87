"""The resource Users: the token's user, and balances (https://docs.boxc.com/#tag/Users)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal, NotRequired, TypedDict

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Resource, prepare
from boxapis.boxc.parties import Party

__all__ = ["GivenUserAddress", "Subscription", "User", "Users"]


class GivenUserAddress(TypedDict):
    """The address of a user or company in a request."""

    company_name: str  # at most 40 characters
    street1: str  # at most 50
    city: str  # at most 40
    country: str  # two letters, ISO 3166-1
    street2: NotRequired[str | None]  # at most 50
    province: NotRequired[str | None]  # at most 40; some countries require it
    postal_code: NotRequired[str | None]  # at most 10; some countries require it


@frozen(kw_only=True, repr=False, eq=False)
class Subscription(Value):
    """A payment at regular times, which the token's OAuth client has set up.

    It is renewed until the user cancels it or lacks the funds, and is gone after the end of its
    last period.

    Attributes:
        id: The id of the subscription, for instance ``"sub_578d2a6bb75be"``.
        application: The name of the application that set it up.
        status: ``"active"``, or ``"cancelled"``: not renewed after the period.
        amount: The amount charged at the start of each period.
        currency: The currency of the amount, always ``"USD"``.
        interval: The length of a period, always ``"monthly"``.
    """

    id: kinds.Scalar | None = None
    name: str | None = None
    application: str | None = None
    status: Literal["active", "cancelled"] | str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    interval: str | None = None
    current_period_start: datetime | None = None
    current_period_end: datetime | None = None
    cancelled_at: datetime | None = None
    created: datetime | None = None


@frozen(kw_only=True, repr=False, eq=False)
class User(Value):
    """A user of BoxC.

    Attributes:
        address: The address of user or company, which need not be that of the consignor; a name
            stands in ``company_name``.
        balances: The balance in each currency, by the currency's code; less than 0 is owed.
        credit_limits: The credit limit in each currency, by the currency's code.
        balance: The balance in US dollars; deprecated by the service.
        subscriptions: The subscriptions of the token's OAuth client.
        timezone: The time zone by its name in the tz database, for instance ``"UTC"``.
    """

    id: int
    first_name: str | None = None
    last_name: str | None = None
    address: Party | None = None
    balances: Mapping[str, Decimal] | None = None
    credit_limits: Mapping[str, Decimal] | None = None
    balance: Decimal | None = None
    subscriptions: tuple[Subscription, ...] = ()
    timezone: str | None = None


class Users(Resource):
    """The token's user, as ``boxc.users``."""

    __slots__ = ()

    async def me(self) -> User:
        """Returns the token's user. Kind: read. Scope: ``openid profile email``, all three.

        Raises:
            NotFoundError: there is no such user.
        """
        return await self._read(User, "user", prepare("GET /users/me"))

    async def update(self, address: GivenUserAddress) -> User:
        """Replaces the whole address of the token's user; nothing else about a user can change.

        Kind: idempotent. Scope: ``openid profile email``, all three.
        """
        prepared = prepare("PUT /users/me", json={"user": {"address": address}})
        return await self._read(User, "user", prepared)
