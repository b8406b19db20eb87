"""Reads the JSON of a response body strictly.

No exception of another library escapes, and no error quotes the body. An unreadable body becomes an
`InvalidResponseError` value, for the caller to raise outside any ``except`` block.
"""

import json
import re
from typing import Any

import orjson

from boxapis._http.messages import Response
from boxapis.errors import InvalidResponseError

__all__ = ["read_json"]

_BOM = b"\xef\xbb\xbf"
# Text encodings only: Python's other codecs decompress, escape or warn.
_CHARSET = re.compile(
    r"charset=\"?(iso-?8859-\d{1,2}|latin-?\d|windows-\d{3,4}|us-ascii|utf-(?:8|16|32)|shift_jis"
    r"|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5|koi8-[ru])\b",
    re.ASCII | re.IGNORECASE,
)
_FIRST_REDIRECT = 300
_REDIRECTS = range(_FIRST_REDIRECT, 400)
_STATUS_FIELD = b'"status"'
_EMPTY_BODY = "the response has an empty body"
_HTML_PAGE = "the response is an HTML page, not JSON"
_TRUNCATED = "the response is cut short"
_TRANSIENT = (_EMPTY_BODY, _HTML_PAGE, _TRUNCATED)


def read_json(response: Response, *, operation: str, changing: bool) -> Any:
    """Returns the JSON of a response, or an `InvalidResponseError` that says why there is none."""
    if response.status < _FIRST_REDIRECT and response.body.count(_STATUS_FIELD) <= 1:
        problem, value = _load_json(response.body)
        if problem is None:  # as nearly always
            return value
    problem, value = _parse(response)
    if problem is None:
        return value
    return InvalidResponseError(
        f"{operation}: {problem} (HTTP {response.status}, {len(response.body)} bytes).",
        operation=operation,
        may_have_been_applied=changing,
        # A proxy may have cut or replaced the response: the next one may be whole.
        retry_stopped_by=None if problem in _TRANSIENT else "permanent",
    )


def _parse(response: Response) -> tuple[str | None, Any]:
    if response.status in _REDIRECTS:
        return "the service sent a redirect, which is never followed", None
    body = response.body
    problem, value = _load_json(body)
    if problem is not None:
        body = body.removeprefix(_BOM)
        if not body.strip():
            return _EMPTY_BODY, None
        problem, value = _load_json(body)
    if problem == "encoding":
        body = _as_utf8(body, response.header("content-type"))
        problem, value = _load_json(body)
    if problem is None and body.count(_STATUS_FIELD) > 1 and _has_status_twice(body):
        return "the response repeats the field 'status'", None
    if problem is not None and body.lstrip()[:1] == b"<":
        return _HTML_PAGE, None
    if problem == "cut":
        return _TRUNCATED, None
    return (problem and "the response is not JSON"), value


def _load_json(body: bytes) -> tuple[str | None, Any]:
    try:
        return None, orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # orjson tells wrong encodings and truncated bodies apart by these texts only.
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
