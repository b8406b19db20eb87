"""The resource Reshipments: returns sent on (https://docs.boxc.com/#tag/Reshipments)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypedDict, Unpack

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Listing, PageOptions, Resource, never_ready, prepare
from boxapis.boxc.parties import GivenParty, Party

__all__ = [
    "GivenReshipment", "ListedReshipment", "Reshipment", "ReshipmentFields", "ReshipmentStatus",
    "Reshipments",
]  # fmt: skip

ReshipmentStatus = Literal["Pending", "Declined", "Approved"] | str
"""The status of a reshipment: one of the known words, or a newer one."""


class GivenReshipment(TypedDict):
    """A new reshipment."""

    # The numbers of the returns: all in one warehouse, and "Processed", "Verifying" or "Verified".
    returns: Sequence[int]
    to: GivenParty
    contents: str  # a description for the customs, at most 60 characters
    value: Decimal | float  # the value of the contents for the customs


@frozen(kw_only=True, repr=False, eq=False)
class ReshipmentFields(Value):
    """The fields of a reshipment, whether alone or in a list.

    Attributes:
        status: ``"Pending"`` until you approve or decline the estimated fee. One that is pending or
            declined for more than 15 days is deleted by the service.
        to: The recipient.
        contents: The contents, for the customs.
        value: The value of the contents, for the customs.
        service: The carrier.
        weight: Weight as measured, in kg.
        estimated_reship_fee: The fee to approve, in US dollars, with label and packaging. It is
            known at once for one return, and given by an operator for several.
        reship_fee: The fee charged in the end, in US dollars; it may differ from the estimate.
    """

    id: int
    status: ReshipmentStatus | None = None
    to: Party | None = None
    contents: str | None = None
    value: Decimal | None = None
    service: str | None = None
    tracking_number: kinds.Scalar | None = None
    weight: Decimal | None = None
    estimated_reship_fee: Decimal | None = None
    reship_fee: Decimal | None = None
    created: datetime | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Reshipment(ReshipmentFields):
    """A reshipment with its returns; its other fields are those of `ReshipmentFields`.

    Attributes:
        returns: The numbers of the returns in it.
    """

    returns: tuple[int, ...] = ()


@frozen(kw_only=True, repr=False, eq=False)
class ListedReshipment(ReshipmentFields):
    """A reshipment in a list; its other fields are those of `ReshipmentFields`.

    Attributes:
        returns: The number of returns in it.
    """

    returns: int | None = None


_GET = "GET /reshipments/{id}"


class Reshipments(Resource):
    """Reshipments of the token's user, as ``boxc.reshipments``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1140).
    """

    __slots__ = ()

    def list(self, **pages: Unpack[PageOptions]) -> Listing[ListedReshipment]:
        """Lists all reshipments, page after page. Kind: read. Scope: ``returns``."""
        return self._list(ListedReshipment, "reshipments", "GET /reshipments", **pages)

    async def get(self, id: int) -> Reshipment:
        """Returns one reshipment. Kind: read. Scope: ``returns``."""
        return await self._read(Reshipment, "reshipment", prepare(_GET, id))

    async def create(self, reshipment: GivenReshipment) -> Reshipment:
        """Asks for the fee of sending returns on; nothing is sent or charged before `approve`.

        Kind: changing. Scope: ``returns``. The status of its returns becomes ``"Reshipping"``.

        Raises:
            ConflictError: one or more returns cannot be reshipped (1143, 1144).
            ValidationError: the service does not accept a field (1000), or the returns are in
                several warehouses (1145).
            OutcomeUnknownError: it was sent and no response settled it: list the reshipments.
        """
        prepared = prepare("POST /reshipments", json={"reshipment": reshipment})
        return await self._read(Reshipment, "reshipment", prepared)

    async def wait(self, id: int, *, deadline: float) -> Reshipment:
        """Returns a reshipment as soon as its fee is estimated, to approve or decline. Kind: read.

        For one return the estimate is there at once; for several an operator gives it, which may
        take longer than a program should wait. It looks as `boxc.labels.wait` does. Scope:
        ``returns``.

        Estimated is one whose ``estimated_reship_fee`` is neither None nor 0, the default of the
        service's description: a reshipment remains pending "until the `estimated_reship_fee` is
        populated". Whether a fee may be 0 in the end, no source says.

        Args:
            deadline: Seconds for the whole wait, 0.01 or more.

        Raises:
            ConfigurationError: the deadline is no such number. Nothing was sent.
            ConflictError: it is declined, and has no estimate; without a ``code``, since the
                service did not refuse anything.
            WaitTimeoutError: there was none by then; ``value`` is the reshipment as last seen.
            BoxAPIError: a look failed and waiting would not help.
        """
        return await self._wait(_GET, id, _is_estimated, deadline)

    async def approve(self, id: int) -> Reshipment:
        """Accepts the estimated fee: the returns are sent, and the account is charged.

        Kind: changing. Scope: ``returns``. What is approved cannot be deleted.

        Raises:
            ConflictError: it cannot be updated (1141).
            PaymentError: the balance does not suffice (1080), or cannot be read (1081).
            OutcomeUnknownError: it was sent and no response settled it: get the reshipment.
        """
        return await self._answer_estimate(id, "Approved")

    async def decline(self, id: int) -> Reshipment:
        """Declines the estimated fee: the returns are not sent.

        Kind: changing. Scope: ``returns``.

        Raises:
            ConflictError: it cannot be updated (1141).
            OutcomeUnknownError: it was sent and no response settled it: get the reshipment.
        """
        return await self._answer_estimate(id, "Declined")

    async def delete(self, id: int) -> None:
        """Deletes a reshipment that has not been approved.

        Kind: idempotent. Scope: ``returns``.

        Raises:
            ConflictError: it cannot be deleted (1142).
            ServerError: it cannot be deleted because of a failure (1142).
        """
        return await self._do(prepare("DELETE /reshipments/{id}", id))

    async def _answer_estimate(self, id: int, status: str) -> Reshipment:
        prepared = prepare("PUT /reshipments/{id}", id, json={"reshipment": {"status": status}})
        return await self._read(Reshipment, "reshipment", prepared)


def _is_estimated(reshipment: Reshipment) -> bool:
    if reshipment.estimated_reship_fee:
        return True
    if reshipment.status == "Declined":
        raise never_ready(_GET, "the reshipment is declined")
    return False
