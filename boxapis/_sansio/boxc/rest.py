"""Prepares BoxC requests: method, path, parameters and JSON are encoded before a token is known.

A caller's values are encoded at once, and no repr or attribute listing shows them afterwards.
Source: https://docs.boxc.com/ (description 1.123) and its predecessor of 2023.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, field, frozen

from boxapis._http.messages import Headers, Origin, Request, Unpicklable, new_request
from boxapis._http.quick_constructor import quick_constructor
from boxapis._sansio.boxc.json_body import encode_json
from boxapis._sansio.boxc.operations import OPERATIONS, kind_of, kind_of_request
from boxapis._sansio.boxc.paths import is_simple, readings
from boxapis._sansio.boxc.ratelimit import Group, group_of
from boxapis._sansio.boxc.templates import Template
from boxapis._sansio.operation import Kind
from boxapis._sansio.text import (
    LONE_SURROGATE,
    MAX_ARGUMENTS,
    TOO_LARGE,
    UNREADABLE,
    encode_value,
    exact_mapping,
    exact_text,
    percent_encode,
)
from boxapis.errors import ConfigurationError
from boxapis.secret import MASK, Secret

__all__ = ["JSON", "PDF", "PDF_START", "PreparedRequest", "prepare", "prepare_known", "request"]

JSON = "application/json"
PDF = "application/pdf"
PDF_START = b"%PDF-"

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_PATH = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+", re.ASCII)
_LONGEST_PATH = 8192
_MEDIA = ("Content-Type", JSON)
_MEDIA_TYPE = re.compile(r"[\w.+*/;=, -]{1,100}", re.ASCII)


class _Sealed(Unpicklable):
    """Text or bytes that neither a repr nor a listing of attributes shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str | bytes | None) -> None:
        _write(self, value)

    def __repr__(self) -> str:
        return MASK


# The one slot loses its name, so that no tool that lists attributes finds the value.
_slot: Any = _Sealed.__dict__["_value"]
_reveal: Callable[[_Sealed], Any] = _slot.__get__
_write: Callable[[_Sealed, str | bytes | None], None] = _slot.__set__
delattr(_Sealed, "_value")

_NO_BODY = _Sealed(None)


@frozen(repr=False, eq=False)
class PreparedRequest(Unpicklable):
    """An encoded request that lacks only its token; target and body are sealed.

    Attributes:
        method: The HTTP method.
        operation: Method and resource without id and query, used in errors.
        kind: Whether it changes anything, and whether it may be repeated.
        accept: The media type of the response.
        secrets: The values to mask in texts of the service.
        problem: Why it cannot be sent; None when it can.
        scope: The scope that the operation needs; empty if it needs none, or is not known.
        group: The rate limit that it falls under.
    """

    method: str = "GET"
    _target: _Sealed = field(default=_Sealed("/"))
    _body: _Sealed = field(default=_NO_BODY)
    operation: str = ""
    kind: Kind = "read"
    accept: str = JSON
    secrets: tuple[Secret, ...] = ()
    problem: str | None = None
    scope: str = ""
    group: Group = "api"

    @property
    def target(self) -> str:
        """Path and query below the base URL."""
        target: str = _reveal(self._target)
        return target

    @property
    def body(self) -> bytes | None:
        """The JSON body, or None."""
        body: bytes | None = _reveal(self._body)
        return body

    def error(self) -> ConfigurationError | None:
        """Returns the error of a request that cannot be sent; None when it can."""
        if self.problem is None:
            return None
        return ConfigurationError(f"{self.operation}: {self.problem}")

    def with_body(self, body: bytes) -> "PreparedRequest":
        """Returns the same request with another JSON body."""
        return evolve(self, body=_Sealed(body))

    def __repr__(self) -> str:
        return f"<PreparedRequest {self.operation}>"


_prepared = quick_constructor(PreparedRequest)


def prepare(
    method: str,
    path: str,
    *,
    params: Mapping[str, object] | None = None,
    json: object = None,
    accept: str = JSON,
    operation: str | None = None,
) -> PreparedRequest:
    """Encodes a request; never raises, so no traceback shows a frame with its values.

    Args:
        method: ``"GET"``, ``"POST"``, ``"PUT"``, ``"PATCH"`` or ``"DELETE"``.
        path: The path below the base URL without a query, for instance ``"/entry-points"``.
        params: The parameters of the query; None leaves one out.
        json: A value that orjson can encode, at most 16 MiB; a `Secret` anywhere in it is sent in
            plain text.
        accept: The media type of the response.
        operation: A name of `OPERATIONS`, which tells kind and scope and is used in errors; by
            default the method and the first part of the path, and the kind by the path. Either kind
            gives way to what the body does.
    """
    method, path = exact_text(method) or "", exact_text(path) or ""
    accept = JSON if accept is JSON else exact_text(accept) or ""
    simple = is_simple(path)
    problem = _find_problem(method, path, accept, simple=simple)
    if problem is not None:
        return PreparedRequest(operation="request", problem=problem)
    name = operation or f"{method} /{path.split('/')[1]}"
    known = OPERATIONS.get(operation or "")
    kind = known.kind if known else kind_of(method, path)
    scope = known.scope if known else ""
    group: Group = "api" if simple and "track" not in path.lower() else group_of(path)
    return _encode(method, path, name, kind, scope, group, params, json, accept)


