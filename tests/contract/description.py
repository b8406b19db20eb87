"""The published description of BoxC as plain JSON Schema, its slips put right.

The file calls itself Swagger 2.0, and uses parts of OpenAPI 3, types of its own, and keywords in
the wrong place; no validator takes it as it is. `HABITS` are slips that are put right by a rule
wherever they occur, `SLIPS` are single ones. Tests assert that each is still there.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import yaml
from attrs import frozen

from tests.contract.strip import Loader
from tests.support.paths import SAMPLES

__all__ = ["DESCRIBED", "FILE", "HABITS", "SLIPS", "Described", "Slip", "example", "schema"]

FILE = SAMPLES / "boxc" / "openapi-1.123.yml"

_JSON = "application/json"
_VERBS = ("get", "post", "put", "patch", "delete")
_TYPES: Mapping[str, Any] = {
    "decimal": "number",
    "datetime": "string",
    "string|null": ["string", "null"],
    "string|array": ["string", "array"],
}
_UNRELIABLE = ("pattern", "format", "default", "exclusiveMinimum", "exclusiveMaximum")


def _lacks_null(raw: dict[str, Any], keyword: str) -> bool:
    kind = raw.get("type")
    return raw.get(keyword, ...) is None and kind is not None and "null" not in kind


HABITS: Mapping[str, Callable[[dict[str, Any]], bool]] = {
    "null is the default, and not among the types": lambda raw: _lacks_null(raw, "default"),
    "null is the example, and not among the types": lambda raw: _lacks_null(raw, "example"),
    "a type that JSON Schema does not have": lambda raw: str(raw.get("type")) in _TYPES,
    "a pattern that is a list": lambda raw: isinstance(raw.get("pattern"), list),
    "a format that is a list": lambda raw: isinstance(raw.get("format"), list),
    "an exclusive bound that is a number": lambda raw: type(raw.get("exclusiveMinimum")) is int,
    "text whose example is a number": lambda raw: (
        raw.get("type") == "string" and type(raw.get("example")) in (int, float)
    ),
    "a whole number whose example is text": lambda raw: (
        raw.get("type") == "integer" and type(raw.get("example")) is str
    ),
}
"""What each rule of `schema` and `example` is for, found in an object of the file."""


@frozen
class Slip:
    """One slip of the file.

    Attributes:
        why: The reason why it is one.
        place: The keys that lead to it.
        found: What stands there.
        meant: What is put in its place; None removes it.
    """

    why: str
    place: tuple[str | int, ...]
    found: object
    meant: object


def _body(path: str, verb: str) -> tuple[str, ...]:
    return ("paths", path, verb, "requestBody", "content", _JSON, "schema")


_AFFIRMATION = (
    *("definitions", "customs-product", "properties", "affirmation_of_compliance", "items"),
    "oneOf",
)

SLIPS = (
    Slip(
        "a list of required fields stands among the fields",
        (*_body("/customs/products/{id}", "put"), "properties", "required"),
        ["product"],
        None,
    ),
    Slip(
        "the fields of the order are required of the object around it",
        (*_body("/orders/{id}", "put"), "required"),
        ["to", "consignor", "service", "line_items"],
        ["order"],
    ),
    Slip(
        "a media type, misspelt, stands where the contents by media type should",
        ("paths", "/labels/bulk", "post", "responses", "200", "content"),
        "applicatin/pdf",
        {"application/pdf": {}},
    ),
    Slip(
        "the key of a webhook can be updated, says the operation's own error",
        (*_body("/webhooks/{id}", "put"), "properties", "webhook", "properties"),
        {
            "address": {
                "type": "string",
                "format": "uri",
                "maxLength": 128,
                "example": "https://www.boxc.com/path/to/script",
            }
        },
        {"address": {"type": "string"}, "key": {"type": "string"}},
    ),
    Slip(
        "the type of an item stands where its schema should",
        ("definitions", "return", "properties", "images", "items"),
        "string",
        {"type": "string"},
    ),
    Slip(
        "the schema of an item stands below a name that is no keyword",
        ("definitions", "return", "properties", "messages", "items"),
        {"messages": {"$ref": "#/definitions/Message"}},
        {"$ref": "#/definitions/Message"},
    ),
    Slip(
        "the example is not among the words",
        (*_AFFIRMATION, 2, "properties", "code", "example"),
        "FME",
        "PFR",
    ),
    Slip(
        "the example of the time of arrival is null",
        ("definitions", "inbound-shipments", "properties", "received", "example"),
        None,
        "2024-05-24 11:21:33",
    ),
    Slip(
        "the example of the time of a cancellation is null",
        ("definitions", "subscription", "properties", "cancelled_at", "example"),
        None,
        "2024-08-01 14:10:01",
    ),
)


@frozen
class Described:
    """One operation as it is described.

    Attributes:
        name: Method and path.
        scope: The scope that the token needs; empty if none.
        query: Schemas of the query's parameters by name, without deprecated ones.
        required: Names of the parameters that must be there.
        body: The schema of the body, or None.
        status: HTTP status of a success.
        success: The schema of the JSON of a success; None if it has none.
        has_pdf: Whether it can return a PDF.
        is_deprecated: Whether the service says so.
    """

    name: str
    scope: str
    query: Mapping[str, Any]
    required: frozenset[str]
    body: Any
    status: int
    success: Any
    has_pdf: bool
    is_deprecated: bool


@cache
def document() -> Any:
    """Returns the whole file as it is."""
    return yaml.load(FILE.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader


@cache
def repaired() -> Any:
    """Returns the whole file with `SLIPS` put right."""
    found = yaml.load(FILE.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader
    for slip in SLIPS:
        place = found
        for step in slip.place[:-1]:
            place = place[step]
        if slip.meant is None:
            del place[slip.place[-1]]
        else:
            place[slip.place[-1]] = slip.meant
    return found


def schema(raw: Any, *, is_request: bool) -> Any:
    """Returns plain JSON Schema without references, for what is sent or what is received.

    Args:
        raw: A schema of the file.
        is_request: Whether fields that are only read are left out; else those that are only sent.
    """
    if not isinstance(raw, dict):
        return True
    raw = _target(raw)
    result = {name: part for name, part in raw.items() if name not in _UNRELIABLE}
    kind = raw.get("type")
    if isinstance(kind, str):
        result["type"] = _TYPES.get(kind, kind)
    if raw.get("default", ...) is None or raw.get("example", ...) is None:
        result = _nullable(result)
    if isinstance(raw.get("properties"), dict):
        result |= _fields(raw, is_request=is_request)
    if "items" in raw:
        result["items"] = schema(raw["items"], is_request=is_request)
    for word in ("oneOf", "anyOf", "allOf"):
        if word in raw:
            del result[word]
            parts = [schema(part, is_request=is_request) for part in raw[word]]
            result |= {"type": "object", "additionalProperties": False, "required": []}
            for part in parts:
                result["properties"] = result.get("properties", {}) | part.get("properties", {})
                result["required"] += part.get("required", []) if word == "allOf" else []
    return result


def _target(raw: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema that a reference leads to; one without a reference as it is."""
    while "$ref" in raw:
        raw = repaired()["definitions"][raw["$ref"].rsplit("/", 1)[-1]]
    return raw


