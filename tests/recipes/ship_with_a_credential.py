"""From nothing to a printed label: a credential, a shipment that names it, a PDF.

Copy it, install ``boxapis``, and run ``python ship_with_a_credential.py`` with the variables that
``boxapis sandbox`` prints, or your own.

A shipment names its credential by ``credentials_id``; the secrets are not sent again. Without that
credential, for instance after it was deleted, the shipment is refused with code 1450.
If only the label fails, the shipment is stored, and ``shipment.errors`` has the reason. A shipment
is sent once: after an `OutcomeUnknownError`, search with ``shipments.find`` before another one.
"""

import asyncio
import sys
from pathlib import Path

from boxapis import BoxAPIError, BoxC


async def main() -> None:
    """Stores a credential, ships with it, and stores the label as a PDF."""
    async with BoxC.from_env() as boxc:
        secrets = {"client_id": "id", "client_secret": "secret"}
        credential = await boxc.credentials.create("DHLeC", secrets)
        shipment = await boxc.shipments.create(
            {
                "credentials_id": credential.id,
                "carrier": credential.carrier,
                "service": "BoxC Parcel",
                "entry_point": "TEST01",
                "order_number": "A-1001",
                "consignor": {
                    "name": "Sandbox Ltd",
                    "phone": "555-0100",
                    "street1": "1 Example Road",
                    "city": "Hong Kong",
                    "country": "HK",
                },
                "to": {
                    "name": "Jo Example",
                    "street1": "5 Example Avenue",
                    "city": "Wylie",
                    "province": "TX",
                    "postal_code": "75098",
                    "country": "US",
                },
                "line_items": [
                    {
                        "description": "Phone case",
                        "origin_description": "手机外壳",
                        "coo": "CN",
                        "quantity": 1,
                        "value": 9.95,
                        "currency": "USD",
                        "weight": 0.276,
                    }
                ],
                "weight": 0.4,
                "test": True,
                "create_label": True,
            }
        )
        pdf = await boxc.labels.pdf(shipment.labels[0].id)
        print(f"shipment {shipment.id} uses credential {shipment.credentials_id}: print label.pdf")
    Path("label.pdf").write_bytes(pdf)  # noqa: ASYNC240 - nothing else runs in this program


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except BoxAPIError as error:  # its text says what to do
        sys.exit(f"{error}")
