"""The resource Invoices: what BoxC bills each week (https://docs.boxc.com/#tag/Invoices)."""

from datetime import datetime
from decimal import Decimal
from typing import Unpack

from attrs import frozen

from boxapis._sansio.value import Value
from boxapis.boxc._resource import PDF, Listing, PageOptions, Resource, prepare

__all__ = ["Invoice", "Invoices"]


@frozen(kw_only=True, repr=False, eq=False)
class Invoice(Value):
    """An invoice of all transactions between two dates, in one currency.

    Attributes:
        name: The name, for instance ``"2024-W34"``; invoices in several currencies share one.
        total: The amount billed, in ``currency``.
        currency: The code of the currency, three letters.
        start_date: The first day in UTC, ``YYYY-MM-DD``.
        end_date: The last day in UTC, ``YYYY-MM-DD``.
    """

    id: int
    name: str | None = None
    total: Decimal | None = None
    currency: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    created: datetime | None = None


class Invoices(Resource):
    """Invoices of the token's user, as ``boxc.invoices``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1090).
    """

    __slots__ = ()

    def list(self, **pages: Unpack[PageOptions]) -> Listing[Invoice]:
        """Lists all invoices, page after page. Kind: read. Scope: ``billing``."""
        return self._list(Invoice, "invoices", "GET /invoices", **pages)

    async def get(self, id: int) -> Invoice:
        """Returns one invoice. Kind: read. Scope: ``billing``."""
        return await self._read(Invoice, "invoice", prepare("GET /invoices/{id}", id))

    async def pdf(self, id: int) -> bytes:
        """Returns invoice and receipt, as PDF. Kind: read. Scope: ``billing``.

        Invoices before 2021-10-31 have no PDF.
        """
        return await self._read_file(prepare("GET /invoices/{id}", id, accept=PDF))
