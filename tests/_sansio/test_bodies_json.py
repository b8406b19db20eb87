"""`read_json` reads bodies strictly, and its errors never quote them."""

import json
from typing import Any

import pytest

from boxapis._http.messages import Response
from boxapis._sansio.bodies import read_json
from boxapis.errors import InvalidResponseError

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
    "half a pair": (b'{"status":200,"Zq9X":"\\ud800"}', "is not JSON"),
    "raw half a pair": (b'{"Zq9X":\xed\xa0\x80}', "is not JSON"),
    "control character": (b'{"key":"Zq9X\x00"}', "is not JSON"),
    "deep arrays": (b"[" * 200_000 + b"]" * 200_000, "is not JSON"),
    "deep objects": (b'{"Zq9X":' * 100_000 + b"1" + b"}" * 100_000, "is not JSON"),
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
    """F36, F37, F41: a body that is not JSON is an error that says why and quotes nothing."""
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
