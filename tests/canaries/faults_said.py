"""F36 to F66, F95 and F100: contents of answers, with the request echoed in every part."""

import base64
import html
import json
import quopri
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

from tests.canaries.fault import Fault, saying
from tests.canaries.service import Call, answer
from tests.canaries.values import secret
from tests.support.peers import plain

ECHOES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "quoted": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "JSON": json.dumps,
    "JSON twice": lambda text: json.dumps(json.dumps(text)),
    "HTML": html.escape,
    "repr": repr,
    "bytes": lambda text: repr(text.encode()),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hexadecimal": lambda text: text[:600].encode().hex(),
    "capitals": str.upper,
    "unicode": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text[:600]),
    "a list": lambda text: json.dumps({"password": [text, text[::-1]]}),
    "an object": lambda text: json.dumps({"token": {"value": {"deep": text}}}),
    "a tuple": lambda text: repr({"ccard_number": (text, 737)}),
    "an array of PHP": lambda text: f"[password] => Array ( [0] => {text} )",
    "half a mask": lambda text: f'{{"password":[secret]"{text}"]}}',
    "an element": lambda text: f"<password>{text}</password>",
    "a number": lambda text: json.dumps({"ccard_cvv": 4929718203645519, "note": text}),
    "spaced": " ".join,
    "dashed": "-".join,
    "escaped by a shell": lambda text: "".join(
        letter if letter.isalnum() else f"\\{letter}" for letter in text
    ),
    "wrapped": lambda text: "\n".join(text[at : at + 7] for at in range(0, len(text), 7)),
    "replaced": lambda text: "".join(
        letter if letter.isascii() and letter.isalnum() else "?" for letter in text
    ),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "octal": lambda text: "".join(
        letter if letter.isalnum() else f"\\{ord(letter):03o}" for letter in text[:600]
    ),
    "broken": lambda text: text.replace("%", "$").replace("&", ""),
}
"""The ways in which a service writes the request into its own text."""


def _tracker(status: object, make: Callable[[str], str] = str, http: bytes = b"200 OK") -> Any:
    def said(call: Call) -> bytes:
        text = make(call.echo)
        body = {"status": status, "errorString": text, "similarWOs": [text], "TestURL": text}
        return answer(body, b"X-Request-Id: " + _line(call), status=http)

    return saying(said)


def _boxc(
    http: int, code: object, make: Callable[[str], str] = str, **fields: Callable[[str], Any]
) -> Any:
    def said(call: Call) -> bytes:
        text = make(call.echo)
        body: dict[str, Any] = {"code": code, "message": text, "errors": [text]}
        body |= {name: field(text) for name, field in fields.items()}
        return answer(body, b"X-Request-Id: " + _line(call), status=b"%d %s" % (http, _line(call)))

    return saying(said)


def _line(call: Call) -> bytes:
    return call.request.replace(b"\r\n", b" ")[:2000]


def _page(status: bytes, *headers: bytes) -> Any:
    return saying(lambda it: plain(f"<html>{it.echo}".encode(), *headers, status=status))


def _body(make: Callable[[str], Any]) -> Any:
    return saying(lambda it: answer(make(it.echo)))


def _moved(status: bytes, start: bytes) -> Any:
    def said(call: Call) -> bytes:
        start_there = start % call.stranger if b"%d" in start else start
        there = start_there + secret("location").encode() + quote(call.echo).encode()
        return plain(b"", b"Location: " + there, b"Refresh: 0; url=" + there, status=status)

    return saying(said)


def _echoing_fields(text: str) -> dict[str, Any]:
    return {"status": 200, **dict.fromkeys(_FIELDS, text), "next_page": [text]}


def _foreign(_: str) -> str:
    """Secrets that the call does not know, in shapes that only their names betray."""
    value = secret("card")
    shapes: list[Any] = [value, [value], {"a": [value]}, [[{"b": value}]]]
    fields = dict(zip(("password", "token", "ccard_cvv", "user_key"), shapes, strict=True))
    return f"{json.dumps(fields | {'ccard_number': 4929718203645519})} <password>{value}</password>"


_FIELDS = (
    *("id", "user_id", "carrier", "params", "created", "updated", "customerID"),
    *("sessionKey", "expires_in", "access_token", "credential", "credentials"),
)


