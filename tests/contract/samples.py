"""The sandbox's samples of BoxC's records, made from the description.

``python -m tests.contract.samples`` writes ``samples.json`` anew; a test compares it with the
description. For each path of the sandbox's kinds it has

* ``filled``: the fields of a response that the service fills in, made of the examples, and those
  that a request can set, as they are when it does not: null, false or empty;
* ``taken``: the fields that a request can set and a response shows, with their types;
* ``given``: examples of these fields.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.contract.description import DESCRIBED, example
from tests.support.paths import ROOT

__all__ = ["FILE", "samples"]

FILE = ROOT / "boxapis" / "sandbox" / "_boxc" / "samples.json"

_RECORDS: Mapping[str, tuple[str, str | None]] = {
    "/customs/products": ("GET /customs/products/{id}", "POST /customs/products"),
    "/inbound": ("GET /inbound/{id}", "POST /inbound"),
    "/invoices": ("GET /invoices/{id}", None),
    "/labels": ("GET /labels/{id}", "POST /labels"),
    "/manifests": ("GET /manifests/{id}", "POST /manifests"),
    "/orders": ("GET /orders/{id}", "POST /orders"),
    "/overpacks": ("GET /overpacks/{id}", "POST /overpacks"),
    "/products": ("GET /products/{id}", "POST /products"),
    "/reshipments": ("GET /reshipments/{id}", "POST /reshipments"),
    "/returns": ("GET /returns/{id}", None),
    "/shipments": ("GET /shipments/{id}", "POST /shipments"),
    "/shops": ("GET /shops/{id}", "POST /shops"),
    "/track": ("GET /track/{trackingNumber}", None),
    "/users": ("GET /users/me", "PUT /users/me"),
    "/webhooks": ("GET /webhooks/{id}", "POST /webhooks"),
    "/estimate": ("GET /estimate", None),
    "/classify": ("POST /classify", None),
    "/calculate-duty": ("POST /calculate-duty", None),
    "/validate-address": ("POST /validate-address", None),
}
"""Where a record is read, and where it is created, by the path of its kind."""

_NOTHING = {"array": [], "boolean": False}


def samples() -> dict[str, Any]:
    """Returns the content of the file."""
    return {path: _sample(*operations) for path, operations in sorted(_RECORDS.items())}


def _sample(read: str, create: str | None) -> dict[str, Any]:
    shown = _record(DESCRIBED[read].success)
    sent = _record(DESCRIBED[create].body) if create else {}
    filled: dict[str, Any] = {}
    for name, schema in shown.items():
        if name not in sent:
            filled[name] = example(schema)
        elif (empty := _empty(schema)) is not ...:
            filled[name] = empty
    taken = {name: _types(sent[name]) for name in sorted(sent.keys() & shown.keys())}
    given = {name: example(shown[name]) for name in taken}
    return {"filled": dict(sorted(filled.items())), "taken": taken, "given": given}


def _record(schema: Any) -> Mapping[str, Any]:
    """Returns the schemas of a record's fields, without the wrapper around it."""
    inner = next(iter(schema["properties"].values()))
    fields: Mapping[str, Any] = inner.get("items", inner)["properties"]
    return fields


def _types(schema: Mapping[str, Any]) -> list[str]:
    kind = schema.get("type")
    return kind if isinstance(kind, list) else [str(kind)]


def _empty(schema: Mapping[str, Any]) -> Any:
    """Returns the value of a field that was not sent; an ellipsis if there is none."""
    types = _types(schema)
    return None if "null" in types else _NOTHING.get(types[0], ...)


if __name__ == "__main__":
    text = json.dumps(samples(), ensure_ascii=False, indent=1)
    FILE.write_text(f"{text}\n", encoding="utf-8")
