"""The resource Warehouses: places that fulfil (https://docs.boxc.com/#tag/Warehouses)."""

from boxapis.boxc._resource import Resource, prepare
from boxapis.boxc.parties import Storage, Warehouse

__all__ = ["Storage", "Warehouse", "Warehouses"]


class Warehouses(Resource):
    """Warehouses of BoxC, as ``boxc.warehouses``."""

    __slots__ = ()

    async def list(self) -> tuple[Warehouse, ...]:
        """Returns all active warehouses, with their costs of storage.

        Kind: read. Scope: none.
        """
        return await self._read_all(Warehouse, "warehouses", prepare("GET /warehouses"))

    async def get(self, id: str) -> Warehouse:
        """Returns one warehouse, without its costs of storage. Kind: read. Scope: none.

        Args:
            id: The id, eight letters and digits, for instance ``"WH0SZ001"``.

        Raises:
            NotFoundError: there is none with this id (1360).
        """
        return await self._read(Warehouse, "warehouse", prepare("GET /warehouses/{id}", id))
