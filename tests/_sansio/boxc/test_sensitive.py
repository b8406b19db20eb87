"""The values of sensitive fields in a BoxC request are found, masked and sealed."""

import copy

import attrs
import pytest

from boxapis._http.messages import Response
from boxapis._sansio.boxc.responses import decode, sensitive_values
from boxapis._sansio.boxc.rest import prepare
from boxapis.errors import APIError
from boxapis.secret import MASK

LONG = "123456789012345678901"


@pytest.mark.parametrize(
    ("target", "body", "expected"),
    [
        ("/a?api_key=K3Y&b=c", None, ["K3Y"]),
        ("/a?packages[0][password]=pw&packages[0][length]=5", None, ["pw"]),
        ("/a", b'{"webhook": {"key": "K3Y", "topic": "t"}}', ["K3Y"]),
        ("/a", b'{"a": [{"client_secret": "one"}, {"token": ["two", 3]}]}', ["one", "two", "3"]),
        ("/a", b'{"secrets": {"anything": "three", "deeper": ["four"]}}', ["three", "four"]),
        ("/a", b'{"key": [123456789012345678901, 0.10, 1e9], "b": 2}', [LONG, "0.10", "1e9"]),
        ("/a", b'{"key": [%b], "b": 2}' % (b"1" * 9000), ["1" * 9000]),
        ("/a?b=c", b'{"carrier": "DHLeC", "note": null}', []),
    ],
)
def test_values_of_sensitive_fields(target: str, body: bytes | None, expected: list[str]) -> None:
    """Values are found by the names of their fields in query and JSON, at any depth."""
    assert [value.reveal() for value in sensitive_values(target, body)] == expected


def said(text: str, request_id: str, status: int = 400) -> APIError:
    """Returns the error of creating a webhook whose key was passed as plain text."""
    prepared = prepare("POST", "/webhooks", json={"webhook": {"key": "K3Y-of-mine"}})
    body = b'{"code": 1000, "message": "%s", "errors": []}' % text.encode()
    error = decode(Response(status, (("X-Request-Id", request_id),), body), prepared, ())
    assert isinstance(error, APIError)
    return error


def test_a_plain_value_is_not_quoted() -> None:
    """A plain value under a sensitive name is masked in the service's text and request id."""
    error = said("no: K3Y-of-mine", "id-K3Y-of-mine")
    assert error.message == f"no: {MASK}"
    assert error.request_id == f"id-{MASK}"


def test_a_request_id_stays() -> None:
    """A request id without a secret is unchanged."""
    assert said("no", "0f3c-22").request_id == "0f3c-22"


def test_target_and_body_are_sealed() -> None:
    """No attribute that a debugger lists shows the query or the body of a prepared request."""
    prepared = prepare("POST", "/a", params={"b": "Zq9X"}, json={"c": "Zq9X"})
    every: tuple[str, ...] = type(prepared).__slots__
    slots = [slot for slot in every if slot != "__weakref__"]
    assert "Zq9X" not in repr([getattr(prepared, slot) for slot in slots])
    assert (prepared.target, prepared.body) == ("/a?b=Zq9X", b'{"c":"Zq9X"}')


def test_sealed_parts_stay_sealed() -> None:
    """Target and body are in no repr of the fields, and are neither pickled nor copied."""
    prepared = prepare("POST", "/a", params={"b": "Zq9X"}, json={"c": "Zq9X"})
    fields = attrs.asdict(prepared)
    assert "Zq9X" not in repr(fields)
    assert "Zq9X" not in repr([vars_of(value) for value in fields.values()])
    with pytest.raises(TypeError, match="not pickled or copied"):
        copy.deepcopy(fields)


def vars_of(value: object) -> dict[str, object]:
    """Returns every attribute of a value that `dir` lists."""
    return {name: getattr(value, name, None) for name in dir(value)}
