"""Manifests: incomplete ones, their overpacks and forms, and refusals."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from boxapis import APIError, ConflictError, InvalidResponseError, NotFoundError, ServerError
from boxapis.boxc.manifests import Manifest
from boxapis.boxc.overpacks import Overpack
from tests.support.scripted_boxc import PDF, refusal, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")


async def test_from_creation_to_forms() -> None:
    """A new manifest lacks what the service adds in the background; its forms are a PDF."""
    new = {"id": 7, "total_shipments": None, "mawb_id": None, "overpacks": [{"id": 1}]}
    done = {**new, "total_shipments": 432, "warehouse_no": 753906563638}
    boxc, transport = scripted_boxc({"manifest": new}, {"manifest": done}, PDF)
    created = await boxc.manifests.create([1], carrier="DHL Express")
    assert created == Manifest(id=7, overpacks=(Overpack(id=1),))
    complete = await boxc.manifests.get(7)
    assert (complete.total_shipments, complete.warehouse_no) == (432, "753906563638")
    assert await boxc.manifests.pdf(7) == b"%PDF-1.4"
    assert sent(transport) == [
        ("POST", "/manifests", {"manifest": {"overpacks": [1], "carrier": "DHL Express"}}),
        ("GET", "/manifests/7", None),
        ("GET", "/manifests/7", None),
    ]
    accepted = [dict(request.headers)["Accept"] for request in transport.requests]
    assert accepted[1:] == ["application/json", "application/pdf"]


async def test_list() -> None:
    """A list has the number of overpacks in place of the overpacks."""
    listed = {"id": 7, "total_overpacks": 21, "created": "2024-05-27 15:43:03"}
    boxc, transport = scripted_boxc({"manifests": [listed], "next_page": None})
    assert [manifest async for manifest in boxc.manifests.list(entry_point="TEST01")] == [
        Manifest(id=7, total_overpacks=21, created=datetime(2024, 5, 27, 15, 43, 3, tzinfo=UTC))
    ]
    assert sent(transport) == [("GET", "/manifests?entry_point=TEST01", None)]


async def test_deprecated_name() -> None:
    """Overpacks come by the deprecated name, too."""
    fields = {"id": 7, "overpack_details": [{"id": 1, "weight": 87.5}]}
    boxc, _ = scripted_boxc({"manifest": fields})
    manifest = await boxc.manifests.get(7)
    assert manifest.overpack_details == (Overpack(id=1, weight=Decimal("87.5")),)


async def test_another_manifest() -> None:
    """A manifest with another id than the one asked for reaches no caller."""
    boxc, _ = scripted_boxc({"manifest": {"id": 8}})
    with pytest.raises(InvalidResponseError):
        await boxc.manifests.get(7)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        *((code, 400, ConflictError) for code in (1270, 1271, 1272, 1273)),
        (1250, 400, NotFoundError),
        (1274, 500, ServerError),
    ],
)
async def test_refusals(code: int, status: int, kind: type[APIError]) -> None:
    """A documented refusal of a new manifest is of the class that the docstring names."""
    boxc, _ = scripted_boxc(refusal(code, status))
    with pytest.raises(kind) as caught:
        await boxc.manifests.create([1, 2])
    assert caught.value.code == code
