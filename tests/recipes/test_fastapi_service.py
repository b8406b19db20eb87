"""Tests of `fastapi_service.py` without an account, as you would write them for your own service.

They use the fixtures of `boxapis.testing`, which come with the extra ``testing``, and FastAPI's own
test client. Its base URL has ``https``, because it returns ``secure`` cookies over nothing else.
"""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from time import time as wall_clock
from typing import Any

import pytest
from cryptography.fernet import Fernet
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from boxapis.testing import BoxTrackerSandbox
from tests.servers.program import free_port

PORTAL, CUSTOMER = "cmdBoxTPortalHandShake", "cmdBoxTPortalCustomerHandShake"
PAY = "cmdBoxTPortalProcessPayment"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """The spans of the service, kept in memory."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: provider)
    return exporter


@pytest.fixture
def browser(
    boxtracker_sandbox: BoxTrackerSandbox,
    spans: InMemorySpanExporter,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[TestClient]:
    """The service, started and stopped with the test, and a browser that keeps its cookies."""
    variables = {
        **boxtracker_sandbox.environment,
        "BOXAPIS_STORE": f"sqlite:{tmp_path}/store.db",
        "COOKIE_KEYS": Fernet.generate_key().decode(),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(Path(__file__).parent)
    for name in ("fastapi_service", "web_cookie"):  # they read their settings when imported
        sys.modules.pop(name, None)
    app = importlib.import_module("fastapi_service").app
    with TestClient(app, base_url="https://testserver") as browser:
        yield browser


@pytest.fixture
def jane(browser: TestClient, boxtracker_sandbox: BoxTrackerSandbox) -> TestClient:
    """The browser of a customer who has logged in."""
    customer = boxtracker_sandbox.customer
    login = {"username": customer.username, "password": customer.password}
    assert browser.post("/login", json=login).status_code == 204
    return browser


def test_log_in_and_out(jane: TestClient, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """A log-in opens a session at Box Tracker, which the requests share and the log-out ends."""
    for _ in range(3):
        assert len(jane.get("/job-sites").json()["sites"]) == 50
    assert boxtracker_sandbox.counts[CUSTOMER] == 1
    assert boxtracker_sandbox.service.live_sessions["customer"] == 1
    assert jane.post("/logout").status_code == 204
    assert boxtracker_sandbox.service.live_sessions["customer"] == 0
    assert jane.get("/job-sites").status_code == 401


def test_a_log_out_that_fails(jane: TestClient, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """F273: who logs out while Box Tracker fails is told so, and is logged out in the browser."""
    boxtracker_sandbox.fault("server_error", times=5)
    failed = jane.post("/logout")
    assert (failed.status_code, failed.json()["error"]) == (504, "ServerError")
    assert "__Host-customer" not in jane.cookies
    assert jane.get("/job-sites").status_code == 401


def test_the_cookie(
    browser: TestClient, boxtracker_sandbox: BoxTrackerSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """F268: it hides the password and is never sent without TLS, to another site, or to scripts."""
    customer = boxtracker_sandbox.customer
    login = {"username": customer.username, "password": customer.password}
    cookie = browser.post("/login", json=login).headers["Set-Cookie"]
    assert customer.password not in cookie + caplog.text
    for flag in ("HttpOnly", "Secure", "SameSite=strict", "Path=/", "Max-Age=28800"):
        assert flag.lower() in cookie.lower()
    assert browser.get("http://testserver/job-sites").status_code == 401


@pytest.mark.parametrize("change", ["changed", "of another key", "too old", "none"])
def test_a_cookie_that_is_not_accepted(
    jane: TestClient, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F268: a cookie that was changed, is too old or not ours gets 401, and no request is sent."""
    value = jane.cookies["__Host-customer"]
    jane.cookies.clear()
    cookie = {
        "changed": value[:-4] + "AAAA",
        "of another key": Fernet(Fernet.generate_key()).encrypt(b'["jane", "x"]').decode(),
        "too old": value,
        "none": "",
    }[change]
    if change == "too old":
        monkeypatch.setattr("cryptography.fernet.time.time", lambda: wall_clock() + 8 * 3601)
    refused = jane.get("/job-sites", headers={"Cookie": f"__Host-customer={cookie}"})
    assert refused.status_code == 401


