"""The resource Returns: parcels that came back (https://docs.boxc.com/#tag/Returns)."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, Unpack

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Listing, PageOptions, Resource, prepare
from boxapis.boxc.parties import Warehouse

__all__ = ["ListedReturn", "Message", "Return", "ReturnFields", "ReturnStatus", "Returns"]

ReturnStatus = Literal["Processed", "Verifying", "Verified", "Reshipping", "Reshipped"] | str
"""The status of a return: one of the known words, or a newer one."""


@frozen(kw_only=True, repr=False, eq=False)
class Message(Value):
    """A message about a return.

    Attributes:
        author: Who wrote it: ``"user"``, or ``"operator"`` at the warehouse.
    """

    id: int | None = None
    author: Literal["user", "operator"] | str | None = None
    body: str | None = None
    created: datetime | None = None


@frozen(kw_only=True, repr=False, eq=False)
class ReturnFields(Value):
    """The fields of a return, whether alone or in a list.

    Attributes:
        tracking_number: The tracking number that the sender used.
        rma_number: The number of the return merchandise authorization (RMA).
        warehouse: The warehouse where it was processed; its id only.
        weight: Weight as measured, in kg.
        process_fee: The fee for its processing, in US dollars.
        verify_fee: The fee for its verification, in US dollars; 0 if there was none.
        created: Time when a warehouse processed it, in UTC.
    """

    id: int
    status: ReturnStatus | None = None
    tracking_number: kinds.Scalar | None = None
    rma_number: kinds.Scalar | None = None
    reshipment_id: int | None = None
    warehouse: Warehouse | None = None
    weight: Decimal | None = None
    process_fee: Decimal | None = None
    verify_fee: Decimal | None = None
    created: datetime | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Return(ReturnFields):
    """A return with its messages and pictures; its other fields are those of `ReturnFields`.

    Attributes:
        messages: Messages of the user and of operators, the newest first.
        images: URLs of pictures; they are removed when the return is discarded.
    """

    messages: tuple[Message, ...] = ()
    images: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False, eq=False)
class ListedReturn(ReturnFields):
    """A return in a list of returns; its other fields are those of `ReturnFields`.

    Attributes:
        messages: The number of messages.
    """

    messages: int | None = None


class Returns(Resource):
    """Returns of the token's user, as ``boxc.returns``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1120).
    """

    __slots__ = ()

    def list(
        self,
        *,
        tracking_number: str | None = None,
        status: ReturnStatus | None = None,
        **pages: Unpack[PageOptions],
    ) -> Listing[ListedReturn]:
        """Lists returns, page after page. Kind: read. Scope: ``returns``.

        Args:
            tracking_number: The tracking number; None for any.
            status: The status; None for any.
        """
        query = {"tracking_number": tracking_number, "status": status}
        return self._list(ListedReturn, "returns", "GET /returns", query, **pages)

    async def get(self, id: int) -> Return:
        """Returns one return with its messages and pictures. Kind: read. Scope: ``returns``."""
        return await self._read(Return, "return", prepare("GET /returns/{id}", id))

    async def verify(self, id: int) -> Return:
        """Asks the warehouse to open a return, take more pictures, and write messages if need be.

        Kind: changing; it costs a fee, and cannot be reversed. Scope: ``returns``. The status must
        be ``"Processed"``, and becomes ``"Verifying"``.

        Raises:
            ConflictError: the status is another one (1121).
            PaymentError: the balance does not suffice (1080), or cannot be read or charged (1081,
                1082).
            OutcomeUnknownError: it was sent and no response settled it: get the return.
        """
        body = {"return": {"status": "Verify"}}
        return await self._read(Return, "return", prepare("PUT /returns/{id}", id, json=body))

    async def discard(self, id: int) -> None:
        """Discards a return for good: neither the parcel nor its pictures can be had back.

        Kind: idempotent. Scope: ``returns``.

        Raises:
            ConflictError: it cannot be discarded (1122).
        """
        return await self._do(prepare("DELETE /returns/{id}", id))

    async def add_message(self, id: int, body: str) -> Return:
        """Adds a message of at most 200 characters to a return, for instance for its operator.

        Kind: changing. Scope: ``returns``.

        Raises:
            OutcomeUnknownError: it was sent and no response settled it: get the return.
        """
        prepared = prepare("POST /returns/{id}/messages", id, json={"message": {"body": body}})
        return await self._read(Return, "return", prepared)
