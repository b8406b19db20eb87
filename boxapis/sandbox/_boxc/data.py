"""Sample data of BoxC: entry points, warehouses, a user and one label with its PDF."""

from typing import Final

LABEL_ID: Final = "7000001"
TRACKING_NUMBER: Final = "SANDBOX000000000001"

_PDF_OBJECTS: Final = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]>>",
)


def entry_points() -> list[dict[str, object]]:
    """Every drop-off point."""
    return [
        _entry_point("SBX001", "Sandbox Hong Kong", "Hong Kong", "HK"),
        _entry_point("SBX002", "Sandbox Shenzhen", "Shenzhen", "CN"),
        _entry_point("SBX003", "Sandbox Los Angeles", "Los Angeles", "US"),
    ]


def warehouses() -> list[dict[str, object]]:
    """Every warehouse."""
    return [
        {
            "id": "WH0SBX01",
            "name": "Sandbox Warehouse",
            "country": "HK",
            "entry_point": "SBX001",
            "language": "Chinese",
            "language_code": "zh",
            "address": "1 Example Road\nHong Kong",
            "storage": {"free_days": 30, "large_cost": 30},
        }
    ]


def user(user_id: int) -> dict[str, object]:
    """A user's profile."""
    return {
        "id": user_id,
        "first_name": "Pat",
        "last_name": "Example",
        "timezone": "UTC",
        "balances": {"USD": 1200.5},
        "credit_limits": {"USD": 0},
        "subscriptions": [],
    }


def label() -> dict[str, object]:
    """The one label."""
    return {
        "id": int(LABEL_ID),
        "tracking_number": TRACKING_NUMBER,
        "shipment_id": 8000001,
        "carrier": "USPS",
        "service": "BoxC Parcel",
        "status": "Pending",
        "cancelled": False,
        "is_master": True,
        "is_ready": True,
        "processed": False,
        "weight": 0.202,
        "created": "2026-01-01 00:00:00",
    }


def pdf() -> bytes:
    """A PDF: one empty page of four by six inches."""
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(_PDF_OBJECTS, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, content)
    return body + _pdf_end(len(body), offsets)


def _pdf_end(start: int, offsets: list[int]) -> bytes:
    size = len(offsets) + 1
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n" % (size, start)
    return head + table + trailer + b"%%EOF\n"


def _entry_point(number: str, name: str, city: str, country: str) -> dict[str, object]:
    return {"id": number, "name": name, "city": city, "country": country, "province": None}