_BOXC_CODES = {
    "F47 429": (429, 1015),
    "F53 500": (500, 1001),
    "F56 an error with 200": (200, 1000),
    "F57 401": (401, 1005),
    "F57 revoked": (403, 1008),
    "F58 402": (402, 1080),
    "F59 404": (404, 1450),
    "F60 unknown code": (400, 7777),
    "F102 page token": (400, 1025),
}

# For each kind that the catalogue of faults names.
_STATUSES = (302, 311, 324, 325, 340, 500, 502, 506, 507, 508, 509, 510, 600, 700, 900, 555)

SAID = (
    Fault("F36 empty", saying(lambda it: plain(b"", b"X-Echo: " + _line(it)))),
    Fault("F36 no content", saying(lambda _: b"HTTP/1.1 204 No Content\r\n\r\n")),
    Fault("F37 page", _page(b"200 OK", b"Content-Type: text/html")),
    Fault("F38 type", saying(lambda it: plain(b"{}x", b"Content-Type: " + _line(it)))),
    Fault("F39 BOM", saying(lambda it: plain(b"\xef\xbb\xbf{" + _line(it)))),
    Fault("F40 Latin-1", saying(lambda it: plain(it.echo.encode("latin-1", "replace")))),
    Fault("F41 NaN", saying(lambda it: plain(b'{"status": NaN, "a": "' + _line(it) + b'"}'))),
    Fault(
        "F41 depth", saying(lambda it: plain(b"[" * 5000 + b'"' + _line(it) + b'"' + b"]" * 5000))
    ),
    Fault("F42 root", _body(lambda text: [text])),
    Fault("F42 text", _body(str)),
    Fault("F43 fields", _body(_echoing_fields)),
    Fault("F43 nested", _body(lambda text: {"credential": _echoing_fields(text), "status": text})),
    Fault("F43 names", _body(lambda text: {text: 1, "credential": {text: {text: 1}}})),
    Fault("F44 cookie", _page(b"400 Bad", b"Set-Cookie: a=" + secret("cookie").encode())),
    Fault("F45 other host", _moved(b"302 Found", b"http://127.0.0.1:%d/?")),
    Fault("F45 same host", _moved(b"307 Temporary Redirect", b"/?")),
    Fault("F46 no URL", _moved(b"301 Moved", b"http://[")),
    Fault("F47 page", _page(b"429 Too Many Requests", b"Retry-After: 86400")),
    Fault("F50 wait", saying(lambda it: plain(b"", b"Retry-After: " + _line(it), status=b"429 X"))),
    Fault("F53 page", _page(b"503 Unavailable")),
    Fault("F55 status line", saying(lambda it: plain(b"", status=b"500 " + _line(it)))),
    Fault("F57 page", _page(b"401 Unauthorized", b'WWW-Authenticate: Basic realm="x"')),
    *(Fault(name, _boxc(*row), door="boxc") for name, row in _BOXC_CODES.items()),
    *(
        Fault(f"F56 {name} in BoxC's message", _boxc(400, 1000, make), door="boxc", turn=turn)
        for turn, (name, make) in enumerate(ECHOES.items())
    ),
    Fault(
        "F56 an object of errors", _boxc(400, 1000, errors=lambda text: {text: text}), door="boxc"
    ),
    Fault("F57 scope", _boxc(403, 1009, lambda text: f"scope 'a_b' {text}"), door="boxc"),
    *(
        Fault(f"F60 {name} in an errorString", _tracker(303, make), door="tracker", turn=turn)
        for turn, (name, make) in enumerate(ECHOES.items())
    ),
    *(Fault(f"F60 status {status}", _tracker(status), door="tracker") for status in _STATUSES),
    Fault("F60 status as echo", _body(lambda text: {"status": text}), door="tracker"),
    Fault("F60 secrets of others", _tracker(303, _foreign), door="tracker"),
    Fault("F56 secrets of others", _boxc(400, 1000, _foreign), door="boxc"),
    Fault("F61 507 with HTTP 500", _tracker(507, http=b"500 X"), door="tracker"),
    Fault("F67 507 once", _tracker(507), times=1, door="tracker"),
    Fault("F57 401 once", _boxc(401, 1005), times=1, door="boxc"),
    Fault("F66 no key", _body(lambda text: {"status": 200, "a": text}), door="tracker"),
    Fault(
        "F95 another customer",
        _body(lambda text: {"status": 200, "sessionKey": secret("customer-key"), "customerID": 9}),
        door="tracker",
    ),
    Fault(
        "F97 pages without end",
        _body(lambda _: {"credentials": [], "next_page": "again"}),
        door="boxc",
    ),
)
