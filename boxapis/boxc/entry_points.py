"""The resource Entry Points: where BoxC takes in (https://docs.boxc.com/#tag/EntryPoints)."""

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import Resource, prepare

__all__ = ["EntryPoint", "EntryPoints"]


@frozen(kw_only=True, repr=False, eq=False)
class EntryPoint(Value):
    """A place where shipments are handed in; it decides about rates and routes.

    Attributes:
        id: The id that shipments give as ``entry_point``, six letters and digits.
        name: The name that deliveries are addressed to.
        delivery_address: The address in several lines, as is usual in its country.
        address: The address in several lines; deprecated by the service.
        province: The code of the province.
        country: The country, two letters of ISO 3166-1.
        notes: More about contact and delivery.
    """

    id: str
    name: str | None = None
    delivery_address: str | None = None
    address: str | None = None
    street1: str | None = None
    street2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: kinds.Scalar | None = None
    country: str | None = None
    notes: str | None = None


class EntryPoints(Resource):
    """Entry points of BoxC, as ``boxc.entry_points``."""

    __slots__ = ()

    async def list(self) -> tuple[EntryPoint, ...]:
        """Returns all active entry points; they change from time to time.

        Kind: read. Scope: none.
        """
        return await self._read_all(EntryPoint, "entry_points", prepare("GET /entry-points"))

    async def get(self, id: str) -> EntryPoint:
        """Returns an entry point by its id, six letters and digits. Kind: read. Scope: none.

        Raises:
            NotFoundError: there is none with this id (1040).
        """
        return await self._read(EntryPoint, "entry_point", prepare("GET /entry-points/{id}", id))
