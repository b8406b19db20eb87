"""Responses that reach the wrong caller: duplicates, and other customers' or users' data."""

import socket

import httpx
import pytest

from boxapis.sandbox import (
    Fault,
    RateLimit,
    RecordCounts,
    Sandbox,
    SandboxClock,
    SandboxResponse,
)
from tests.support.tracker_calls import Portal

JOB_SITE = "cmdBoxTPortalJobsiteData"


def raw_exchange(sandbox: Sandbox, target: str) -> bytes:
    """All bytes that a raw connection returns for one GET."""
    url = httpx.URL(sandbox.accounts_url)
    assert url.port is not None
    head = f"GET {target} HTTP/1.1\r\nHost: {url.host}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((url.host, url.port), timeout=10) as connection:
        connection.sendall(head.encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_duplicate_response_is_sent_twice() -> None:
    """The next response of the operation is sent twice, byte by byte the same; others are not."""
    with Sandbox(clock=SandboxClock(running=False)) as sandbox:
        sandbox.boxtracker.fault("duplicate_response", operation="cmdBoxTPortalCustomerData")
        target = "/controller.html?command="
        plain = raw_exchange(sandbox, f"{target}cmdBoxTPortalReportList")
        twice = raw_exchange(sandbox, f"{target}cmdBoxTPortalCustomerData")
        again = raw_exchange(sandbox, f"{target}cmdBoxTPortalCustomerData")
    assert [part.count(b"HTTP/1.1 200") for part in (plain, twice, again)] == [1, 2, 1]
    assert twice[: len(twice) // 2] == twice[len(twice) // 2 :]
    assert sandbox.boxtracker.counts["cmdBoxTPortalCustomerData"] == 2


def test_duplicate_comes_in_the_same_segment() -> None:
    """Both responses arrive in one segment, and the connection stays usable."""
    with Sandbox(clock=SandboxClock(running=False)) as sandbox:
        sandbox.boxc.fault("duplicate_response")
        url = httpx.URL(sandbox.accounts_url)
        assert url.port is not None
        head = f"GET /v1/warehouses HTTP/1.1\r\nHost: {url.host}\r\n\r\n".encode()
        with socket.create_connection((url.host, url.port), timeout=10) as connection:
            connection.sendall(head)
            first = connection.recv(65536)
            connection.sendall(head)
            second = connection.recv(65536)
    assert [part.count(b"HTTP/1.1 401") for part in (first, second)] == [2, 1]


async def test_no_duplicate_without_a_socket(sandbox: Sandbox, portal: Portal) -> None:
    """Under an ASGI transport there is no connection to send a duplicate on."""
    sandbox.boxtracker.fault("duplicate_response", times=2)
    assert (await portal.ask("cmdBoxTPortalCustomerData"))["status"] == 200


async def test_job_site_by_id(portal: Portal) -> None:
    """The customer's job site comes by its ID, an empty form by ID 0; anything else gets 302."""
    site = portal.sandbox.boxtracker.customers[0].job_sites[4]
    found = await portal.ask(JOB_SITE, jobsite_id=site["ID"])
    form = await portal.ask(JOB_SITE, jobsite_id=0)
    required = found["jobSiteObj"].pop("requiredFields")
    assert found["jobSiteObj"] == site
    assert form["jobSiteObj"]["ID"] == 0
    assert required == form["jobSiteObj"]["requiredFields"] != []
    other = portal.sandbox.boxtracker.customers[2].job_sites[0]
    statuses = [(await portal.ask(JOB_SITE, jobsite_id=one))["status"] for one in (other["ID"], 7)]
    assert statuses == [302, 302]
    assert (await portal.ask(JOB_SITE))["status"] == 303


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (JOB_SITE, {"jobsite_id": 13913001}),
        ("cmdBoxTPortalJobsiteList", {"offset": 0}),
        ("cmdBoxTPortalCustomerData", {}),
        ("cmdBoxTPortalWorkOrderData", {"workorder_id": 13913501, "jobsite_id": 0}),
        ("cmdBoxTPortalWorkOrderList", {"offset": 0}),
        ("cmdBoxTPortalTransactionData", {"version": 2}),
        ("cmdBoxTPortalReportParams", {"report_id": 1}),
        ("cmdBoxTPortalReportDetails", {"report_id": 1}),
    ],
    ids=["site", "list", "customer", "order", "orders", "payable", "form", "report"],
)
async def test_another_customers_data(
    portal: Portal, command: str, arguments: dict[str, int]
) -> None:
    """The response shows another customer's data, once."""
    portal.sandbox.boxtracker.fault("wrong_customer", operation=command)
    misattributed, own, again = [await portal.ask(command, **arguments) for _ in range(3)]
    assert misattributed["status"] == 200
    assert misattributed != own
    assert own == again


async def test_another_customers_handshake(portal: Portal) -> None:
    """The ID in a customer handshake is another customer's; the session is the caller's."""
    service = portal.sandbox.boxtracker
    service.fault("wrong_customer", operation="cmdBoxTPortalCustomerHandShake")
    await portal.log_in(service.customers[0])
    assert portal.session["customer_id"] == service.customers[2].customer_id
    portal.session["customer_id"] = service.customers[0].customer_id
    assert (await portal.ask("cmdBoxTPortalCustomerData"))["status"] == 200


