"""The described responses as values: nothing is left over, and nothing new breaks them."""

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatch
from typing import Any

import attrs
import pytest

from boxapis.transports import Request, Response
from tests.contract.calls import DECODED, Row, described_response, run
from tests.contract.comparison import left_over
from tests.contract.description import DESCRIBED, example

_OWN = "identifies a record, whether it is the one asked for or inside another"
_CREDENTIAL = "shown of every credential, says its documentation, and so not optional in the class"
_AMOUNTS = "amounts by currency: a balance that is no number is no amount"

NEVER_NULL: Mapping[str, str] = {
    "track.tracking_number": _OWN,
    **dict.fromkeys(
        (
            *("id", "label.id", "labels.id", "warehouse.id", "warehouses.id"),
            *("overpacks.id", "overpack_details.id"),
        ),
        _OWN,
    ),
    **{
        f"credential{plural}.{name}": _CREDENTIAL
        for plural in ("", "s")
        for name in ("user_id", "carrier", "params", "created", "updated")
    },
    "user.balances.*": _AMOUNTS,
    "user.credit_limits.*": _AMOUNTS,
}
"""Fields that are never null, with the reason: by their path, or its end below the record."""

AMOUNTS = ("balances", "credit_limits")
"""Objects without fields of their own, whose values are numbers."""

NEW = {"a": [1]}
WORD = "Teleported"

Change = Callable[[Any, Any], Any]

rows = pytest.mark.parametrize("row", DECODED, ids=lambda row: row.method)


@rows
async def test_full_response(row: Row) -> None:
    """The described response, every field of its described type, has nothing left over."""
    value, _ = await run(row.call, described_response)
    assert list(left_over(value)) == []


@rows
async def test_examples_as_they_stand(row: Row) -> None:
    """The examples of the description, some of them of another type, have nothing left over."""
    value = await changed(row, lambda _, schema: example(schema, as_described=False))
    assert list(left_over(value)) == []


@rows
async def test_nulls(row: Row) -> None:
    """Null is accepted in every field at every depth, but in those that are never null."""
    for depth in range(2, 12):
        value = await changed(row, nulls_at(depth))
        assert list(left_over(value)) == []


@rows
async def test_new_fields(row: Row) -> None:
    """A new field in every object at every depth is accepted, and is in its `extra`."""
    value = await changed(row, lambda content, _: extended(content))
    left = list(left_over(value))
    assert all(path.endswith(".brand_new") for path in left)
    assert bool(left) is attrs.has(type(value))


@rows
async def test_new_words(row: Row) -> None:
    """A new word in every field that has words, at every depth, is what the value has."""
    contents = []

    def change(content: Any, schema: Any) -> Any:
        contents.append(reworded(content, schema))
        return contents[-1]

    value = await changed(row, change)
    if attrs.has(type(value)):
        assert list(leaves(value)).count(WORD) == list(leaves(contents[-1])).count(WORD)


def test_reasons() -> None:
    """Each exception has a reason."""
    assert all(len(why) > 15 for why in NEVER_NULL.values())


async def changed(row: Row, change: Change) -> Any:
    """Returns the value of a call whose response is changed.

    Args:
        row: The call.
        change: Gets the content and its schema, returns the changed content.
    """

    def respond(request: Request) -> Response:
        schema = DESCRIBED[request.operation].success
        return described_response(request, schema and change(example(schema), schema))

    value, _ = await run(row.call, respond)
    return value


def nulls_at(depth: int) -> Change:
    """Returns the change that puts null into each field at a depth."""
    return lambda content, _: without(content, depth)


def without(content: Any, depth: int, path: tuple[str, ...] = ()) -> Any:
    """Returns a copy with null in each field at a depth, but in those that are never null."""
    if isinstance(content, list):
        return [without(item, depth, path) for item in content]
    if not isinstance(content, dict):
        return content
    result = {}
    for name, part in content.items():
        place = (*path, name)
        is_null = len(place) == depth and not is_never_null(place)
        result[name] = None if is_null else without(part, depth, place)
    return result


def is_never_null(place: tuple[str, ...]) -> bool:
    """Whether a field is among those that are never null."""
    path, below = ".".join(place), ".".join(place[1:])
    return any(fnmatch(path, one) or fnmatch(below, one) for one in NEVER_NULL)


def extended(content: Any, name: str = "") -> Any:
    """Returns a copy with a new field in each object of the response but the outermost one."""
    if isinstance(content, list):
        return [extended(item, name) for item in content]
    if not isinstance(content, dict):
        return content
    new = {"brand_new": NEW} if name not in ("", *AMOUNTS) else {}
    return {key: extended(part, key) for key, part in content.items()} | new


def reworded(content: Any, schema: Any) -> Any:
    """Returns a copy with a new word in place of each text that the schema has words for."""
    if isinstance(content, list):
        return [reworded(item, schema.get("items", {})) for item in content]
    if isinstance(content, dict):
        parts = schema.get("properties", {})
        return {name: reworded(part, parts.get(name, {})) for name, part in content.items()}
    return WORD if isinstance(content, str) and "enum" in schema else content


def leaves(value: Any) -> Iterator[Any]:
    """Yields what is in a value or a content, at any depth."""
    if attrs.has(type(value)):
        value = {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value
