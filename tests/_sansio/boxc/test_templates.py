"""Templates of operations: their paths are those that a look at every part would give."""

import re
from itertools import product

import pytest

from boxapis._sansio.boxc import rest
from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis._sansio.boxc.paths import is_plain, is_simple, readings
from boxapis._sansio.boxc.ratelimit import group_of
from boxapis._sansio.boxc.templates import template_of
from boxapis._sansio.text import percent_encode
from boxapis.boxc._resource import prepare

ODD_IDS = ["a b", ".", "..", "%2e%2e", "\xe9", "a/b", "-", "9" * 5000]
IDS = [1, 2**63 - 1, "1Z9", "track", "v1", *ODD_IDS]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("identifier", IDS, ids=lambda value: str(value)[:20])
def test_same_request(operation: str, identifier: int | str) -> None:
    """The request of an operation is the one that its whole path, checked, gives."""
    method, path = operation.split()
    number, encoded = path.count("{"), percent_encode(str(identifier)) or ""
    whole = re.sub(r"\{\w+\}", encoded, path)
    prepared = prepare(operation, *[identifier] * number, params={"a": 1}, json={"create_label": 1})
    checked = rest.prepare(
        method, whole, params={"a": 1}, json={"create_label": 1}, operation=operation
    )
    for name in ("method", "target", "body", "operation", "kind", "accept", "problem", "scope"):
        assert getattr(prepared, name) == getattr(checked, name), name
    assert prepared.group == checked.group
    if prepared.problem is None:
        assert prepared.group == group_of(whole)


@pytest.mark.parametrize("identifier", [0, -1, 2**63, True, None, "", 1.5, "\ud800"], ids=repr)
def test_wrong_ids(identifier: int | str) -> None:
    """No request is made with an id that no service has."""
    assert prepare("GET /labels/{id}", identifier).problem is not None
    assert template_of("GET /labels/{id}").fill((identifier,)) == (None, False)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_simple_paths(size: int) -> None:
    """F132: A path that is not looked at again passes each look, and has one reading."""
    for signs in product("/a9-.%_ \n\xb2", repeat=size):
        path = "".join(signs)
        if is_simple(path):
            assert rest.prepare("GET", path).problem is None
            assert rest._PATH.fullmatch(path)
            assert not rest._climbs(path)
            assert is_plain(path)
            assert readings(path) == [tuple(path.split("/")[1:])]
