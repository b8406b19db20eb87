"""Bodies with a value of another shape in each place, sent to the sandbox."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from boxapis.sandbox import RateLimit, Sandbox, SandboxClock
from boxapis.sandbox._boxc.operations import KINDS
from tests.contract.calls import body_of
from tests.contract.description import DESCRIBED

SHAPES: list[Any] = [[], {}, 1, None, [1]]
SHOP = "my-shop"

Path = tuple[Any, ...]


@pytest.mark.parametrize("name", [one.name for one in DESCRIBED.values() if one.body is not None])
def test_misshapen_requests(name: str) -> None:
    """No value of another shape, wherever it stands, makes the sandbox fail."""
    method, template = name.split()
    body = body_of(name)
    for number, path in enumerate(places(body)):
        sandbox = prepared()
        target = f"/v1{filled(template, sandbox, number)}"
        for shape in SHAPES:
            sent = replaced(body, path, shape)
            response = send(sandbox, method, target, sent)
            assert response.status < 500, (path, shape)
        send(sandbox, "GET", f"/v1/{template.split('/')[1]}", None)


def prepared() -> Sandbox:
    """Returns a sandbox with a shop and without a rate limit."""
    sandbox = Sandbox(clock=SandboxClock(running=False))
    sandbox.boxc.rate_limit = RateLimit(enabled=False)
    sandbox.boxc.add_record("/shops", {"id": SHOP})
    return sandbox


def send(sandbox: Sandbox, method: str, path: str, body: Any) -> Any:
    """Returns the response to one request."""
    headers = {"authorization": f"Bearer {sandbox.boxc.ready_token}"}
    return sandbox.boxc.handle(method, path, headers=headers, body=json.dumps(body).encode())


def filled(template: str, sandbox: Sandbox, number: int) -> str:
    """Returns a path whose ``{id}`` is that of a record."""
    kind = next((path for path in KINDS if template.startswith(path)), None)
    if kind is not None:
        found: object = sandbox.boxc.add_record(
            kind, {"labels": []} if kind == "/shipments" else {}
        )
    else:
        address = f"https://a.example/{number}"
        webhook = {"address": address, "key": "k" * 16, "topic": "orders_status"}
        made = send(sandbox, "POST", "/v1/webhooks", {"webhook": webhook})
        found = json.loads(made.body)["webhook"]["id"]
    return re.sub(r"\{(\w+)\}", lambda match: str(found) if match[1] == "id" else SHOP, template)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yields the place of each value in a body."""
    yield path
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value if isinstance(value, list) else ())
    )
    for key, item in inner:
        yield from places(item, (*path, key))


def replaced(body: Any, path: Path, value: Any) -> Any:
    """Returns a copy of a body with another value in one place; references are to nothing."""
    result = copy.deepcopy(body)
    if "shipment" in result:
        result["shipment"]["credentials_id"] = None
    if "shop" in result.get("order", {}):
        del result["order"]["shop"]["order_id"]
    if not path:
        return value
    inner = result
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return result
