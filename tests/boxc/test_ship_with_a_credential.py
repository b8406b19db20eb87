"""The README's shipment: it sends the credential's id, and none of its secrets."""

import ast
import asyncio
import inspect
from pathlib import Path

import pytest

from boxapis import APIError, BoxC
from boxapis.boxc.parties import GivenConsignor
from boxapis.sandbox import Sandbox
from tests.support.printed import printed

pytestmark = pytest.mark.servers


def test_shipment_as_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The README's code prints the label of a shipment that has a credential, not its secrets."""
    monkeypatch.chdir(tmp_path)
    (block,) = printed("Ship with a credential")
    with Sandbox() as sandbox:
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        code = compile(block, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        outcome = eval(code, {})  # noqa: S307 - our own README
        assert inspect.iscoroutine(outcome)
        asyncio.run(outcome)
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
