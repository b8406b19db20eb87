"""The TypedDicts of arguments against the described bodies, in both directions."""

from typing import Any, NotRequired, TypedDict

import pytest

from tests.contract.calls import DIFFERENT, GIVEN
from tests.contract.comparison import given_differences
from tests.contract.description import DESCRIBED


def part_of(place: str) -> Any:
    """Returns the schema of a part of a body; for an array, that of its items.

    Args:
        place: Operation and path, for instance ``"POST /overpacks overpack.shipments"``.
    """
    method, path, fields = place.split()
    schema = DESCRIBED[f"{method} {path}"].body
    for name in fields.split("."):
        schema = schema["properties"][name]
    return schema.get("items", schema)


@pytest.mark.parametrize("place", GIVEN)
def test_given(place: str) -> None:
    """A TypedDict has the described fields and no other, and requires the same."""
    assert list(given_differences(GIVEN[place], part_of(place), DIFFERENT)) == []


class GivenHook(TypedDict):
    """The body of a new webhook."""

    address: str
    topic: str
    key: str


class Short(TypedDict):
    """A body without the key."""

    address: str
    topic: str


class Long(GivenHook):
    """A body with an unknown field."""

    name: NotRequired[str]


class Lenient(TypedDict, total=False):
    """A body that requires nothing."""

    address: str
    topic: str
    key: str


class Demanding(GivenHook):
    """A body that requires too much."""

    name: str


@pytest.mark.parametrize(
    ("cls", "expected"),
    [
        (GivenHook, set()),
        (Short, {"$.key: not in Short"}),
        (Long, {"$.name: not described"}),
        (Lenient, {f"$.{name}: is required" for name in ("address", "topic", "key")}),
        (Demanding, {"$.name: not described"}),
    ],
    ids=["right", "short", "long", "lenient", "demanding"],
)
def test_wrong_ones_are_found(cls: type[Any], expected: set[str]) -> None:
    """A TypedDict that does not fit the schema is found, and the field is named."""
    assert set(given_differences(cls, part_of("POST /webhooks webhook"), {})) == expected
