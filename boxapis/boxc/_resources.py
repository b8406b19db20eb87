"""The resources of BoxC as attributes of the client; each module is imported at its first use."""

from typing import TYPE_CHECKING, Any

from boxapis._core.lazy_resource import Lazy
from boxapis.boxc._call import Caller

if TYPE_CHECKING:
    from boxapis.boxc.addresses import Addresses
    from boxapis.boxc.classify import Classify
    from boxapis.boxc.credentials import Credentials
    from boxapis.boxc.customs_products import CustomsProducts
    from boxapis.boxc.duties import Duties
    from boxapis.boxc.entry_points import EntryPoints
    from boxapis.boxc.estimates import Estimates
    from boxapis.boxc.inbound import Inbound
    from boxapis.boxc.invoices import Invoices
    from boxapis.boxc.labels import Labels
    from boxapis.boxc.manifests import Manifests
    from boxapis.boxc.oauth import OAuth
    from boxapis.boxc.orders import Orders
    from boxapis.boxc.overpacks import Overpacks
    from boxapis.boxc.products import Products
    from boxapis.boxc.reshipments import Reshipments
    from boxapis.boxc.returns import Returns
    from boxapis.boxc.shipments import Shipments
    from boxapis.boxc.shops import Shops
    from boxapis.boxc.track import Track
    from boxapis.boxc.users import Users
    from boxapis.boxc.warehouses import Warehouses
    from boxapis.boxc.webhooks import Webhooks

__all__ = ["Resources"]


def lazy(name: str) -> Any:
    """Returns a resource as an attribute; its type stands in the annotation.

    Args:
        name: Module and class, for instance ``"webhooks.Webhooks"``.
    """
    return Lazy("boxapis.boxc", name)


class Resources:
    """Base class of `BoxC` with its resources.

    Attributes:
        addresses: Validation of postal addresses; see `boxapis.boxc.addresses.Addresses`.
        classify: Suggestions of HS codes; see `boxapis.boxc.classify.Classify`.
        credentials: Carrier credentials; see `boxapis.boxc.credentials.Credentials`.
        customs_products: Regulated goods; see `boxapis.boxc.customs_products.CustomsProducts`.
        duties: Duty and tax of goods; see `boxapis.boxc.duties.Duties`.
        entry_points: Places of entry; see `boxapis.boxc.entry_points.EntryPoints`.
        estimates: Prices and transit times; see `boxapis.boxc.estimates.Estimates`.
        inbound: Shipments of products to warehouses; see `boxapis.boxc.inbound.Inbound`.
        invoices: Invoices; see `boxapis.boxc.invoices.Invoices`.
        labels: Labels of parcels; see `boxapis.boxc.labels.Labels`.
        manifests: Papers of overpacks; see `boxapis.boxc.manifests.Manifests`.
        oauth: Access to accounts of other users; see `boxapis.boxc.oauth.OAuth`.
        orders: Orders of shops; see `boxapis.boxc.orders.Orders`.
        overpacks: Sacks and pallets of parcels; see `boxapis.boxc.overpacks.Overpacks`.
        products: Products in warehouses; see `boxapis.boxc.products.Products`.
        reshipments: Returns that are sent on; see `boxapis.boxc.reshipments.Reshipments`.
        returns: Returns; see `boxapis.boxc.returns.Returns`.
        shipments: Shipments; see `boxapis.boxc.shipments.Shipments`.
        shops: Shops; see `boxapis.boxc.shops.Shops`.
        track: Tracking events; see `boxapis.boxc.track.Track`.
        users: The token's user; see `boxapis.boxc.users.Users`.
        warehouses: Warehouses; see `boxapis.boxc.warehouses.Warehouses`.
        webhooks: Webhooks; see `boxapis.boxc.webhooks.Webhooks`.
    """

    __slots__ = ()

    _caller: Caller

    addresses: "Addresses" = lazy("addresses.Addresses")
    classify: "Classify" = lazy("classify.Classify")
    credentials: "Credentials" = lazy("credentials.Credentials")
    customs_products: "CustomsProducts" = lazy("customs_products.CustomsProducts")
    duties: "Duties" = lazy("duties.Duties")
    entry_points: "EntryPoints" = lazy("entry_points.EntryPoints")
    estimates: "Estimates" = lazy("estimates.Estimates")
    inbound: "Inbound" = lazy("inbound.Inbound")
    invoices: "Invoices" = lazy("invoices.Invoices")
    labels: "Labels" = lazy("labels.Labels")
    manifests: "Manifests" = lazy("manifests.Manifests")
    oauth: "OAuth" = lazy("oauth.OAuth")
    orders: "Orders" = lazy("orders.Orders")
    overpacks: "Overpacks" = lazy("overpacks.Overpacks")
    products: "Products" = lazy("products.Products")
    reshipments: "Reshipments" = lazy("reshipments.Reshipments")
    returns: "Returns" = lazy("returns.Returns")
    shipments: "Shipments" = lazy("shipments.Shipments")
    shops: "Shops" = lazy("shops.Shops")
    track: "Track" = lazy("track.Track")
    users: "Users" = lazy("users.Users")
    warehouses: "Warehouses" = lazy("warehouses.Warehouses")
    webhooks: "Webhooks" = lazy("webhooks.Webhooks")
