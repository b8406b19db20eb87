"""The resources of BoxC as attributes of the client; each module is imported at its first use."""

from typing import TYPE_CHECKING

from boxapis.boxc._call import Caller
from boxapis.boxc._resource import lazy

if TYPE_CHECKING:
    from boxapis.boxc.credentials import Credentials
    from boxapis.boxc.labels import Labels
    from boxapis.boxc.overpacks import Overpacks
    from boxapis.boxc.webhooks import Webhooks

__all__ = ["Resources"]


class Resources:
    """Base class of `BoxC` with its resources.

    Attributes:
        credentials: Carrier credentials; see `boxapis.boxc.credentials.Credentials`.
        labels: Labels of parcels; see `boxapis.boxc.labels.Labels`.
        overpacks: Sacks and pallets of parcels; see `boxapis.boxc.overpacks.Overpacks`.
        webhooks: Webhooks; see `boxapis.boxc.webhooks.Webhooks`.
    """

    __slots__ = ()

    _caller: Caller

    credentials: "Credentials" = lazy("credentials.Credentials")
    labels: "Labels" = lazy("labels.Labels")
    overpacks: "Overpacks" = lazy("overpacks.Overpacks")
    webhooks: "Webhooks" = lazy("webhooks.Webhooks")
