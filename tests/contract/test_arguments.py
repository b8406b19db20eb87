"""The TypedDicts of arguments against the described bodies, in both directions."""

from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict, get_type_hints

import pytest

from boxapis.boxc.parties import GivenParty
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
    """A TypedDict has the described fields and no other, of their types, and requires the same."""
    assert list(given_differences(GIVEN[place], part_of(place), DIFFERENT)) == []


WEBHOOK = "POST /webhooks webhook"
RESHIPMENT = "POST /reshipments reshipment"
PRODUCT = "POST /customs/products product"
HOOK = {"address": str, "topic": str, "key": str}
TYPES = "$.type: the words are ['COS', 'FOO', 'FOO-CCW']"
typed_dict: Any = TypedDict  # whose fields are a display for mypy
PARTY = {**get_type_hints(GivenParty, include_extras=True), "city": int}

WRONG: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "a field is missing": (WEBHOOK, {"key": None}, {"$.key: not in Wrong"}),
    "a field too many": (WEBHOOK, {"name": str}, {"$.name: not described"}),
    "one not required": (WEBHOOK, {"name": NotRequired[str]}, {"$.name: not described"}),
    "nothing is required": (
        WEBHOOK,
        {name: NotRequired[kind] for name, kind in HOOK.items()},
        {f"$.{name}: is required" for name in HOOK},
    ),
    "too much is required": (PRODUCT, {"code": str}, {"$.code: is not required"}),
    "a number for text": (WEBHOOK, {"key": int}, {"$.key: string is no <class 'int'>"}),
    "a number or text": (WEBHOOK, {"key": str | int}, {"$.key: string is no <class 'int'>"}),
    "text for money": (RESHIPMENT, {"value": str}, {"$.value: number is no <class 'str'>"}),
    "text for an object": (RESHIPMENT, {"to": str}, {"$.to: object is no <class 'str'>"}),
    "a number for an array": (
        RESHIPMENT,
        {"returns": int},
        {"$.returns: array is no <class 'int'>"},
    ),
    "text in an array": (
        RESHIPMENT,
        {"returns": Sequence[str]},
        {"$.returns[]: integer is no <class 'str'>"},
    ),
    "a number deep inside": (
        RESHIPMENT,
        {"to": typed_dict("GivenParty", PARTY)},
        {"$.to.city: string is no <class 'int'>"},
    ),
    "words are missing": (PRODUCT, {"type": Literal["FOO", "COS"] | str}, {TYPES}),
    "no words": (PRODUCT, {"type": str}, {TYPES}),
    "another word": (PRODUCT, {"type": Literal["FOO", "COS", "FOO-CCW", "bogus"]}, {TYPES}),
    "words where there are none": (
        WEBHOOK,
        {"key": Literal["bogus"]},
        {"$.key: the words are []"},
    ),
}


@pytest.mark.parametrize(("place", "changes", "expected"), WRONG.values(), ids=WRONG)
def test_wrong_ones_are_found(place: str, changes: dict[str, Any], expected: set[str]) -> None:
    """A TypedDict that does not fit the schema is found, and the field is named."""
    assert found(place, changes) == expected


@pytest.mark.parametrize("place", [WEBHOOK, RESHIPMENT, PRODUCT])
def test_a_right_one_passes(place: str) -> None:
    """The same TypedDict without changes has no differences."""
    assert found(place, {}) == set()


def found(place: str, changes: dict[str, Any]) -> set[str]:
    """Returns the differences of a TypedDict with changed fields; None takes one out."""
    fields = get_type_hints(GIVEN[place], include_extras=True) if place in GIVEN else HOOK
    kept = {name: kind for name, kind in {**fields, **changes}.items() if kind is not None}
    name = GIVEN[place].__name__ if place in GIVEN else "Wrong"
    return set(given_differences(typed_dict(name, kept), part_of(place), DIFFERENT))
