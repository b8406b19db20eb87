"""The description in the samples: stripped of its prose, and each known slip still in it."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from tests.contract.description import DESCRIBED, HABITS, SLIPS, Described, Slip, document, example
from tests.contract.strip import stripped


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Yields every object of the file."""
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if type(node) is list else ():
        yield from objects(part)


def test_it_is_stripped() -> None:
    """The file has no prose; stripping it again changes nothing."""
    assert stripped(document()) == document()
    assert document()["info"] == {"version": "1.123"}


def test_fields_called_as_prose_stay() -> None:
    """Fields that are called ``description``, and data of examples, are no prose."""
    node = {"description": "x", "properties": {"description": {"type": "string", "summary": "y"}}}
    assert stripped(node) == {"properties": {"description": {"type": "string"}}}
    assert stripped({"example": {"description": "x"}}) == {"example": {"description": "x"}}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.why)
def test_slips_are_still_there(slip: Slip) -> None:
    """A slip that a new version puts right is taken from the list."""
    place = document()
    for step in slip.place:
        place = place[step]
    assert place == slip.found


@pytest.mark.parametrize("habit", HABITS)
def test_habits_are_still_there(habit: str) -> None:
    """A rule that a new version does not need is taken out."""
    assert any(map(HABITS[habit], objects(document())))


@pytest.mark.parametrize("described", DESCRIBED.values(), ids=lambda one: one.name)
def test_schemas_are_valid(described: Described) -> None:
    """Each repaired schema is JSON Schema, and takes the value made of its own examples."""
    for schema in (described.body, described.success):
        if schema is not None:
            jsonschema.Draft202012Validator.check_schema(schema)
    if described.success is not None:
        assert isinstance(example(described.success), dict)
