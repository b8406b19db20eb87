"""The resource Products: goods and their SKUs (https://docs.boxc.com/#tag/Products)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, NotRequired, TypedDict, Unpack

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value
from boxapis.boxc._resource import PDF, Listing, PageOptions, Resource, given, prepare
from boxapis.boxc.parties import Warehouse

__all__ = [
    "SKU", "GivenHSCode", "GivenLocalDescription", "GivenProduct", "HSCode", "Product", "Products",
]  # fmt: skip


class GivenHSCode(TypedDict):
    """A tariff number with its country, in a request."""

    country: str  # two letters, ISO 3166-1
    hs_code: str  # 8 to 12 digits


class GivenLocalDescription(TypedDict):
    """A description with its language, in a request."""

    description: str  # at most 64 characters
    language_code: str  # the warehouse's language, ISO 639-1


class GivenProduct(TypedDict):
    """A product in a request."""

    coo: str  # the country of origin, two letters of ISO 3166-1
    description: str  # at most 64 characters
    name: str  # 3 to 64 characters
    value: Decimal | float  # the retail value, in US dollars
    barcode: NotRequired[str | None]  # at most 32 characters; by default the product's number
    cost: NotRequired[Decimal | float]  # in US dollars, for insurance claims; by default 0
    dg_code: NotRequired[str]  # required for dangerous goods, such as lithium batteries
    hs_codes: NotRequired[Sequence[GivenHSCode]]  # an update removes those that are not in it
    # Required once the product is in a warehouse, in that warehouse's language.
    local_descriptions: NotRequired[Sequence[GivenLocalDescription]]
    supplier: NotRequired[str | None]  # the manufacturer's code, at most 32 characters
    url: NotRequired[str]  # the page where it is sold, at most 128 characters


@frozen(kw_only=True, repr=False, eq=False)
class HSCode(Value):
    """The tariff number of a product in one country.

    Attributes:
        country: The country, two letters of ISO 3166-1.
    """

    country: str | None = None
    hs_code: kinds.Scalar | None = None


@frozen(kw_only=True, repr=False, eq=False)
class SKU(Value):
    """The name of a product in one shop (stock keeping unit).

    Attributes:
        sku: The name.
        active: Whether orders can have it; one for each product and shop can be active.
    """

    sku: kinds.Scalar | None = None
    shop_id: str | None = None
    active: bool | None = None


@frozen(kw_only=True, repr=False, eq=False)
class Product(Value):
    """A product.

    Attributes:
        skus: The SKUs of the product; empty in a list of products.
        barcode: The barcode: UPC, EAN, ISBN or the like, or the product's number.
        is_packaging: Whether it is packaging of a warehouse; absent in a list of products.
        quantity: The number of pieces in all warehouses.
        backordered: The number of pieces that orders wait for.
        warehouses: The warehouses that store it; present for a single product only.
        value: The retail value, in US dollars.
        cost: The cost, in US dollars.
        coo: The country of origin, two letters of ISO 3166-1.
        dg_code: The code of dangerous goods.
        supplier: The manufacturer's code.
        url: The page where it is sold; present in a list of products only.
        weight: Weight as a warehouse measured it, in kg.
        height: Height as a warehouse measured it, in cm, as are length and width.
    """

    id: int
    name: str | None = None
    description: str | None = None
    skus: tuple[SKU, ...] = ()
    barcode: kinds.Scalar | None = None
    is_packaging: bool | None = None
    quantity: int | None = None
    backordered: int | None = None
    warehouses: tuple[Warehouse, ...] = ()
    value: Decimal | None = None
    cost: Decimal | None = None
    coo: str | None = None
    hs_codes: tuple[HSCode, ...] = ()
    dg_code: kinds.Scalar | None = None
    supplier: kinds.Scalar | None = None
    url: str | None = None
    weight: Decimal | None = None
    height: Decimal | None = None
    length: Decimal | None = None
    width: Decimal | None = None
    created: datetime | None = None


class Products(Resource):
    """Products of the token's user, as ``boxc.products``.

    For an ``id`` that is not there, or not yours, methods raise `NotFoundError` (1332).
    """

    __slots__ = ()

    def list(
        self,
        *,
        name: str | None = None,
        shop_id: str | None = None,
        sku: str | None = None,
        sort: Literal["id", "name", "backordered", "quantity"] | None = None,
        **pages: Unpack[PageOptions],
    ) -> Listing[Product]:
        """Lists products, page after page. Kind: read. Scope: ``read_products``.

        Args:
            name: A part of the name.
            shop_id: The id of a shop: only products with a SKU there.
            sort: What to sort by; the service's default is ``"id"``.
        """
        query = {"name": name, "shop.id": shop_id, "sku": sku, "sort": sort}
        return self._list(Product, "products", "GET /products", query, **pages)

    async def get(self, id: int) -> Product:
        """Returns one product with its SKUs. Kind: read. Scope: ``read_products``."""
        return await self._read(Product, "product", prepare("GET /products/{id}", id))

    async def pdf(
        self,
        id: int,
        *,
        height: Decimal | float | None = None,
        width: Decimal | float | None = None,
    ) -> bytes:
        """Returns the product's barcode to print, as PDF. Kind: read. Scope: ``read_products``.

        Args:
            height: Height, in inches, 0.5 to 4; the service's default is 1.
            width: Width, in inches, 0.5 to 4; the service's default is 2.
        """
        size = {"height": height, "width": width}
        return await self._read_file(prepare("GET /products/{id}", id, params=size, accept=PDF))

    async def create(self, product: GivenProduct) -> Product:
        """Creates a product; orders need a SKU of it, see `add_sku`.

        Kind: changing. Scope: ``write_products``.

        Raises:
            OutcomeUnknownError: it was sent and no response settled it: list the products by name.
        """
        body = {"product": product}
        return await self._read(Product, "product", prepare("POST /products", json=body))

    async def update(self, id: int, product: GivenProduct) -> Product:
        """Replaces a product; tariff numbers that are not in ``hs_codes`` are removed.

        Kind: idempotent. Scope: ``write_products``.

        Raises:
            ConflictError: only BoxC's support can change the barcode (1338).
        """
        body = {"product": product}
        return await self._read(Product, "product", prepare("PUT /products/{id}", id, json=body))

    async def delete(self, id: int) -> None:
        """Deletes a product that no order uses. Kind: idempotent. Scope: ``write_products``.

        Raises:
            ConflictError: it is used (1333).
            ServerError: it cannot be deleted (1333).
        """
        return await self._do(prepare("DELETE /products/{id}", id))

    async def add_sku(
        self, id: int, shop_id: str, sku: str, *, active: bool | None = None
    ) -> Product:
        """Adds a SKU to a product. Kind: changing. Scope: ``write_products``.

        Args:
            shop_id: The id of the shop; the SKU stays there.
            sku: The SKU, 3 to 32 letters, digits, blanks, ``-``, ``_`` and ``/``.
            active: Whether orders can have it; the service's default is true.

        Raises:
            ConflictError: the SKU is in use in this shop (1334), or another SKU of the product is
                active there (1337).
            NotFoundError: there is no such product (1332) or shop (1370), or it is not yours.
            OutcomeUnknownError: it was sent and no response settled it: get the product.
        """
        body = {"sku": given(shop_id=shop_id, sku=sku, active=active)}
        return await self._read(
            Product, "product", prepare("POST /products/{id}/skus", id, json=body)
        )

    async def update_sku(
        self, id: int, shop_id: str, sku: str, *, active: bool, new_sku: str | None = None
    ) -> Product:
        """Activates, deactivates or renames a SKU. Kind: idempotent. Scope: ``write_products``.

        Args:
            sku: The SKU as it is.
            active: Whether orders can have it. It is always sent, because the service may require
                it, and its default is true.
            new_sku: The new name of the SKU, as for `add_sku`; None leaves it as it is.

        Raises:
            ConflictError: the new SKU is in use in this shop (1334), or another SKU of the product
                is active there (1337).
            NotFoundError: there is no such SKU (1330), product (1332) or shop (1370), or it is not
                yours.
        """
        body = {"sku": given(sku=new_sku, active=active)}
        operation = "PUT /products/{id}/shop/{shopId}/sku/{sku}"
        return await self._read(Product, "product", prepare(operation, id, shop_id, sku, json=body))

    async def delete_sku(self, id: int, shop_id: str, sku: str) -> None:
        """Deletes a SKU that no order uses. Kind: idempotent. Scope: ``write_products``.

        Raises:
            ConflictError: it cannot be deleted (1335).
            NotFoundError: there is no such SKU (1330) or product (1332), or it is not yours.
        """
        operation = "DELETE /products/{id}/shop/{shopId}/sku/{sku}"
        return await self._do(prepare(operation, id, shop_id, sku))
