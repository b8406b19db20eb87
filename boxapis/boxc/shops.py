"""The resource Shops: shops with orders to fulfil (https://docs.boxc.com/#tag/Shops)."""

from datetime import datetime
from typing import Literal

from attrs import frozen

from boxapis._sansio.value import Value
from boxapis.boxc._resource import Listing, Resource, given, prepare

__all__ = ["Shop", "ShopSettings", "Shops"]


@frozen(kw_only=True, repr=False, eq=False)
class ShopSettings(Value):
    """The settings of a shop.

    Attributes:
        delay_processing: Hours that an order waits before it is packed.
    """

    delay_processing: int | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Shop(Value):
    """A shop.

    Attributes:
        id: The id that the shop was created with.
        active: Whether orders of a third-party shop are imported; of no effect for other shops.
        type: The type of the shop; deprecated by the service.
    """

    id: str
    name: str | None = None
    active: bool | None = None
    settings: ShopSettings | None = None
    type: Literal["BoxC"] | str | None = None
    created: datetime | None = None


class Shops(Resource):
    """Shops of the token's user, as ``boxc.shops``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1370).
    """

    __slots__ = ()

    def list(
        self, *, name: str | None = None, limit: int | None = None, page_token: str | None = None
    ) -> Listing[Shop]:
        """Lists shops, page after page. Kind: read. Scope: ``read_shops``.

        Args:
            name: A part of the name; None for all shops.
            limit: Shops per page, at most 100; the service's default is 50.
            page_token: The page to start with, for instance an error's ``resume_token``.
        """
        query = {"name": name, "limit": limit, "page_token": page_token}
        return self._list(Shop, "shops", "GET /shops", query)

    async def get(self, id: str) -> Shop:
        """Returns one shop. Kind: read. Scope: ``read_shops``."""
        return await self._read(Shop, "shop", prepare("GET /shops/{id}", id))

    async def create(
        self, id: str, name: str, *, active: bool | None = None, delay_processing: int | None = None
    ) -> Shop:
        """Creates a shop. Kind: changing. Scope: ``write_shops``.

        Args:
            id: An id of your choice, 3 to 32 letters, digits, ``-`` and ``_``. It is unique, and
                cannot be changed.
            name: The name, 3 to 32 characters.
            active: Whether orders of a third-party shop are imported; the service's default is
                true.
            delay_processing: Hours that an order waits before it is packed, at most 240; the
                service's default is 0.

        Raises:
            ConflictError: the id is in use (1373).
            ServerError: the shop cannot be created (1372).
            OutcomeUnknownError: it was sent and no response settled it: get the shop by its id.
        """
        settings = given(delay_processing=delay_processing) or None
        body = {"shop": given(id=id, name=name, active=active, settings=settings)}
        return await self._read(Shop, "shop", prepare("POST /shops", json=body))

    async def update(
        self,
        id: str,
        *,
        name: str | None = None,
        active: bool | None = None,
        delay_processing: int | None = None,
    ) -> Shop:
        """Changes a shop. Kind: idempotent. Scope: ``write_shops``.

        Args:
            name: The new name, as for `create`; None does not send it.
            active: Whether orders are imported, as for `create`; None does not send it.
            delay_processing: Hours, as for `create`; None does not send it.
        """
        settings = given(delay_processing=delay_processing) or None
        body = {"shop": given(name=name, active=active, settings=settings)}
        return await self._read(Shop, "shop", prepare("PUT /shops/{id}", id, json=body))

    async def delete(self, id: str) -> None:
        """Deletes a shop without orders and SKUs. Kind: idempotent. Scope: ``write_shops``.

        Raises:
            ConflictError: it cannot be deleted, because it has orders or SKUs (1371).
        """
        return await self._do(prepare("DELETE /shops/{id}", id))
