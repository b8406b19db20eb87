"""The described responses as values: nothing is left over, and nothing new breaks them."""

from typing import Any

import attrs
import pytest

from boxapis.transports import Request, Response
from tests.contract.calls import ROWS, Row, described_response, run
from tests.contract.comparison import left_over
from tests.contract.description import DESCRIBED, example

_IDENTIFYING = frozenset({"id", "tracking_number"})
_REQUIRED = {"Credential": frozenset({"user_id", "carrier", "params", "created", "updated"})}
"""Fields that a class requires beside those that identify the record."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.method)
async def test_full_response(row: Row) -> None:
    """The described response, every field filled, becomes a value with nothing left over."""
    value, _ = await run(row.call, described_response)
    assert list(left_over(value)) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.method)
async def test_sparse_response(row: Row) -> None:
    """Null for all but the identifying fields, a new field, and a new word are accepted."""
    value, _ = await run(row.call, described_response)
    if not attrs.has(type(value)):
        return
    kept = _IDENTIFYING | _REQUIRED.get(type(value).__name__, frozenset())

    def respond(request: Request) -> Response:
        content = example(DESCRIBED[request.operation].success)
        key, record = next(iter(content.items()))
        sparse = _sparse(record[0] if isinstance(record, list) else record, kept)
        content[key] = [sparse] if isinstance(record, list) else sparse
        return described_response(request, content)

    value, _ = await run(row.call, respond)
    assert value.extra == {"brand_new": 1}
    assert getattr(value, "status", None) in ("Teleported", None)


def _sparse(record: dict[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    sparse = {name: value if name in kept else None for name, value in record.items()}
    return sparse | {"brand_new": 1} | ({"status": "Teleported"} if "status" in record else {})