def test_a_payment(jane: TestClient, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """An invoice is paid once; another sum than shown is refused, and nothing is charged."""
    shown = jane.get("/invoices").json()
    (invoice, balance), card = next(iter(shown["open"].items())), next(iter(shown["cards"]))
    payment = {"card": int(card), "invoices": [int(invoice)], "expected": balance}
    assert jane.post("/payments", json={**payment, "expected": "1.00"}).status_code == 409
    assert boxtracker_sandbox.counts[PAY] == 0
    assert jane.post("/payments", json=payment).status_code == 204
    assert boxtracker_sandbox.counts[PAY] == 1
    assert invoice not in jane.get("/invoices").json()["open"]


def test_a_payment_whose_response_is_lost(
    jane: TestClient, boxtracker_sandbox: BoxTrackerSandbox
) -> None:
    """F267: it is not sent again, and the answer says that it may have been carried out."""
    shown = jane.get("/invoices").json()
    (invoice, balance), card = next(iter(shown["open"].items())), next(iter(shown["cards"]))
    boxtracker_sandbox.fault("lost_response", operation=PAY)
    payment = {"card": int(card), "invoices": [int(invoice)], "expected": balance}
    lost = jane.post("/payments", json=payment)
    assert (lost.status_code, "Retry-After" in lost.headers) == (504, False)
    assert lost.json()["may_have_been_applied"] is True
    assert boxtracker_sandbox.counts[PAY] == 1
    assert invoice not in jane.get("/invoices").json()["open"]  # it was paid


def test_a_declined_card(jane: TestClient, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """F267: the customer is shown what Box Tracker says of it, with 402."""
    shown = jane.get("/invoices").json()
    (invoice, balance), card = next(iter(shown["open"].items())), next(iter(shown["cards"]))
    boxtracker_sandbox.fault("card_declined")
    payment = {"card": int(card), "invoices": [int(invoice)], "expected": balance}
    declined = jane.post("/payments", json=payment)
    assert declined.status_code == 402
    assert declined.json()["error"] == "PaymentError"
    assert declined.json()["message"]


def test_a_wrong_password(browser: TestClient, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """F267: 401, and no cookie."""
    login = {"username": boxtracker_sandbox.customer.username, "password": "a guess"}
    refused = browser.post("/login", json=login)
    assert (refused.status_code, refused.json()["error"]) == (401, "AuthenticationError")
    assert not browser.cookies


def test_the_password_of_the_service(
    browser: TestClient, boxtracker_sandbox: BoxTrackerSandbox
) -> None:
    """F267: if the service's own is refused, no customer is told to correct theirs."""
    for username in boxtracker_sandbox.service.users:
        boxtracker_sandbox.service.add_user(username, "another")
    customer = boxtracker_sandbox.customer
    login = {"username": customer.username, "password": customer.password}
    refused = browser.post("/login", json=login)
    assert (refused.status_code, refused.json()["message"]) == (502, "")


def test_a_session_that_has_ended(jane: TestClient, boxtracker_sandbox: BoxTrackerSandbox) -> None:
    """After five idle minutes the next request logs in again, unseen."""
    boxtracker_sandbox.clock.advance(300)
    assert jane.get("/job-sites").status_code == 200
    assert boxtracker_sandbox.counts[CUSTOMER] == 2


@pytest.mark.parametrize("fault", ["html_page", "bad_gateway", "server_error"])
def test_a_service_that_fails(
    jane: TestClient, boxtracker_sandbox: BoxTrackerSandbox, fault: Any
) -> None:
    """F267: where Box Tracker fails, the answer says so, and shows nothing of its page."""
    boxtracker_sandbox.fault(fault, times=3)
    failed = jane.get("/job-sites")
    assert (failed.status_code, failed.json()["message"]) == (502, "")


def test_a_service_that_is_not_there(
    jane: TestClient, boxtracker_sandbox: BoxTrackerSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F267: 503, and when to come again."""
    monkeypatch.setenv("BOXTRACKER_BASE_URL", f"http://127.0.0.1:{free_port()}/controller.html")
    with TestClient(jane.app, base_url="https://testserver", cookies=jane.cookies) as browser:
        failed = browser.get("/job-sites")
    assert (failed.status_code, failed.headers["Retry-After"]) == (503, "5")


def test_spans(jane: TestClient, spans: InMemorySpanExporter) -> None:
    """Each call is a span, named after its operation."""
    jane.get("/job-sites")
    scopes = [(span.instrumentation_scope, span.name) for span in spans.get_finished_spans()]
    names = [name for scope, name in scopes if scope is not None and scope.name == "boxapis"]
    assert names == [PORTAL, CUSTOMER, "cmdBoxTPortalJobsiteList"]
