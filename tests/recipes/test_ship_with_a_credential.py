"""The recipe for a shipment: it sends the credential's id, and none of its secrets."""

import runpy
from pathlib import Path

import pytest

from boxapis import APIError, BoxC
from boxapis.boxc.parties import GivenConsignor
from boxapis.sandbox import Sandbox

pytestmark = pytest.mark.servers

RECIPE = Path(__file__).parent / "ship_with_a_credential.py"


def test_shipment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The recipe prints the label of a shipment that has a credential, not its secrets."""
    monkeypatch.chdir(tmp_path)
    with Sandbox() as sandbox:
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        runpy.run_path(str(RECIPE), run_name="__main__")
    (shipment,), (credential,) = sandbox.boxc.shipments, sandbox.boxc.credentials
    assert shipment["credentials_id"] == credential["id"]
    assert sandbox.boxc.stored_params(1234567) == {"client_id": "id", "client_secret": "secret"}
    assert "secret" not in str(shipment)
    said = f"shipment {shipment['id']} uses credential {credential['id']}: print label.pdf\n"
    assert capsys.readouterr().out == said
    assert Path("label.pdf").read_bytes().startswith(b"%PDF-")


async def test_without_the_credential() -> None:
    """A shipment whose credential is missing is refused with 1450, and is not stored."""
    party: GivenConsignor = {
        "name": "A",
        "phone": "1",
        "street1": "B",
        "city": "C",
        "country": "US",
    }
    with Sandbox() as sandbox:
        token = sandbox.environment["BOXC_TOKEN"]
        async with BoxC(token, base_url=sandbox.boxc_url) as boxc:
            with pytest.raises(APIError) as caught:
                await boxc.shipments.create(
                    {
                        "credentials_id": 1,
                        "service": "BoxC Parcel",
                        "entry_point": "SBX001",
                        "consignor": party,
                        "to": {"name": "A", "street1": "B", "city": "C", "country": "US"},
                        "line_items": [],
                        "weight": 0.4,
                        "create_label": True,
                    }
                )
    assert getattr(caught.value, "code", None) == 1450
    assert sandbox.boxc.shipments == []