def prepare_known(
    template: Template,
    path: str,
    params: Mapping[str, object] | None = None,
    json: object = None,
    accept: str = JSON,
) -> PreparedRequest:
    """Encodes a request as `prepare` does, with a plain path, which needs no check.

    Args:
        template: The operation.
        path: The path with ids, which `Template.fill` found plain.
        params: The parameters of the query.
        json: The body.
        accept: `JSON` or `PDF`.
    """
    operation, method, group = template.operation, template.method, template.group
    name, kind, scope = operation.name, operation.kind, operation.scope
    return _encode(method, path, name, kind, scope, group, params, json, accept)


def _encode(
    method: str,
    path: str,
    name: str,
    kind: Kind,
    scope: str,
    group: Group,
    params: Mapping[str, object] | None,
    json: object,
    accept: str,
) -> PreparedRequest:
    """Returns the request once query and body are encoded."""
    secrets: list[Secret] = []
    body: bytes | None = None
    problem: str | None = None
    if params is not None:
        query, problem = _encode_query(params, secrets)
        path += query
    if json is not None and problem is None:
        body, problem = encode_json(json, secrets)
    if problem is not None:
        return PreparedRequest(operation=name, problem=problem)
    return _prepared(
        method,
        _Sealed(path),
        _NO_BODY if body is None else _Sealed(body),
        name,
        kind if body is None else kind_of_request(kind, body),
        accept,
        tuple(secrets),
        None,
        scope,
        group,
    )


def _find_problem(method: str, path: str, accept: str, *, simple: bool) -> str | None:
    if method not in _METHODS:
        return f"the method must be one of {', '.join(sorted(_METHODS))}"
    if len(path) > _LONGEST_PATH or not (simple or _PATH.fullmatch(path)):
        return "the path must look like /resource/id; put a query into params"
    if not simple and _climbs(path):
        return "the path must not have . or .. as a part"
    if accept is not JSON and not _MEDIA_TYPE.fullmatch(accept):
        return "accept must be a media type"
    return None


def _climbs(path: str) -> bool:
    """Whether a part of the path is ``.`` or ``..`` in any reading, or it is encoded too often."""
    found = readings(path)
    return not found or any(part in (".", "..") for parts in found for part in parts)


def _encode_query(params: object, secrets: list[Secret]) -> tuple[str, str | None]:
    try:
        exact = exact_mapping(params)
        if exact is None:
            return "", "params must be a mapping of text to values"
        return _encode_pairs(exact, secrets)
    except Exception:  # noqa: BLE001 - whatever a value does, its error would show this frame
        return "", f"params {UNREADABLE}"


def _encode_pairs(params: Mapping[str, object], secrets: list[Secret]) -> tuple[str, str | None]:
    pairs: list[str] = []
    size = 0
    for name, value in params.items():
        text, problem = encode_value(value, booleans=("false", "true"))
        if problem is not None:
            return "", f"the parameter {name[:200]!r} {problem}"
        if text is None:
            continue
        encoded_name, encoded = percent_encode(name), percent_encode(text)
        if encoded_name is None or encoded is None:
            return "", f"the parameter {name[:200]!r} {LONE_SURROGATE}"
        size += len(encoded_name) + len(encoded)
        if size > MAX_ARGUMENTS:
            return "", f"the parameter {name[:200]!r} {TOO_LARGE}"
        pairs.append(f"{encoded_name}={encoded}")
        if issubclass(type(value), Secret):
            secrets.append(Secret(text))
    return ("?" + "&".join(pairs) if pairs else ""), None


def request(origin: Origin, base_path: str, prepared: PreparedRequest, headers: Headers) -> Request:
    """Returns the request with its token among the headers."""
    body, accept = prepared.body, ("Accept", prepared.accept)
    return new_request(
        origin,
        prepared.method,
        base_path + prepared.target,
        (accept, *headers) if body is None else (accept, _MEDIA, *headers),
        body,
        prepared.operation,
        prepared.kind == "changing",
    )
