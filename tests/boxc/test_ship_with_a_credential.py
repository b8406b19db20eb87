"""The README's shipment: it sends the credential's id, and none of its secrets."""

import ast
import asyncio
import inspect

import pytest

from boxapis.sandbox import Sandbox
from tests.support.printed import printed

pytestmark = pytest.mark.servers


def test_shipment_as_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The README's code makes a credential, and a shipment that names it without its secrets."""
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
    assert capsys.readouterr().out == f"{shipment['id']} uses credential {credential['id']}\n"
