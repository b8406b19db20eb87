"""``allow``: BoxC gets reads and tests alone, and nothing that may be read as something else."""

import json as jsonlib
from collections.abc import AsyncGenerator, Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from boxapis import BoxAPIError, BoxC, ConfigurationError, Secret
from boxapis._core.clock import clocked
from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis.boxc._resource import Listing
from boxapis.options import Allow
from boxapis.sandbox import RateLimit
from boxapis.testing import BoxCSandbox
from boxapis.transports import DirectTransport, ScriptedTransport
from tests.contract.calls import ROWS, Row, body_of
from tests.contract.description import DESCRIBED
from tests.support.doubles import FakeClock
from tests.support.timed import timed

CREATE = "POST /shipments"
READS = {name for name in DESCRIBED if name.startswith("GET ")} | {"POST /labels/bulk"}


def request_of(name: str) -> tuple[str, str, Any]:
    """Method, path and body of a request for an operation; ids are 1."""
    method, template = name.split()
    path = "/".join("1" if part.startswith("{") else part for part in template.split("/"))
    body: Any = (
        None if method in ("GET", "DELETE") or DESCRIBED[name].body is None else body_of(name)
    )
    if name == CREATE:
        body["shipment"] |= {"credentials_id": None}
        del body["shipment"]["test"]
    return method, path, body


@pytest.mark.filterwarnings("ignore:PUT /labels/{id}/cancel:DeprecationWarning")
@pytest.mark.parametrize("allow", ["reads", "tests"])
@pytest.mark.flowing_time
async def test_every_operation(boxc_sandbox: BoxCSandbox, time: FakeClock, allow: Allow) -> None:
    """BoxC gets what the table allows and test shipments, by `request` and every typed method.

    F151.
    """
    boxc_sandbox.service.rate_limit = RateLimit(enabled=False)
    expected = READS | {CREATE} if allow == "tests" else READS
    transport, url = timed(DirectTransport(), time.clock), boxc_sandbox.base_url
    token = boxc_sandbox.service.ready_token
    moved = clocked(BoxC, time.clock)  # its own limit would let a call pass each half second
    async with moved(token, base_url=url, transport=transport, allow=allow) as boxc:
        for client in (boxc, boxc.raw):
            for name in OPERATIONS:
                method, path, body = request_of(name)
                refused = await is_refused(client.request(method, path, json=body))
                assert refused == (name not in expected), name
        assert boxc_sandbox.counts == dict.fromkeys(expected, 2)
        for row in ROWS:
            before = boxc_sandbox.counts.total()
            refused = await is_refused(first_result(row, boxc))
            (name,) = (one for one, found in OPERATIONS.items() if row.method in found.methods)
            assert refused == (name not in expected), row.method
            assert (boxc_sandbox.counts.total() == before) == refused
    assert set(boxc_sandbox.counts) == expected
    shipments = boxc_sandbox.service.shipments
    assert len(shipments) == (2 if allow == "tests" else 0)
    assert all(shipment["test"] is True for shipment in shipments)


async def is_refused(call: Any) -> bool:
    """Whether the call was not allowed; what the sandbox answers does not matter."""
    try:
        await call
    except ConfigurationError as error:
        return "Nothing was sent: " in str(error) and 'with allow="everything"' in error.next_step
    except BoxAPIError:
        pass
    return False


async def first_result(row: Row, boxc: BoxC) -> None:
    """Runs a typed method up to its first result."""
    outcome = row.call(boxc)
    if isinstance(outcome, AsyncGenerator):
        await anext(outcome, None)
    else:
        await (outcome.page() if isinstance(outcome, Listing) else outcome)


SHIPMENT: Mapping[str, Any] = {"order_number": "A-1"}


