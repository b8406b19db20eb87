"""The table of operations, and what the resources offer of it, against the description."""

import inspect

import pytest

from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis.boxc._resources import Resources
from tests.contract.calls import NOT_OFFERED, RESOURCES, ROWS, described_response, run
from tests.contract.description import DESCRIBED


def test_table() -> None:
    """The table has exactly the described operations, each with its scope."""
    table = {operation.name: operation.scope for operation in OPERATIONS.values()}
    assert table == {described.name: described.scope for described in DESCRIBED.values()}


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_method_has_a_row(resource: str) -> None:
    """Each public method of a resource is called by a row."""
    attribute = vars(Resources)[resource]
    cls = type(attribute.on(None))
    methods = {f"{resource}.{name}" for name, _ in inspect.getmembers(cls, inspect.isfunction)}
    offered = {name for name in methods if not name.partition(".")[2].startswith("_")}
    assert {row.method for row in ROWS} & methods == offered


async def test_every_operation_of_a_resource_is_offered() -> None:
    """Each operation below a resource's paths is called, or left out with a reason.

    The table has the methods of each, and no others.
    """
    methods: dict[str, set[str]] = {name: set() for name in OPERATIONS}
    for row in ROWS:
        _, request = await run(row.call, described_response)
        methods[request.operation].add(row.method)
    assert {name: set(operation.methods) for name, operation in OPERATIONS.items()} == methods
    called = {name for name, known in methods.items() if known}
    roots = {name.split("/")[1] for name in called}
    expected = {name for name in OPERATIONS if name.split("/")[1] in roots}
    left_out = {name for name in NOT_OFFERED if name in OPERATIONS}
    assert expected == called | left_out
    assert not called & left_out
