"""The portals of FastAPI and Django in four worker processes, over HTTP, with one store."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import frozen
from cryptography.fernet import Fernet

from boxapis import BoxTracker
from boxapis.sandbox import BoxTrackerFault, Sandbox
from tests.servers.program import Program, free_port

pytestmark = pytest.mark.servers

HERE = Path(__file__).parent
WORKERS = 4
PORTAL, CUSTOMER = "cmdBoxTPortalHandShake", "cmdBoxTPortalCustomerHandShake"
JOB_SITES, PAY = "cmdBoxTPortalJobsiteList", "cmdBoxTPortalProcessPayment"


@frozen
class Portal:
    """A recipe behind uvicorn, and what it calls."""

    url: str
    sandbox: Sandbox
    log: Path

    @asynccontextmanager
    async def browser(self, password: str = "") -> AsyncIterator[httpx.AsyncClient]:
        """A browser after its log-in; each request goes over a connection of its own."""
        jane = self.sandbox.boxtracker.customers[0]
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(
            base_url=self.url, trust_env=False, limits=limits, timeout=60
        ) as client:
            login = {"username": jane.username, "password": password or jane.password}
            answer = await client.post("/login", json=login)
            if answer.is_success:  # as TLS in front would let it through
                cookie = answer.headers["Set-Cookie"].partition(";")[0]
                client.cookies.clear()
                client.headers["Cookie"] = cookie
            yield client


@pytest.fixture(params=["fastapi_service:app", "django_service:application"])
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    """Each recipe in four worker processes."""
    port, log = free_port(), tmp_path / "log.txt"
    options = f"--app-dir={HERE} --workers={WORKERS} --port={port}"
    with Sandbox() as sandbox:
        variables = {
            **sandbox.environment,
            "BOXAPIS_STORE": f"sqlite:{tmp_path}/store.db",
            "COOKIE_KEYS": Fernet.generate_key().decode(),
        }
        command = [sys.executable, "-m", "uvicorn", request.param, *options.split()]
        program = Program(command, port, log, variables=variables)
        program.start()
        try:
            yield Portal(f"http://127.0.0.1:{port}", sandbox, log)
        finally:
            program.stop()
        text = log.read_text("utf-8")
        jane = sandbox.boxtracker.customers[0]
        assert "Traceback" not in text
        assert jane.password not in text
        assert text.count("Application shutdown complete") == WORKERS


async def payment(portal: Portal) -> dict[str, Any]:
    """What the customer's page would post, to pay one invoice."""
    jane, sandbox = portal.sandbox.boxtracker.customers[0], portal.sandbox
    user = next(iter(sandbox.boxtracker.users.items()))
    async with BoxTracker(*user, base_url=sandbox.boxtracker_url) as tracker:
        payable = await tracker.customer(jane.username, jane.password).transactions.payable()
    invoice = payable.transactions[0]
    sum_of = str(payable.sum_of([invoice.id]))
    return {"card": payable.cards[0].id, "invoices": [invoice.id], "expected": sum_of}


