"""Reads the JSON of a response body: exact in its numbers, bounded in size and depth.

No exception of another library escapes, and no error quotes the body. An unreadable body becomes an
`InvalidResponseError` value, for the caller to raise outside any ``except`` block.
"""

import json
import math
import re
from typing import Any

import orjson

from boxapis._http.messages import Response
from boxapis._sansio.content_codings import TooLarge
from boxapis.errors import InvalidResponseError
from boxapis.options import Limits

__all__ = ["DEFAULT_LIMITS", "has_long_number", "read_json"]

_BOM = b"\xef\xbb\xbf"
# Text encodings only: Python's other codecs decompress, escape or warn.
_CHARSET = re.compile(
    r"charset=\"?(iso-?8859-\d{1,2}|latin-?\d|windows-\d{3,4}|us-ascii|utf-(?:8|16|32)|shift_jis"
    r"|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5|koi8-[ru])\b",
    re.ASCII | re.IGNORECASE,
)
# Half of a surrogate pair in hexadecimal escapes, or a whole pair as group 2, behind an even number
# of backslashes. Possessive, so that a long run of backslashes is read once.
_SURROGATES = re.compile(
    rb"(?<!\\)((?:\\\\)*+)\\u[dD](?:([89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2})"
    rb"|[89a-fA-F][\da-fA-F]{2})"
)
# Each digit is a zero and each opening bracket is square, so that one look finds many of either.
_SHAPE = bytes.maketrans(b"123456789{", b"000000000[")
_LONG_NUMBER = b"0" * 19  # fewer digits always fit into 64 bits
_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_USUAL_DEPTH = 16
_CONTAINERS = (dict, list)
_FIRST_REDIRECT = 300
_REDIRECTS = range(_FIRST_REDIRECT, 400)
_STATUS_FIELD = b'"status"'
_EMPTY_BODY = "the response has an empty body"
_HTML_PAGE = "the response is an HTML page, not JSON"
_TRUNCATED = "the response is cut short"
_TRANSIENT = (_EMPTY_BODY, _HTML_PAGE, _TRUNCATED)
DEFAULT_LIMITS = Limits()


def read_json(
    response: Response, *, operation: str, changing: bool, limits: Limits = DEFAULT_LIMITS
) -> Any:
    """Returns the JSON of a response, or an `InvalidResponseError` that says why there is none."""
    body = response.body
    if (
        response.status < _FIRST_REDIRECT
        and len(body) <= limits.max_json_bytes
        and body.count(_STATUS_FIELD) <= 1
    ):
        problem, value = _load_json(body, limits.max_json_depth)
        if problem is None:  # as nearly always
            return value
    problem, value = _parse(response, limits)
    if problem is None:
        return value
    return InvalidResponseError(
        f"{operation}: {problem} (HTTP {response.status}, {len(response.body)} bytes).",
        operation=operation,
        may_have_been_applied=changing,
        # A proxy may have cut or replaced the response: the next one may be whole.
        retry_stopped_by=None if problem in _TRANSIENT else "permanent",
    )


def _parse(response: Response, limits: Limits) -> tuple[str | None, Any]:
    if response.status in _REDIRECTS:
        return "the service sent a redirect, which is never followed", None
    body, max_depth = response.body, limits.max_json_depth
    if len(body) > limits.max_json_bytes:
        return TooLarge(limits.max_json_bytes).problem, None
    problem, value = _load_json(body, max_depth)
    if problem is not None:
        body = body.removeprefix(_BOM)
        if not body.strip():
            return _EMPTY_BODY, None
        problem, value = _load_json(body, max_depth)
    if problem == "encoding":
        body = _as_utf8(body, response.header("content-type"))
        problem, value = _load_json(body, max_depth)
    if problem is None and body.count(_STATUS_FIELD) > 1 and _has_status_twice(body):
        return "the response repeats the field 'status'", None
    if problem is not None and body.lstrip()[:1] == b"<":
        return _HTML_PAGE, None
    if problem == "deep":
        return f"the response is nested more than {max_depth} levels deep", None
    if problem == "cut":
        return _TRUNCATED, None
    return (problem and "the response is not JSON"), value


