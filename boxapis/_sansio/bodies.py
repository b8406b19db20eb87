"""Bytes of an answer into JSON, strictly, and content codings undone under a cap.

Promises: never a foreign exception, never a quoted body. What cannot be read comes back as an
`InvalidResponseError` value, for the caller to raise outside any ``except`` block.
"""

import json
import re
import zlib
from typing import Any

import orjson

from boxapis._http.messages import Response
from boxapis.errors import InvalidResponseError

__all__ = ["TooLarge", "Undecodable", "decompress", "read_json"]

_BOM = b"\xef\xbb\xbf"
# Charsets of text alone: Python's other codecs unpack, escape or warn.
_CHARSET = re.compile(
    r"charset=\"?(iso-?8859-\d{1,2}|latin-?\d|windows-\d{3,4}|us-ascii|utf-(?:8|16|32)|shift_jis"
    r"|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5|koi8-[ru])\b",
    re.ASCII | re.IGNORECASE,
)
_REDIRECT = 300
_REDIRECTS = range(_REDIRECT, 400)
_STATUS = b'"status"'
_EMPTY = "the answer has an empty body"
_PAGE = "the answer is an HTML page, not JSON"
_CUT = "the answer is cut short"
_PASSING = (_EMPTY, _PAGE, _CUT)


class TooLarge(Exception):  # noqa: N818 - a signal between two functions, not an error of ours
    """The body is larger than the cap."""


class Undecodable(Exception):  # noqa: N818 - as above
    """The content coding is unknown, broken or cut short."""


def decompress(body: bytes, coding: str | None, cap: int) -> bytes:
    """Undoes a content coding that the client did not ask for.

    Args:
        body: The bytes as they came.
        coding: The ``Content-Encoding`` header, or None.
        cap: Most bytes the result may have.

    Raises:
        TooLarge: when the result would pass the cap.
        Undecodable: when the coding is not gzip or deflate, or its end is missing.
    """
    match (coding or "identity").strip().lower():
        case "identity" | "":
            return body
        case _ if not body:
            return body  # nothing was packed, whatever the header says
        case "gzip" | "x-gzip":
            return _inflate(body, zlib.MAX_WBITS | 16, cap)
        case "deflate":
            return _inflate(body, zlib.MAX_WBITS, cap)
        case _:
            raise Undecodable


def _inflate(body: bytes, window: int, cap: int) -> bytes:
    machine = zlib.decompressobj(window)
    try:
        result = machine.decompress(body, cap + 1)
    except zlib.error:
        result = None
    if result is None:
        raise Undecodable
    if len(result) > cap:
        raise TooLarge
    if not machine.eof or machine.unused_data:
        raise Undecodable
    return result


def read_json(response: Response, *, operation: str, changing: bool) -> Any:
    """The JSON of an answer, or an `InvalidResponseError` that says why there is none."""
    if response.status < _REDIRECT and response.body.count(_STATUS) <= 1:
        problem, value = _load(response.body)
        if problem is None:  # as almost always
            return value
    problem, value = _parse(response)
    if problem is None:
        return value
    return InvalidResponseError(
        f"{operation}: {problem} (HTTP {response.status}, {len(response.body)} bytes).",
        operation=operation,
        may_have_been_applied=changing,
        # What was cut or came from something in between may be whole the next time.
        retry_stopped_by=None if problem in _PASSING else "permanent",
    )


def _parse(response: Response) -> tuple[str | None, Any]:
    if response.status in _REDIRECTS:
        return "the service sent a redirect, which is never followed", None
    body = response.body
    problem, value = _load(body)
    if problem is not None:
        body = body.removeprefix(_BOM)
        if not body.strip():
            return _EMPTY, None
        problem, value = _load(body)
    if problem == "encoding":
        body = _as_utf8(body, response.header("content-type"))
        problem, value = _load(body)
    if problem is None and body.count(_STATUS) > 1 and _says_twice(body):
        return "the answer says 'status' twice", None
    if problem is not None and body.lstrip()[:1] == b"<":
        return _PAGE, None
    if problem == "cut":
        return _CUT, None
    return (problem and "the answer is not JSON"), value


def _load(body: bytes) -> tuple[str | None, Any]:
    try:
        return None, orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # Only these two texts tell bytes that are not UTF-8, and such as are cut, from the rest.
        if "UTF-8" in error.msg or "utf" in error.msg:
            return "encoding", None
        return "cut" if "unexpected end" in error.msg else "syntax", None


def _as_utf8(body: bytes, content_type: str | None) -> bytes:
    declared = _CHARSET.search(content_type or "")
    for charset in (declared.group(1) if declared else "", "windows-1252"):
        try:
            return body.decode(charset).encode("utf-8")
        except (LookupError, UnicodeError):
            continue
    return body.decode("windows-1252", "replace").encode("utf-8")


def _says_twice(body: bytes) -> bool:
    """Whether the outermost object, the last the hook sees, holds 'status' twice."""
    last: list[int] = [0]

    def count(pairs: list[tuple[str, Any]]) -> None:
        last[0] = sum(1 for name, _ in pairs if name == "status")

    try:
        json.loads(body, object_pairs_hook=count)
    except (ValueError, RecursionError):
        return True
    return last[0] > 1
