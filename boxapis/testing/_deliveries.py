"""Sample deliveries of webhooks: the manual's payload of each topic, changed and signed.

Promises: `boxapis.boxc.webhooks.verify` takes them as it takes the service's own, byte for byte as
PHP writes JSON. Samples: https://docs.boxc.com/#tag/Webhooks.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from boxapis._sansio import shapes
from boxapis.boxc import webhooks
from boxapis.errors import ConfigurationError
from boxapis.secret import Secret, seal

__all__ = ["SAMPLES", "SampleDelivery", "delivery"]

_NUMBER = "9261290185965500000103"
_FULFILLMENT = {
    "id": 619231,
    "order_id": 600001,
    "service": "BoxC Parcel",
    "shipment_id": 1521231,
    "shop": {"id": "my-test-shop", "order_id": "#1002"},
    "warehouse_id": "WH0HKG01",
}
SAMPLES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "fulfillments_complete": ("fulfillment", {
        **_FULFILLMENT,
        "line_items": [{"product_id": 121000, "quantity": 2, "sku": "MYSKU123"}],
        "tracking_number": None,
        "tracking_url": None,
    }),
    "fulfillments_update": ("fulfillment", {
        **_FULFILLMENT,
        "tracking_number": _NUMBER,
        "tracking_url": f"https://track.boxc.com/?id={_NUMBER}",
    }),
    "manifests_complete": ("manifest", {
        "created": "2022-08-02 12:12:12", "entry_point": "LAXI01", "exit_point": "SYD",
        "id": 909447, "forms": ["Toll_IPEC.pdf"], "mawb_id": None,
        "overpacks": [{
            "carrier": "Toll", "created": "2021-08-01 00:26:05", "height": 10, "id": 1002730,
            "length": 10, "service": "BoxC Parcel", "terms": "DDU", "type86": False, "weight": 5,
            "width": 10,
        }],
        "total_shipments": 4, "warehouse_no": "02599225803",
    }),
    "orders_status": ("order", {
        "created": "2020-02-27 12:12:12", "id": 1831488,
        "line_items": [{"product_id": 123456, "sku": "sku123", "quantity": 1}],
        "placed_at": "2020-02-27 15:15:15", "service": "BoxC Priority", "status": "Exception",
        "shipping_address": {
            "company_name": None, "phone": None, "email": None, "name": "John Smith",
            "street1": "555 5TH AVE", "street2": None, "city": "NEW YORK", "province": "NY",
            "postal_code": "10001", "country": "US",
        },
        "shop": {"id": "my-test-shop", "order_id": "123456"},
    }),
    "shipments_label": ("shipment", {
        "carrier": "Janio", "content_type": "application/pdf",
        "data": "aHR0cHM6Ly93d3cueW91dHViZS5jb20vd2F0Y2g/dj1kUXc0dzlXZ1hjUQ==",
        "id": 1521231, "tracking_number": _NUMBER,
    }),
    "shipments_status": ("shipment", {
        "chargeable_weight": 0.4, "comments": ["Order123456"], "entry_point": "TEST01",
        "event": {
            "carrier": "USPS", "code": 200, "city": "AUSTIN", "province": "TX",
            "postal_code": "78701", "country": "US", "time": "2019-10-10 12:12:12",
            "longitude": None, "latitude": None,
        },
        "exit_point": "DFW", "gross_weight": 0.235, "id": 1521231,
        "images": {"pod": [], "scans": []}, "order_number": None, "service": "BoxC Parcel",
        "status": "Delivered", "tracking_number": _NUMBER, "volumetric_weight": 0.4,
    }),
}  # fmt: skip
"""The key and the fields of each topic's payload, as the manual shows them."""


@frozen(kw_only=True)
class SampleDelivery:
    """The request that BoxC would post for an event.

    Attributes:
        body: The bytes of the body.
        headers: The headers, with the signature.
    """

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=shapes.names_only)


def delivery(
    topic: webhooks.Topic, *, key: str | Secret, account: str = "9512", **changes: object
) -> SampleDelivery:
    """Makes a signed sample delivery, for tests of a receiver.

    Args:
        topic: One of the six topics.
        key: The key to sign with.
        account: The id of the user concerned.
        changes: Fields below the payload's key that replace those of the manual's sample, as JSON
            has them, or that come in addition; bytes are sent in Base64, for a label's ``data``.

    Raises:
        ConfigurationError: there is no sample of the topic, the key is empty or no text, or a
            change is nothing that JSON has.
    """
    sealed = seal(key)
    del key
    if topic not in SAMPLES:
        raise ConfigurationError(f"the topics with a sample are {', '.join(SAMPLES)}")
    name, fields = SAMPLES[topic]
    payload = {name: {**fields, **changes}}
    try:
        text = json.dumps(payload, separators=(",", ":"), allow_nan=False, default=_base64)
    except (TypeError, ValueError, RecursionError):
        text = ""
    if not text:
        raise ConfigurationError("a change of the sample is nothing that JSON has")
    body = text.replace("/", "\\/").encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "BoxC/1.0 Webhook",
        "X-BoxC-Hmac-SHA256": webhooks.sign(body, sealed or ""),
        "X-BoxC-Topic": topic,
        "X-BoxC-Account": account,
    }
    return SampleDelivery(body=body, headers=headers)


def _base64(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError
    return base64.b64encode(value).decode()