def _load_json(body: bytes, max_depth: int) -> tuple[str | None, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        problem = error.msg
    else:
        shape = body.translate(_SHAPE)
        if shape.count(b"[") > max_depth and _is_deeper(value, body, max_depth):
            return "deep", None
        # orjson reads an integer beyond 64 bits as a float; the standard library is exact.
        return _load_exactly(body) if _has_run(shape) else (None, value)
    # orjson tells its reasons apart by these texts only.
    if "UTF-8" in problem or "utf" in problem:
        return "encoding", None
    if "surrogate" in problem:
        whole = _without_halves(body)
        return ("syntax", None) if whole == body else _load_json(whole, max_depth)
    if "infinity" in problem:
        return _load_long_integer(_without_halves(body), max_depth)
    if "depth" in problem:
        return "deep", None
    return "cut" if "unexpected end" in problem else "syntax", None


def has_long_number(body: bytes) -> bool:
    """Whether JSON may have a number that orjson does not read exactly, or not at all."""
    return _has_run(body.translate(_SHAPE))


def _has_run(shape: bytes) -> bool:
    # Not `in`, which takes its left side for a number first, and drops the error of that.
    return shape.find(_LONG_NUMBER) >= 0


def _load_exactly(body: bytes) -> tuple[str | None, Any]:
    """Reads JSON with integers of any size; NaN and infinite numbers are no JSON."""
    try:
        return None, json.loads(body, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):  # ValueError also beyond the digits that Python accepts
        return "syntax", None


def _load_long_integer(body: bytes, max_depth: int) -> tuple[str | None, Any]:
    """Reads JSON with a number that is infinite as a float: an integer, or nothing valid."""
    problem, value = _load_exactly(body)
    if problem is None and _is_deeper(value, body, max_depth):
        return "deep", None
    return problem, value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def _without_halves(body: bytes) -> bytes:
    """Returns JSON with the replacement character for each half of a surrogate pair."""
    if b"\\u" not in body:  # the pattern, which has no fixed beginning, takes long to find nothing
        return body
    return _SURROGATES.sub(_replace_half, body)


def _replace_half(match: "re.Match[bytes]") -> bytes:
    """Returns the replacement character for half a pair; a whole pair stays."""
    return match[0] if match[2] else match[1] + rb"\ufffd"


def _is_deeper(value: object, body: bytes, max_depth: int) -> bool:
    """Whether decoded JSON is nested deeper; the value itself is looked at only in doubt."""
    if b"\\" not in body or b'\\"' not in body:  # each quote begins or ends a text
        # If all quotes stand in pairs, no bracket is inside a text.
        marks = body.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
        for _ in range(min(_USUAL_DEPTH, max_depth) // 2):  # each turn takes off up to two levels
            marks = marks.replace(b"[]", b"").replace(b"{}", b"")
        if not marks:
            return False
    level: list[Any] = [value]
    for _ in range(max_depth):
        children = (node.values() if type(node) is dict else node for node in level)
        level = [child for inner in children for child in inner if type(child) in _CONTAINERS]
        if not level:
            return False
    return True


def _as_utf8(body: bytes, content_type: str | None) -> bytes:
    try:  # UTF-8 of whole surrogate pairs, as Java and Oracle write it, or of halves
        halves = body.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass")
        return halves.decode("utf-16", "replace").encode("utf-8")
    except UnicodeError:
        pass
    declared = _CHARSET.search(content_type or "")
    for charset in (declared.group(1) if declared else "", "windows-1252"):
        try:
            return body.decode(charset).encode("utf-8")
        except (LookupError, UnicodeError):
            continue
    return body.decode("windows-1252", "replace").encode("utf-8")


def _has_status_twice(body: bytes) -> bool:
    """Whether the outermost object, the last one the hook sees, has two fields 'status'."""
    last: list[int] = [0]

    def count(pairs: list[tuple[str, Any]]) -> None:
        last[0] = sum(1 for name, _ in pairs if name == "status")

    try:
        json.loads(body, object_pairs_hook=count)
    except (ValueError, RecursionError):
        return True
    return last[0] > 1
