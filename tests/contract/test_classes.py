"""The classes of values against the described schemas, in both directions; wrong ones are found."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import attrs
import pytest
from attrs import field

from boxapis._sansio import kinds, shapes
from boxapis.boxc.webhooks import Webhook
from tests.contract.calls import DECODED, DIFFERENT, Row, described_response, run
from tests.contract.comparison import differences
from tests.contract.description import DESCRIBED


def record_schema(operation: str) -> Any:
    """Returns the schema of the record in an operation's response; of one, if they are many."""
    record = next(iter(DESCRIBED[operation].success["properties"].values()))
    return record.get("items", record)


@pytest.mark.parametrize("row", DECODED, ids=lambda row: row.method)
async def test_class(row: Row) -> None:
    """A value has the described fields and no other, each of its type and its words."""
    value, request = await run(row.call, described_response)
    if attrs.has(type(value)):
        assert list(differences(type(value), record_schema(request.operation), DIFFERENT)) == []


def test_reasons() -> None:
    """Each difference that is allowed has a reason."""
    assert all(len(why) > 15 for why in DIFFERENT.values())


typed: Any = field  # whose stubs take classes only


def like_webhook(**changes: Any) -> type[Any]:
    """Returns a class as `Webhook`, with other fields; None takes one out."""
    fields = {one.name: typed(type=one.type, metadata=one.metadata) for one in WEBHOOK}
    fields |= changes
    kept = {name: one for name, one in fields.items() if one is not None}
    return attrs.make_class("Wrong", kept, kw_only=True)


WEBHOOK = attrs.fields(Webhook)
TOPIC = Literal["fulfillments_complete", "orders_status"] | str

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a field is missing": ({"active": None}, "$.active: not in Wrong"),
    "a field too many": ({"name": typed(type=str)}, "$.name: not described"),
    "a field with another JSON name": (
        {"active": typed(type=bool, metadata=shapes.wire_name("isActive"))},
        "$.active: not in Wrong",
    ),
    "text for a whole number": ({"id": typed(type=str)}, "$.id: integer is no"),
    "text for a boolean": ({"active": typed(type=kinds.Scalar | None)}, "$.active: boolean is no"),
    "a boolean for text": ({"address": typed(type=bool)}, "$.address: string is no"),
    "money for text": ({"address": typed(type=Decimal | None)}, "$.address: string is no"),
    "an object for text": ({"address": typed(type=Mapping[str, Any])}, "$.address: string is no"),
    "an array for text": ({"address": typed(type=tuple[str, ...])}, "$.address: string is no"),
    "words are missing": ({"topic": typed(type=TOPIC)}, "$.topic: the words are"),
    "no words": ({"topic": typed(type=str)}, "$.topic: the words are"),
    "words where there are none": ({"address": typed(type=TOPIC)}, "$.address: the words are []"),
}


@pytest.mark.parametrize(("changes", "expected"), WRONG.values(), ids=WRONG)
def test_wrong_classes_are_found(changes: dict[str, Any], expected: str) -> None:
    """A class that does not fit the schema is found, and the field is named."""
    found = list(differences(like_webhook(**changes), record_schema("GET /webhooks/{id}"), {}))
    assert any(one.startswith(expected) for one in found), found


def test_a_right_class_passes() -> None:
    """The same class without changes has no differences."""
    assert list(differences(like_webhook(), record_schema("GET /webhooks/{id}"), {})) == []
