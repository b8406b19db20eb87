"""The resource Invoices: what BoxC bills each week.

Manual: https://docs.boxc.com/#tag/Invoices.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from attrs import frozen

from boxapis._sansio.value import Value
from boxapis.boxc._resource import PDF, Listing, Resource, prepare

__all__ = ["Invoice", "Invoices"]


@frozen(kw_only=True, repr=False, eq=False)
class Invoice(Value):
    """An invoice of all transactions between two dates, in one currency.

    Attributes:
        id: The number of the invoice.
        name: The name, for instance ``"2024-W34"``; invoices in several currencies share one.
        total: The amount billed, in ``currency``.
        currency: The code of the currency, three letters.
        start_date: The first day in UTC, ``YYYY-MM-DD``.
        end_date: The last day in UTC, ``YYYY-MM-DD``.
        created: Time of creation, in UTC.
    """

    id: int
    name: str | None = None
    total: Decimal | None = None
    currency: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    created: datetime | None = None


class Invoices(Resource):
    """Invoices of the token's user, as ``boxc.invoices``."""

    __slots__ = ()

    def list(
        self,
        *,
        limit: int | None = None,
        order: Literal["asc", "desc"] | None = None,
        page_token: str | None = None,
    ) -> Listing[Invoice]:
        """Lists all invoices, page after page. Kind: read. Scope: ``billing``.

        Args:
            limit: Invoices per page, 50 to 100; the service's default is 50.
            order: ``"asc"``, or ``"desc"``, the service's default.
            page_token: The page to start with, for instance an error's ``resume_token``.
        """
        query = {"limit": limit, "order": order, "page_token": page_token}
        return self._list(Invoice, "invoices", "GET /invoices", query)

    async def get(self, id: int) -> Invoice:
        """Returns one invoice. Kind: read. Scope: ``billing``.

        Raises:
            NotFoundError: there is none with this id, or it is not yours (1090).
            BoxAPIError: see `boxapis.errors`.
        """
        return await self._read(Invoice, "invoice", prepare("GET /invoices/{id}", id))

    async def pdf(self, id: int) -> bytes:
        """Returns invoice and receipt, as PDF. Kind: read. Scope: ``billing``.

        Invoices before 2021-10-31 have no PDF.

        Raises:
            NotFoundError: there is none with this id, or it is not yours (1090).
            BoxAPIError: see `boxapis.errors`.
        """
        return await self._read_file(prepare("GET /invoices/{id}", id, accept=PDF))
