"""`read_json` reads bodies strictly, and its errors never quote them."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies

from boxapis import Limits
from boxapis._http.messages import Response
from boxapis._sansio import bodies
from boxapis._sansio.bodies import read_json
from boxapis.errors import InvalidResponseError

TEXTS = strategies.text('[]{}"\\a', max_size=4)
LATIN = "text/html; charset=ISO-8859-1"


def read(
    body: bytes, *, status: int = 200, media: str | None = None, changing: bool = False
) -> Any:
    """Returns the result of `read_json` for a body."""
    headers = () if media is None else (("Content-Type", media),)
    response = Response(status, headers, body)
    return read_json(response, operation="cmdTest", changing=changing)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"status":200}', {"status": 200}),
        (b' \r\n{"status":"200"}\n', {"status": "200"}),
        (b"[1,2]", [1, 2]),
        (b"null", None),
        (b'"text"', "text"),
        (b"0", 0),
        ('{"a":"é😀"}'.encode(), {"a": "é😀"}),
        (b'{"a":"\\u00e9\\ud83d\\ude00"}', {"a": "é😀"}),
        (b'{"a":18446744073709551615}', {"a": 2**64 - 1}),
        (b'{"a":1,"a":2}', {"a": 2}),
    ],
    ids=ascii,
)
def test_json_is_read(body: bytes, expected: object) -> None:
    """Any JSON value is read, with blanks around it."""
    assert read(body) == expected


@pytest.mark.parametrize("media", [None, "text/html", "application/pdf", "nonsense", ""])
def test_the_content_type_is_only_a_hint(media: str | None) -> None:
    """F38: JSON under another media type is JSON."""
    assert read(b'{"status":200}', media=media) == {"status": 200}


def test_a_byte_order_mark_is_taken_off() -> None:
    """F39: a UTF-8 byte order mark before the JSON is skipped; one alone is an empty body."""
    assert read(b'\xef\xbb\xbf{"status":200}') == {"status": 200}
    assert "has an empty body" in str(read(b"\xef\xbb\xbf"))


@pytest.mark.parametrize(
    ("text", "charset", "media"),
    [
        ("José", "iso-8859-1", LATIN),
        ("José", "iso-8859-1", 'application/json; charset="latin1"'),
        ("José", "iso-8859-1", "application/json; CHARSET=x; charset=latin1"),
        ("José €", "windows-1252", None),
        ("José €", "windows-1252", "text/html"),
        ("José", "iso-8859-1", "application/json; charset=utf-8"),
        ("José", "iso-8859-1", "application/json; charset=no-such-charset"),
        ("José", "iso-8859-1", "application/json; charset=base64"),
        ("José", "iso-8859-1", "application/json; charset=rot13"),
        ("Łódź", "iso-8859-2", "application/json; charset=iso-8859-2"),
        ("日本", "shift_jis", "application/json;charset=Shift_JIS"),
    ],
)
def test_other_charsets(text: str, charset: str, media: str | None) -> None:
    """F40: bytes that are not UTF-8 are read as declared, else as windows-1252."""
    assert read(f'{{"a":"{text}"}}'.encode(charset), media=media) == {"a": text}


@pytest.mark.parametrize("media", [None, "text/html; charset=utf-8", "text/html; charset=ascii"])
def test_bytes_of_no_charset_are_replaced(media: str | None) -> None:
    """F40: bytes undefined in windows-1252 become replacement characters."""
    assert read(b'{"a":"x\x81\xe9"}', media=media) == {"a": "x\ufffdé"}


def test_utf8_is_utf8_whatever_is_declared() -> None:
    """Valid UTF-8 is read as UTF-8 despite another declared charset."""
    assert read('{"a":"é"}'.encode(), media=LATIN) == {"a": "é"}


DEEP = "is nested more than 100 levels deep"
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "has an empty body"),
    "blanks": (b" \r\n\t", "has an empty body"),
    "html": (b"<!DOCTYPE html><p>Zq9X</p>", "is an HTML page, not JSON"),
    "html after blanks": (b"\n  <html>Zq9X", "is an HTML page, not JSON"),
    "html after a mark": (b"\xef\xbb\xbf<html>Zq9X", "is an HTML page, not JSON"),
    "html in latin": (b"<html>Zq9X\xe9", "is an HTML page, not JSON"),
    "text": (b"Zq9X", "is not JSON"),
    "text in latin": (b"Zq9X\xe9", "is not JSON"),
    "cut": (b'{"status":200,"key":"Zq9X', "is cut short"),
    "cut in latin": (b'{"status":200,"key":"Zq9X\xe9', "is cut short"),
    "two values": (b'{"status":200}{"key":"Zq9X"}', "is not JSON"),
    "single quotes": (b"{'key':'Zq9X'}", "is not JSON"),
    "trailing comma": (b'{"key":"Zq9X",}', "is not JSON"),
    "nan": (b'{"status":200,"Zq9X":NaN}', "is not JSON"),
    "infinity": (b'{"status":200,"Zq9X":Infinity}', "is not JSON"),
    "minus infinity": (b'{"status":200,"Zq9X":-Infinity}', "is not JSON"),
    "1e400": (b'{"status":200,"Zq9X":1e400}', "is not JSON"),
    "nan and a long integer": (b'{"Zq9X":NaN,"a":1' + b"0" * 400 + b"}", "is not JSON"),
    "1e400 and a long integer": (b'{"Zq9X":1e400,"a":1' + b"0" * 400 + b"}", "is not JSON"),
    "too many digits for Python": (b'{"Zq9X":1' + b"0" * 5000 + b"}", "is not JSON"),
    "half a pair, cut": (b'{"status":200,"Zq9X":"\\ud800', "is cut short"),
    "half a pair, half an escape": (b'{"a":"\\ud800","Zq9X":"\\ud8"}', "is not JSON"),
    "raw half a pair": (b'{"Zq9X":\xed\xa0\x80}', "is not JSON"),
    "control character": (b'{"key":"Zq9X\x00"}', "is not JSON"),
    "deep arrays": (b"[" * 200_000 + b"]" * 200_000, DEEP),
    "deep objects": (b'{"Zq9X":' * 100_000 + b"1" + b"}" * 100_000, DEEP),
    "101 levels": (b"[" * 101 + b"]" * 101, DEEP),
    "101 levels and a long integer": (b"[" * 101 + b"9" * 400 + b"]" * 101, DEEP),
    "over 4 MiB": (b"[" + b" " * (4 * 1024**2 - 1) + b"]", "is larger than 4194304 bytes"),
    "utf-16": ('{"status":200}'.encode("utf-16"), "is not JSON"),
    "status twice": (b'{"status":500,"key":"Zq9X","status":200}', "repeats the field 'status'"),
    "status thrice": (b'{"status":1,"status":1,"status":1}', "repeats the field 'status'"),
    "status twice, same": (b'{"status":200,"status":200}', "repeats the field 'status'"),
    "status twice, blanks": (b'{"status" : 500,\n"status"\t:200}', "repeats the field 'status'"),
    "status twice, latin": (
        b'{"status":500,"a":"\xe9","status":200}',
        "repeats the field 'status'",
    ),
}


@pytest.mark.parametrize(("body", "why"), REFUSED.values(), ids=REFUSED)
def test_refused(body: bytes, why: str) -> None:
    """F36, F37, F41, F116: a body that is not JSON is an error that says why and quotes nothing."""
    error = read(body)
    assert type(error) is InvalidResponseError
    assert str(error) == (
        f"cmdTest: the response {why} (HTTP 200, {len(body)} bytes)."
        " Nothing was changed: call again later, and report it to the service if it persists."
    )
    assert (error.operation, error.path, error.attempts) == ("cmdTest", "$", 0)
    # Only what is empty, a page or cut may be whole the next time.
    passing = any(word in why for word in ("empty", "HTML", "cut"))
    assert error.retry_stopped_by == (None if passing else "permanent")
    assert error.may_have_been_applied is False
    assert error.__context__ is None
    assert "Zq9X" not in repr(error) + str(vars(error))


INTEGERS = [
    2**63,
    2**64,
    -(2**63) - 1,
    9400111899223100001234,
    -int("9" * 40),
    int("1" + "0" * 400),
    -int("7" * 4300),
]


@pytest.mark.parametrize(
    "number", INTEGERS, ids=lambda number: f"{str(number)[:20]} {len(str(number))}"
)
def test_integers_are_exact(number: int) -> None:
    """F117: an integer of any size is exact, beside floats that stay floats."""
    value = read(json.dumps({"a": number, "b": [0.1, 1e300], "c": str(number), "d": "é"}).encode())
    assert value == {"a": number, "b": [0.1, 1e300], "c": str(number), "d": "é"}
    assert type(value["a"]) is int


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\ud83d", "\ufffd"),
        (r"\uDE00", "\ufffd"),
        (r"a\ud83db", "a\ufffdb"),
        (r"\ud83d\ud83d\ude00", "\ufffd😀"),
        (r"\ud83d\u0041\ude00", "\ufffdA\ufffd"),
        (r"\ude00\ud83d", "\ufffd\ufffd"),
        (r"\\ud83d\ude00", "\\ud83d\ufffd"),
        (r"\\\ud83d\\\\ud83d", "\\\ufffd\\\\ud83d"),
        (r"\ud83d\n\u00e9\/\"", '\ufffd\né/"'),
    ],
)
@pytest.mark.parametrize("number", [1, 10**400], ids=["", "beside a long integer"])
def test_half_a_surrogate_pair_is_replaced(text: str, expected: str, number: int) -> None:
    """F118: half a pair becomes a replacement character, and nothing else changes."""
    body = f'{{"status":200,"a":["{text}",{number}],"b":"\\ud83d\\ude00"}}'
    assert read(body.encode()) == {"status": 200, "a": [expected, number], "b": "😀"}


@pytest.mark.parametrize("number", [b"1" * 100_000, b"1e400"])
def test_long_numbers_are_looked_at_once(number: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """F117: a number that no parser reads is refused without a search for surrogates in it."""
    searched: list[int] = []

    class Pattern:
        def sub(self, _: object, body: bytes) -> bytes:
            searched.append(len(body))
            return body

    monkeypatch.setattr(bodies, "_SURROGATES", Pattern())
    error = read(b'{"status":200,"a":' + number + b"}")
    assert isinstance(error, InvalidResponseError)
    assert sum(searched) == 0
    read(b'{"a":"\\ud83d","b":' + number + b"}")
    assert sum(searched) > 0


@pytest.mark.parametrize("media", [None, LATIN])
def test_surrogates_in_bytes_are_utf8(media: str | None) -> None:
    """F118: pairs written as two characters of UTF-8 are joined, and halves are replaced."""
    body = '{"a":"é \ud83d\ude00 \ud83d"}'.encode("utf-8", "surrogatepass")
    assert read(body, media=media) == {"a": "é 😀 \ufffd"}


def nested(depth: int) -> Any:
    """Returns lists and objects in turn, to this depth."""
    value: Any = [] if depth % 2 else {}
    for level in range(depth - 1, 0, -1):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize(
    ("depth", "extra"),
    [
        (1, []),
        (3, [{"a": [1]}] * 200),
        (9, [[]] * 200),
        (20, [{}] * 200),
        (99, ["[" * 500, "]" * 500]),
        (99, ["\\", '"[', '[["', "\\\\"] * 50),
    ],
    ids=["flat", "a list of records", "nine levels", "twenty levels", "brackets", "quotes"],
)
def test_depth_is_exact(depth: int, extra: list[Any]) -> None:
    """F116: brackets inside texts do not count, and many shallow records are not deep."""
    value = [nested(depth), *extra]
    assert read_with(value, Limits(max_json_depth=max(depth + 1, 4))) == value
    if depth > 3:
        assert "nested more than" in str(read_with(value, Limits(max_json_depth=depth)))


def depth_of(value: Any) -> int:
    """Returns how many lists and objects are inside one another."""
    if not isinstance(value, list | dict):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth_of, inner), default=0)


def read_with(value: Any, limits: Limits) -> Any:
    """Returns the result of `read_json` for a value under limits."""
    response = Response(200, (), json.dumps(value).encode())
    return read_json(response, operation="cmdTest", changing=False, limits=limits)


@given(
    strategies.recursive(
        TEXTS, lambda inner: strategies.lists(inner) | strategies.dictionaries(TEXTS, inner)
    )
)
def test_depth_of_anything(value: Any) -> None:
    """F116: a value is refused from exactly the depth that it has."""
    depth = depth_of(value)
    assert read_with(value, Limits(max_json_depth=max(1, depth))) == value
    if depth > 1:
        assert isinstance(read_with(value, Limits(max_json_depth=depth - 1)), InvalidResponseError)


@pytest.mark.parametrize("size", [20, 21])
def test_the_size_is_checked_before_parsing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """F116: a body over the limit is not parsed, neither as a success nor as a refusal."""
    parsed: list[bytes] = []

    def note(body: bytes) -> Any:
        parsed.append(body)
        return {}

    monkeypatch.setattr("boxapis._sansio.bodies.orjson.loads", note)
    for status in (200, 500):
        response = Response(status, (), b" " * size)
        read_json(response, operation="x", changing=False, limits=Limits(max_json_bytes=20))
    assert bool(parsed) is (size == 20)


HARMLESS: dict[str, bytes] = {
    "one nested": b'{"status":200,"a":{"status":1}}',
    "nested before": b'{"a":{"status":1},"status":200}',
    "many nested": b'{"status":200,"a":[{"status":1},{"status":2,"b":{"status":3}}]}',
    "nested twice": b'{"status":200,"a":{"status":1,"status":2}}',
    "in a text": b'{"status":200,"a":"\\"status\\":500"}',
    "as a value": b'{"status":200,"a":"status"}',
    "nested in latin": b'{"status":200,"a":{"status":"Jos\xe9"}}',
    "nested in latin list": b'{"status":200,"a":[{"status":"\xe9"},{"status":"\xe8"}]}',
}


@pytest.mark.parametrize("body", HARMLESS.values(), ids=HARMLESS)
def test_status_within_the_payload_is_harmless(body: bytes) -> None:
    """Only the outermost object must not repeat ``status``: records have one of their own."""
    expected = json.loads(body.decode("latin-1"))
    assert read(body) == expected
    assert expected["status"] == 200


def test_status_twice_in_another_charset() -> None:
    """Repeated fields are counted in the decoded text, not in the raw bytes."""
    twice = '{"status":500,"status":200}'.encode("utf-16")
    assert "repeats the field 'status'" in str(read(twice, media="text/html; charset=utf-16"))


def test_a_count_that_cannot_be_made_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """When ``status`` cannot be counted, the response is refused."""

    def give_up(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("boxapis._sansio.bodies.json.loads", give_up)
    assert "repeats the field 'status'" in str(read(b'{"status":200,"a":{"status":1}}'))


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 399])
def test_redirects(status: int) -> None:
    """F45: a redirect is never followed, whatever its body and its target."""
    headers = (("Location", "https://other.example/?key=Zq9X"),)
    answer = Response(status, headers, b'{"status":200}')
    error = read_json(answer, operation="cmdTest", changing=False)
    assert isinstance(error, InvalidResponseError)
    assert "the service sent a redirect, which is never followed" in str(error)
    assert "Zq9X" not in str(error)


def test_a_changing_operation_may_have_been_carried_out() -> None:
    """An unreadable response leaves open whether a change was carried out."""
    error = read(b"<html>", status=502, changing=True)
    assert error.may_have_been_applied is True
    assert str(error) == (
        "cmdTest: the response is an HTML page, not JSON (HTTP 502, 6 bytes)."
        " It may have been carried out: look it up before you repeat it."
    )