class Hostile(str):
    """Text that equals no other text."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return False


@pytest.mark.parametrize(
    "body",
    [
        *(
            {"shipment": {**SHIPMENT, "test": value}}
            for value in (False, None, 1, "true", Secret("true"), [True], {"test": True}, 1.0)
        ),
        *(
            {"shipment": {**SHIPMENT, "test": True, name: False}}
            for name in (
                "Test",
                "TEST",
                "test ",
                "test[]",
                "test\0",
                "\uff54est",
                "te-st",
                "testing",
            )
        ),
        *({"shipment": {**SHIPMENT, name: True}} for name in ("Test", " test", "test\0")),
        {"shipment": {Hostile("test"): True, "test": False}},
        {"shipment": {"test": True}, "Shipment": {"test": False}},
        {"test": True, "shipment": SHIPMENT},
        {"test": True},
        {"Shipment": {"test": True}},
        {"shipment[test]": True},
        {"shipment": [{"test": True}]},
        {"shipment": '{"test":true}'},
        [{"shipment": {"test": True}}],
        [["shipment", {"test": True}]],
        {"shipments": [{"test": True}]},
        '{"shipment":{"test":true}}',
        {},
        "test",
        True,
        None,
    ],
    ids=repr,
)
async def test_shipments_that_might_be_real(body: Any) -> None:
    """A shipment is sent as a test only if no reading of its body is another one.

    F152.
    """
    await nothing_is_sent(lambda boxc: boxc.request("POST", "/shipments", json=body))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", path) for path in ("/Shipments", "/v1/shipments", "/v2/shipments", "/shipment")),
        *(("POST", path) for path in ("/shipments;a=b", "/shipments.json", "/%73hipments")),
        *(("POST", path) for path in ("/labels", "/shipments/1", "/shipments%2F1")),
        *(("POST", path) for path in ("/labels/BULK", "/labels/bulk%00", "/shipments%3Fa")),
        *(("PUT", path) for path in ("/shipments", "/shipments/1", "/labels/bulk")),
        *(("GET", path) for path in ("/", "/new", "/shipments/1/process", "/shops/1%2Fnew")),
        *(("GET", path) for path in ("/Shops", "/v1/shops", "/shops/1%252F2", "/users/1")),
        *(("PATCH", "/labels/1"), ("DELETE", "/shipments/1")),
    ],
)
async def test_paths_that_might_be_another(method: str, path: str) -> None:
    """What the table does not know, or only in one reading of the path, counts as real.

    F152.
    """
    body: Any = None if method == "GET" else {"shipment": {"test": True}}
    await nothing_is_sent(lambda boxc: boxc.request(method, path, json=body))


@pytest.mark.parametrize("path", ["/shipments", "/labels/bulk"])
async def test_a_query_beside_a_body(path: str) -> None:
    """A query may contradict the body, or name another method: only GET has one.

    F152.
    """
    body = {"shipment": {"test": True}}
    for params in ({"test": False}, {"shipment[test]": "false"}, {"_method": "DELETE"}):
        await nothing_is_sent(
            partial(BoxC.request, method="POST", path=path, params=params, json=body)
        )


async def nothing_is_sent(call: Callable[[BoxC], Any]) -> None:
    """Checks that a call is refused with ``allow="tests"``."""
    transport = ScriptedTransport(lambda _: {})
    async with BoxC("token", transport=transport, allow="tests") as boxc:
        with pytest.raises(ConfigurationError):
            await call(boxc)
    assert transport.requests == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"test": True},
        {**SHIPMENT, "to": {"test": False}},
        {**SHIPMENT, "weight": Decimal("0.10"), "value": 10**5000, "note": '{"shipment":{'},
    ],
    ids=["empty", "given", "nested", "long numbers"],
)
async def test_the_body_that_is_sent(fields: dict[str, Any]) -> None:
    """``test`` is added to the shipment itself, and not a digit of the rest changes."""
    transport = ScriptedTransport(lambda _: {"shipment": {}})
    async with BoxC("token", transport=transport) as boxc:
        await boxc.request("POST", "/shipments", json={"shipment": fields})
        view = boxc.with_options(allow="tests")
        await view.request("POST", "/shipments", json={"shipment": fields})
    plain, sent = (request.body or b"" for request in transport.requests)
    whole, before = (jsonlib.loads(body, parse_int=str, parse_float=str) for body in (sent, plain))
    assert whole == {"shipment": {**before["shipment"], "test": True}}
    assert sent.count(b'"test":true') == 1


async def test_revocation_is_real() -> None:
    """The consent of a user is no session: it is not revoked; a code may be exchanged."""
    transport = ScriptedTransport(lambda _: {"access_token": "a"})
    client = BoxC(client_id="id", client_secret="s", transport=transport, allow="tests")
    async with client as boxc:
        assert await is_refused(boxc.oauth.revoke(12006))
        assert transport.requests == []
        await boxc.oauth.exchange("code", "https://example.com")
