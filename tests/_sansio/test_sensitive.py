"""Values under sensitive names in decoded JSON: masked in tables, sealed in values."""

import pickle
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import asdict, field, frozen

from boxapis import InvalidResponseError, Secret
from boxapis._sansio.sensitive import mask_sensitive, seal_sensitive
from boxapis._sansio.shapes import names_only, read
from boxapis.secret import MASK

CARD = "4929718203645519"

SHAPES: dict[str, Any] = {
    "flat": {"ccard_number": CARD},
    "a number": {"ccard_number": int(CARD)},
    "an object": {"card": {"ccard_number": CARD}},
    "a list of objects": {"cards": [{"ccard_number": CARD}]},
    "an object in an object": {"customerObj": {"card": {"ccard_number": CARD}}},
    "an object in a list": {"orders": [{"ID": 1, "card": {"ccard_number": CARD}}]},
    "a list in a list": {"rows": [[{"ccard_number": CARD}]]},
    "a list under the name": {"ccard_number": [CARD]},
    "an object under the name": {"token": {"value": CARD}},
    "a list of both": {"o": {"token": [{"a": [CARD]}]}},
    "JSON as text": {"customerObj": '{"ccard_number": "' + CARD + '"}'},
    "JSON as text as text": {"o": '["{\\"sessionKey\\":\\"' + CARD + '\\"}"]'},
    "cut JSON as text": {"o": ' {"KEY":' + CARD},
}
PLAIN = {"note": "Gate key: ask Bob", "list": [1, None, True, {"a": '{"b": 1}'}], "ccard_id": 7}


@frozen
class Value:
    """A value of a service with undocumented fields."""

    extra: Mapping[str, Any] = field(factory=dict, repr=names_only)


def read_value(body: Any) -> Value:
    """Returns a value with the fields of a body as ``extra``."""
    value = read(Value, body, path="$", operation="get")
    assert not isinstance(value, InvalidResponseError)
    return value


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_shows_a_value(shape: str) -> None:
    """F142: at any depth a sensitive name hides its value, masked or sealed."""
    body = SHAPES[shape]
    value = read_value(body)
    masked = (mask_sensitive(body), seal_sensitive(body), dict(value.extra))
    shown = (*masked, value, value.extra, asdict(value))  # the last three show names alone
    assert all(CARD not in text for text in (*map(repr, shown), *map(str, shown)))
    assert all(MASK in text for text in (*map(repr, masked), *map(str, masked)))
    with pytest.raises(TypeError):
        pickle.dumps(value)


def test_the_rest_stays_as_it_is() -> None:
    """What stands under no sensitive name is neither masked nor sealed."""
    assert mask_sensitive(PLAIN) == seal_sensitive(PLAIN) == PLAIN


def test_a_sealed_value_can_be_read() -> None:
    """A sealed text or number is read by `Secret.reveal`; null and booleans stay."""
    sealed = read_value({"a": {"tokens": ["x", 1.5, None, False, {"b": 2}]}}).extra["a"]["tokens"]
    assert [one.reveal() for one in sealed[:2]] == ["x", "1.5"]
    assert sealed[2:4] == [None, False]
    assert sealed[4]["b"] == Secret("2")