async def test_checks_come_before_another_customers_data(portal: Portal) -> None:
    """A request that is refused anyway shows no data."""
    service = portal.sandbox.boxtracker
    service.fault("wrong_customer", times=2)
    assert (await portal.ask(JOB_SITE, jobsite_id=7))["status"] == 302
    refused = await portal.ask("cmdBoxTPortalCustomerData", session_key_customer="nokey")
    assert refused["status"] == 508
    assert "customerObj" not in refused


async def test_other_customer_is_never_the_caller(portal: Portal) -> None:
    """The data shown is never the caller's own, even if the caller has the most records."""
    service = portal.sandbox.boxtracker
    rich = service.add_customer("rich", "rich", records=RecordCounts(job_sites=500))
    await portal.log_in(rich)
    service.fault("wrong_customer", operation=JOB_SITE)
    misattributed = await portal.ask(JOB_SITE, jobsite_id=rich.job_sites[0]["ID"])
    assert misattributed["jobSiteObj"]["ID"] == service.customers[0].job_sites[0]["ID"]


@pytest.mark.parametrize("has_other", [False, True], ids=["made up", "stored"])
async def test_another_users_credentials(
    boxc: httpx.AsyncClient, sandbox: Sandbox, *, has_other: bool
) -> None:
    """A credential, the list and the user are another user's, stored or made up."""
    mine = sandbox.boxc.add_credential("USPS", {"a": "b"})
    if has_other:
        stored = sandbox.boxc.add_credential("Janio", {"api_key": "c"}, user_id=99)
    sandbox.boxc.fault("wrong_user", times=3)
    one = (await boxc.get(f"/v1/credentials/{mine}")).json()["credential"]
    listed = (await boxc.get("/v1/credentials")).json()["credentials"]
    user = (await boxc.get("/v1/users/me")).json()["user"]
    assert listed == [one]
    assert one["user_id"] == user["id"] != sandbox.boxc.user_id
    assert one["id"] == stored if has_other else one["id"] != mine
    assert (await boxc.get(f"/v1/credentials/{mine}")).json()["credential"]["id"] == mine


async def test_shared_data_is_not_misattributed(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Data that all users share and refusals stay as they are."""
    sandbox.boxc.fault("wrong_user", times=2)
    misattributed = (await boxc.get("/v1/warehouses")).json()
    assert misattributed == (await boxc.get("/v1/warehouses")).json()
    assert (await boxc.get("/v1/credentials/5")).status_code == 404


async def test_reset_removes_faults(portal: Portal) -> None:
    """A reset removes injected faults."""
    service = portal.sandbox.boxtracker
    service.fault("wrong_customer")
    service.fault("duplicate_response")
    service.reset()
    await portal.log_in(service.customers[0])
    assert portal.session["customer_id"] == service.customers[0].customer_id


def test_misattributed_response_counts_towards_the_rate_limit(sandbox: Sandbox) -> None:
    """A request with a misattributed response counts towards the rate limit."""
    sandbox.boxc.rate_limit = RateLimit()
    sandbox.boxc.fault("wrong_user")
    headers = {"authorization": f"Bearer {sandbox.boxc.ready_token}"}
    response = sandbox.boxc.handle("GET", "/v1/users/me", headers=headers)
    assert response.headers["X-Rate-Requests"] == "1"


async def test_custom_fault(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """An injected fault without a name sends its response once, and is not counted."""
    response = SandboxResponse(418, b"no coffee", "text/plain", {"X-Pot": "tea"})
    sandbox.boxc.inject(Fault(response=response), "GET /warehouses")
    assert (await boxc.get("/v1/entry-points")).status_code == 200
    injected = await boxc.get("/v1/warehouses")
    assert (injected.status_code, injected.text, injected.headers["x-pot"]) == (
        418,
        "no coffee",
        "tea",
    )
    assert (await boxc.get("/v1/warehouses")).status_code == 200
    assert sandbox.boxc.fault_hits == {}


async def test_another_users_record(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Records of every kind are shown as another user's: a stored one, or one that is made up."""
    number = sandbox.boxc.add_record("/orders", {})
    shop = sandbox.boxc.add_record("/shops", {"id": "mine"})
    sandbox.boxc.fault("wrong_user", times=2)
    made_up = [await boxc.get(f"/v1/{path}") for path in (f"orders/{number}", f"shops/{shop}")]
    assert made_up[0].json()["order"]["id"] != number
    assert made_up[1].json()["shop"]["id"] == "mine-other"
    other = sandbox.boxc.add_record("/orders", {"status": "Holding"}, user_id=99)
    sandbox.boxc.fault("wrong_user", times=2)
    stored = (await boxc.get(f"/v1/orders/{number}")).json()["order"]
    (listed,) = (await boxc.get("/v1/orders")).json()["orders"]
    assert (stored["id"], listed["id"]) == (other, other)
