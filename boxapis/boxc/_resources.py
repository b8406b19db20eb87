"""The resources of BoxC as attributes of the client; each module is imported at its first use."""

from typing import TYPE_CHECKING

from boxapis.boxc._call import Caller
from boxapis.boxc._resource import lazy

if TYPE_CHECKING:
    from boxapis.boxc.credentials import Credentials
    from boxapis.boxc.customs_products import CustomsProducts
    from boxapis.boxc.duties import Duties
    from boxapis.boxc.estimates import Estimates
    from boxapis.boxc.labels import Labels
    from boxapis.boxc.manifests import Manifests
    from boxapis.boxc.orders import Orders
    from boxapis.boxc.overpacks import Overpacks
    from boxapis.boxc.products import Products
    from boxapis.boxc.shipments import Shipments
    from boxapis.boxc.shops import Shops
    from boxapis.boxc.track import Track
    from boxapis.boxc.webhooks import Webhooks

__all__ = ["Resources"]


class Resources:
    """Base class of `BoxC` with its resources.

    Attributes:
        credentials: Carrier credentials; see `boxapis.boxc.credentials.Credentials`.
        customs_products: Regulated goods; see `boxapis.boxc.customs_products.CustomsProducts`.
        duties: Duty and tax of goods; see `boxapis.boxc.duties.Duties`.
        estimates: Prices and transit times; see `boxapis.boxc.estimates.Estimates`.
        labels: Labels of parcels; see `boxapis.boxc.labels.Labels`.
        manifests: Papers of overpacks; see `boxapis.boxc.manifests.Manifests`.
        orders: Orders of shops; see `boxapis.boxc.orders.Orders`.
        overpacks: Sacks and pallets of parcels; see `boxapis.boxc.overpacks.Overpacks`.
        products: Products in warehouses; see `boxapis.boxc.products.Products`.
        shipments: Shipments; see `boxapis.boxc.shipments.Shipments`.
        shops: Shops; see `boxapis.boxc.shops.Shops`.
        track: Tracking events; see `boxapis.boxc.track.Track`.
        webhooks: Webhooks; see `boxapis.boxc.webhooks.Webhooks`.
    """

    __slots__ = ()

    _caller: Caller

    credentials: "Credentials" = lazy("credentials.Credentials")
    customs_products: "CustomsProducts" = lazy("customs_products.CustomsProducts")
    duties: "Duties" = lazy("duties.Duties")
    estimates: "Estimates" = lazy("estimates.Estimates")
    labels: "Labels" = lazy("labels.Labels")
    manifests: "Manifests" = lazy("manifests.Manifests")
    orders: "Orders" = lazy("orders.Orders")
    overpacks: "Overpacks" = lazy("overpacks.Overpacks")
    products: "Products" = lazy("products.Products")
    shipments: "Shipments" = lazy("shipments.Shipments")
    shops: "Shops" = lazy("shops.Shops")
    track: "Track" = lazy("track.Track")
    webhooks: "Webhooks" = lazy("webhooks.Webhooks")