async def test_one_session_for_all_workers(portal: Portal) -> None:
    """A log-in at one worker serves all of them; requests at once are calls at once."""
    boxtracker = portal.sandbox.boxtracker
    async with portal.browser() as jane:
        boxtracker.hold_responses(until=20)  # none comes before all are asked for
        answers = await asyncio.gather(*(jane.get("/job-sites") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert {len(answer.json()["sites"]) for answer in answers} == {50}
    counts = boxtracker.counts
    assert (counts[PORTAL], counts[CUSTOMER], counts[JOB_SITES]) == (1, 1, 20)


async def test_without_a_log_in(portal: Portal) -> None:
    """F267, F268: a wrong password and a cookie that is not ours get 401."""
    async with portal.browser("a guess") as guessing:
        assert "Cookie" not in guessing.headers
        assert (await guessing.get("/job-sites")).status_code == 401
        headers = {"Cookie": "__Host-customer=gAAAAA"}
        assert (await guessing.get("/job-sites", headers=headers)).status_code == 401
    assert portal.sandbox.boxtracker.counts[JOB_SITES] == 0


OUTCOMES: tuple[tuple[BoxTrackerFault | None, int], ...] = (
    ("card_declined", 402),
    ("lost_response", 504),
    (None, 204),
)


async def test_payments(portal: Portal) -> None:
    """F267: each outcome has its status, and a payment is sent once."""
    boxtracker = portal.sandbox.boxtracker
    async with portal.browser() as jane:
        for sent, (fault, expected) in enumerate(OUTCOMES):
            payable = await payment(portal)
            another = await jane.post("/payments", json={**payable, "expected": 1})
            assert (another.status_code, boxtracker.counts[PAY]) == (409, sent)
            if fault:
                boxtracker.fault(fault, operation=PAY)
            answer = await jane.post("/payments", json=payable)
            assert (answer.status_code, boxtracker.counts[PAY]) == (expected, sent + 1)
            assert "Retry-After" not in answer.headers
            assert fault is None or answer.json()["may_have_been_applied"] == (expected == 504)


MALFORMED = ("{", "[]", "{}", '{"username": "", "password": "x"}', "[" * 100_000)


async def test_what_is_no_request(portal: Portal) -> None:
    """F274: a body that is malformed, or that a form of another page could send, does nothing."""
    jane = portal.sandbox.boxtracker.customers[0]
    login = json.dumps({"username": jane.username, "password": jane.password, "x": "="})
    form, marked = {"Content-Type": "text/plain"}, {"Content-Type": "application/json"}
    async with portal.browser("a guess") as stranger:
        before = Counter(portal.sandbox.boxtracker.counts)
        answers = [await stranger.post("/login", content=login, headers=form)]
        answers += [await stranger.post("/login", content=one, headers=marked) for one in MALFORMED]
        assert {answer.status_code for answer in answers} <= {400, 422}
        assert not any("Set-Cookie" in answer.headers for answer in answers)
        assert Counter(portal.sandbox.boxtracker.counts) == before
    async with portal.browser() as customer:
        content = json.dumps(await payment(portal))
        refused = await customer.post("/payments", content=content, headers=form)
        assert refused.status_code in {400, 422}
        for offset in ("-1", "x", "9" * 5000):
            refused = await customer.get("/job-sites", params={"offset": offset})
            assert refused.status_code in {400, 422}
    assert portal.sandbox.boxtracker.counts[PAY] == 0


LOGINS = ("1", "true", "null", '["a"]', "{}", '""', r'"\ud800"', "NaN")
IDS = ("0", "-1", "1.5", "9" * 12, "9" * 5000, "NaN", "Infinity", "null", "[1]", r'"\ud800"', '"x"')
IDS_OF_MANY = ("7", '"7"', '{"7": 1}', "[]", *(f"[{one}]" for one in IDS))
SUMS = ("NaN", '"NaN"', "-Infinity", '"Infinity"', "1e400", "true", "null", "[]", '"much"')
PAYMENT = {"card": "1", "invoices": "[7]", "expected": '"12.25"'}
BODIES = [
    *(("/login", {"username": one, "password": '"guess"'}) for one in LOGINS),
    *(("/login", {"username": '"jane"', "password": one}) for one in LOGINS),
    ("/login", {"password": '"guess"'}),
    ("/login", {r"\ud800": '"guess"'}),
    *(("/payments", {**PAYMENT, "card": one}) for one in IDS),
    *(("/payments", {**PAYMENT, "invoices": one}) for one in IDS_OF_MANY),
    *(("/payments", {**PAYMENT, "expected": one}) for one in SUMS),
]


async def test_fields_that_are_wrong(portal: Portal) -> None:
    """F277: each gets 400 or 422 without a word of what was sent, and no call is made for it."""
    boxtracker = portal.sandbox.boxtracker
    async with portal.browser() as customer:
        before = Counter(boxtracker.counts)
        for path, fields in BODIES:
            content = "{" + ", ".join(f'"{name}": {text}' for name, text in fields.items()) + "}"
            headers = {"Content-Type": "application/json"}
            answer = await customer.post(path, content=content, headers=headers)
            assert (answer.status_code in {400, 422}, content) == (True, content)
            assert "guess" not in answer.text
        assert Counter(boxtracker.counts) == before


async def test_a_sum_as_a_number(portal: Portal) -> None:
    """F277: 12.10 in JSON is the sum 12.10, although no binary number is."""
    boxtracker = portal.sandbox.boxtracker
    payable = {"TxnList": [{"ID": 7, "OpenBal": "12.10"}], "CustBalance": "12.10"}
    payable["CCardObjList"] = [{"ID": 3, "PrimaryCard": 1, "Valid": 1, "Mask": "*1"}]
    async with portal.browser() as jane:
        boxtracker.respond_next(
            "cmdBoxTPortalTransactionData", 200, payload={"transactionObj": payable}
        )
        boxtracker.respond_next(PAY, 200)
        answer = await jane.post(
            "/payments", json={"card": 3, "invoices": ["7"], "expected": 12.10}
        )
    assert (answer.status_code, boxtracker.counts[PAY]) == (204, 1)


async def test_log_out(portal: Portal) -> None:
    """F273: it ends the session of all workers, and takes the cookie back even where it fails."""
    boxtracker = portal.sandbox.boxtracker
    for fails in (False, True):
        async with portal.browser() as jane:
            if fails:
                boxtracker.fault("server_error", times=5)
            answer = await jane.post("/logout")
        assert answer.status_code == (504 if fails else 204)
        assert "max-age=0" in answer.headers["Set-Cookie"].lower()
        assert "secure" in answer.headers["Set-Cookie"].lower()
        assert boxtracker.live_sessions["customer"] == fails


async def test_what_can_be_paid(portal: Portal) -> None:
    """The customer is shown the invoices and cards that a payment names."""
    payable = await payment(portal)
    async with portal.browser() as jane:
        shown = (await jane.get("/invoices")).json()
    assert shown["open"][str(payable["invoices"][0])] == payable["expected"]
    assert str(payable["card"]) in shown["cards"]
