"""Answers that reach the wrong caller: sent twice over, or with somebody else's data."""

import socket

import httpx
import pytest

from boxapis.sandbox import RecordCounts, RateLimit, Sandbox, SandboxClock
from tests.support.tracker_calls import Portal

JOB_SITE = "cmdBoxTPortalJobsiteData"


def exchanged(sandbox: Sandbox, target: str) -> bytes:
    """All that a raw connection brings for one GET."""
    url = httpx.URL(sandbox.accounts_url)
    assert url.port is not None
    head = f"GET {target} HTTP/1.1\r\nHost: {url.host}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((url.host, url.port), timeout=10) as connection:
        connection.sendall(head.encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_answers_go_out_twice_so_many_times() -> None:
    """The named operation is answered twice over, byte by byte the same; others are not."""
    with Sandbox(clock=SandboxClock(running=False)) as sandbox:
        sandbox.boxtracker.fault("duplicate_response", operation="cmdBoxTPortalCustomerData")
        target = "/controller.html?command="
        plain = exchanged(sandbox, f"{target}cmdBoxTPortalReportList")
        twice = exchanged(sandbox, f"{target}cmdBoxTPortalCustomerData")
        again = exchanged(sandbox, f"{target}cmdBoxTPortalCustomerData")
    assert [part.count(b"HTTP/1.1 200") for part in (plain, twice, again)] == [1, 2, 1]
    assert twice[: len(twice) // 2] == twice[len(twice) // 2 :]
    assert sandbox.boxtracker.counts["cmdBoxTPortalCustomerData"] == 2


def test_second_answer_comes_in_the_same_piece() -> None:
    """A connection that stays open brings both in one piece, and serves on."""
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


async def test_no_second_answer_without_a_socket(sandbox: Sandbox, portal: Portal) -> None:
    """Under an ASGI transport there is no connection to send a second answer on."""
    sandbox.boxtracker.fault("duplicate_response", times=2)
    assert (await portal.ask("cmdBoxTPortalCustomerData"))["status"] == 200


async def test_job_site_by_its_id(portal: Portal) -> None:
    """A job site of the customer's comes by its id, a form with id 0, anything else is 302."""
    site = portal.sandbox.boxtracker.customers[0].job_sites[4]
    found = await portal.ask(JOB_SITE, jobsite_id=site["ID"])
    form = await portal.ask(JOB_SITE, jobsite_id=0)
    needs = found["jobSiteObj"].pop("requiredFields")
    assert found["jobSiteObj"] == site
    assert form["jobSiteObj"]["ID"] == 0
    assert needs == form["jobSiteObj"]["requiredFields"] != []
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
    ],
    ids=["site", "list", "customer"],
)
async def test_another_customers_data(
    portal: Portal, command: str, arguments: dict[str, int]
) -> None:
    """What belongs to a customer is shown of another one, so many times."""
    portal.sandbox.boxtracker.fault("wrong_customer", operation=command)
    strayed, own, again = [await portal.ask(command, **arguments) for _ in range(3)]
    assert strayed["status"] == 200
    assert strayed != own
    assert own == again


async def test_another_customers_handshake(portal: Portal) -> None:
    """The number in a customer handshake is another customer's; the session is the caller's."""
    service = portal.sandbox.boxtracker
    service.fault("wrong_customer", operation="cmdBoxTPortalCustomerHandShake")
    await portal.log_in(service.customers[0])
    assert portal.session["customer_id"] == service.customers[2].customer_id
    portal.session["customer_id"] = service.customers[0].customer_id
    assert (await portal.ask("cmdBoxTPortalCustomerData"))["status"] == 200


async def test_checks_come_before_another_customers_data(portal: Portal) -> None:
    """A request that is refused is refused, and nobody's data is shown."""
    service = portal.sandbox.boxtracker
    service.fault("wrong_customer", times=2)
    assert (await portal.ask(JOB_SITE, jobsite_id=7))["status"] == 302
    refused = await portal.ask("cmdBoxTPortalCustomerData", session_key_customer="nokey")
    assert refused["status"] == 508
    assert "customerObj" not in refused


async def test_another_customer_is_who_has_the_most(portal: Portal) -> None:
    """The data shown is never the caller's own, however much of it there is."""
    service = portal.sandbox.boxtracker
    rich = service.add_customer("rich", "rich", records=RecordCounts(job_sites=500))
    await portal.log_in(rich)
    service.fault("wrong_customer", operation=JOB_SITE)
    strayed = await portal.ask(JOB_SITE, jobsite_id=rich.job_sites[0]["ID"])
    assert strayed["jobSiteObj"]["ID"] == service.customers[0].job_sites[0]["ID"]


@pytest.mark.parametrize("others", [False, True], ids=["made up", "stored"])
async def test_another_users_credentials(
    boxc: httpx.AsyncClient, sandbox: Sandbox, *, others: bool
) -> None:
    """A credential, the list and the user are another user's: a stored one's, or made up."""
    mine = sandbox.boxc.add_credential("USPS", {"a": "b"})
    if others:
        stored = sandbox.boxc.add_credential("Janio", {"api_key": "c"}, user_id=99)
    sandbox.boxc.fault("wrong_user", times=3)
    one = (await boxc.get(f"/v1/credentials/{mine}")).json()["credential"]
    listed = (await boxc.get("/v1/credentials")).json()["credentials"]
    user = (await boxc.get("/v1/users/me")).json()["user"]
    assert listed == [one]
    assert one["user_id"] == user["id"] != sandbox.boxc.user_id
    assert one["id"] == stored if others else one["id"] != mine
    assert (await boxc.get(f"/v1/credentials/{mine}")).json()["credential"]["id"] == mine


async def test_what_is_nobodys_stays(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """What every user sees alike is answered as always; so is a refusal."""
    sandbox.boxc.fault("wrong_user", times=2)
    strayed = (await boxc.get("/v1/warehouses")).json()
    assert strayed == (await boxc.get("/v1/warehouses")).json()
    assert (await boxc.get("/v1/credentials/5")).status_code == 404


async def test_reset_forgets_what_was_laid_down(portal: Portal) -> None:
    """After a reset every answer is its caller's again."""
    service = portal.sandbox.boxtracker
    service.fault("wrong_customer")
    service.fault("duplicate_response")
    service.reset()
    await portal.log_in(service.customers[0])
    assert portal.session["customer_id"] == service.customers[0].customer_id


def test_rate_limit_is_kept_in_all_modes(sandbox: Sandbox) -> None:
    """A request whose answer strays takes its place in the bucket."""
    sandbox.boxc.rate_limit = RateLimit()
    sandbox.boxc.fault("wrong_user")
    headers = {"authorization": f"Bearer {sandbox.boxc.ready_token}"}
    answer = sandbox.boxc.handle("GET", "/v1/users/me", headers=headers)
    assert answer.headers["X-Rate-Requests"] == "1"