def _fields(raw: dict[str, Any], *, is_request: bool) -> dict[str, Any]:
    unwanted = "readOnly" if is_request else "writeOnly"
    kept = {
        name: schema(part, is_request=is_request)
        for name, part in raw["properties"].items()
        if not (isinstance(part, dict) and _target(part).get(unwanted))
    }
    required = raw.get("required")
    return {
        "properties": kept,
        "required": [name for name in required if name in kept] if type(required) is list else [],
        "additionalProperties": raw.get("additionalProperties", False),
    }


def _nullable(result: dict[str, Any]) -> dict[str, Any]:
    kind = result.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if kind is None or "null" in kinds:
        return result
    enum = {"enum": [*result["enum"], None]} if "enum" in result else {}
    return {**result, "type": [*kinds, "null"], **enum}


def _described() -> Iterator[Described]:
    for path, item in repaired()["paths"].items():
        for verb in _VERBS:
            if verb in item:
                yield _operation(f"{verb.upper()} {path}", item[verb])


def _operation(name: str, raw: dict[str, Any]) -> Described:
    parameters = [one for one in raw.get("parameters", ()) if one.get("in") == "query"]
    scopes = [" ".join(next(iter(one.values()))) for one in raw.get("security", ()) if one]
    bodies = (raw.get("requestBody") or {}).get("content") or {}
    body = bodies.get(_JSON, {}).get("schema")
    status, success = next(
        (code, one) for code, one in raw["responses"].items() if str(code).startswith("2")
    )
    content = success.get("content") or {}
    json = content.get(_JSON, {}).get("schema")
    return Described(
        name=name,
        scope=scopes[0] if scopes else "",
        query={
            one["name"]: schema({**(one.get("schema") or {}), **one}, is_request=True)
            for one in parameters
            if not one.get("deprecated")
        },
        required=frozenset(one["name"] for one in parameters if one.get("required") is True),
        body=None if body is None else schema(body, is_request=True),
        status=int(status),
        success=None if json is None else schema(json, is_request=False),
        has_pdf="application/pdf" in content,
        is_deprecated=bool(raw.get("deprecated")),
    )


def example(described: Any, *, as_described: bool = True) -> Any:
    """Returns a value with every field of a schema, made of the examples beside the fields.

    Args:
        described: The schema.
        as_described: Whether each example becomes the type beside it; else it stays as it stands.
    """
    if not isinstance(described, dict):
        return None
    kind = described.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if "properties" in described and "array" not in kinds:
        parts = described["properties"].items()
        return {name: example(part, as_described=as_described) for name, part in parts}
    if "array" in kinds and "items" in described:
        return [example(described["items"], as_described=as_described)]
    if described.get("example") is not None:
        return _as_kind(described["example"], kinds) if as_described else described["example"]
    if "enum" in described:
        return next(word for word in described["enum"] if word is not None)
    text = "text"[: described.get("maxLength")]
    usual = {"string": text, "integer": 1, "number": 1.5, "boolean": True, "array": []}
    return usual.get(str(kinds[0]), {})


def _as_kind(value: Any, kinds: list[Any]) -> Any:
    """Returns an example as the type beside it; some are numbers in quotes, or the reverse."""
    if "string" in kinds:
        return str(value)
    if "integer" in kinds and isinstance(value, str) and value.isdigit():
        return int(value)
    if "number" in kinds and isinstance(value, str):
        return float(value)
    return value


DESCRIBED: Mapping[str, Described] = {one.name: one for one in _described()}
"""Every operation of the description by its name."""
