"""Every public operation, called with canaries. No function here keeps one in a local variable."""

from collections.abc import Awaitable, Callable
from typing import Any

from attrs import field, frozen

from boxapis import BoxC, BoxTracker, Secret
from boxapis.boxtracker.cards import GivenCard
from boxapis.boxtracker.ordering import GivenOrder
from tests.canaries.values import secret
from tests.support.doubles import JOB_SITES, PAYMENT

PRICING = "cmdBoxTWebAPIPricing"
BOOKING = "cmdBoxTWebAPIDirectBooking"


@frozen(repr=False)
class Operation:
    """One public operation.

    Attributes:
        name: The name shown in reports.
        door: ``"tracker"`` or ``"boxc"``.
        run: Calls it, with the result of ``prepare``.
        prepare: Calls that come before it, while the service is healthy.
        wire: The canaries that are sent in its own requests.
        options: Options of the client.
    """

    name: str
    door: str
    run: Callable[[Any], Awaitable[Any]]
    prepare: Callable[[Any], Awaitable[Any]]
    wire: frozenset[str]
    options: dict[str, Any] = field(repr=False)

    def __repr__(self) -> str:
        return f"<Operation {self.name}>"


async def _nothing(client: Any) -> Any:
    return client


async def _web(tracker: BoxTracker) -> BoxTracker:
    await tracker.command(PRICING, zipPostalCode="03060")
    return tracker


async def _customer(tracker: BoxTracker) -> Any:
    customer = tracker.customer("jane", secret("customer-password"))
    await customer.handshake()
    return customer


async def _resumed(tracker: BoxTracker) -> Any:
    customer = tracker.customer("jane", session_key=Secret(secret("customer-key")))
    await customer.handshake()
    return customer


async def _portal(tracker: BoxTracker) -> BoxTracker:
    await tracker.handshakes.portal()
    return tracker


async def _token(boxc: BoxC) -> BoxC:
    await boxc.request("GET", "/warehouses")
    return boxc


def _card() -> dict[str, Any]:
    return {
        "ccard_number": secret("card"),
        "ccard_exp_month": secret("expiry"),
        "ccard_cvv": secret("cvv"),
        "note": Secret(secret("note")),
    }


def _web_card() -> dict[str, Any]:
    return {
        "ccardNumber": Secret(secret("card")),
        "ccardExp": secret("expiry"),
        "ccardCVV": secret("cvv"),
    }


def _given_card() -> GivenCard:
    return GivenCard(
        number=secret("card"),
        expires_month=3,
        expires_year=2031,
        cvv=secret("cvv"),
        first_name="Jane",
        last_name="Doe",
        address1="1 Main Street",
        city="Manchester",
        state="NH",
        zip="03101",
    )


def _given_order() -> GivenOrder:
    return {
        "name": "Jane Doe",
        "billing_address1": "1 Main Street",
        "billing_city": "Manchester",
        "billing_state": "NH",
        "billing_zip": "03101",
        "billing_country": "USA",
        "billing_phone": "603-555-0100",
        "billing_email": "jane@example.com",
        "job_address": "2 Elm Street",
        "job_city": "Bedford",
        "job_state": "NH",
        "job_zip": "03110",
        "job_latitude": 42.97,
        "job_longitude": -71.48,
        "distance_by_road": "9.2 mi",
        "date_requested": "2024-01-08",
        "service_type": "Delivery",
        "asset_class": "20-open",
        "price_sheet_id": 9,
    }


def _params() -> dict[str, Any]:
    return {"client_id": secret("carrier-key"), "client_secret": secret("carrier-password")}


async def _listed(boxc: BoxC) -> list[Any]:
    return [credential async for credential in boxc.credentials.list(limit=50)]


_KEYS = ("api-key", "customer-key")
_CARD = ("card", "expiry", "cvv")
_PARAMS = ("carrier-key", "carrier-password")


def _tracker(
    name: str,
    run: Callable[[Any], Awaitable[Any]],
    *wire: str,
    prepare: Callable[[Any], Awaitable[Any]] = _nothing,
    **options: Any,
) -> Operation:
    return Operation(name, "tracker", run, prepare, frozenset(wire), options)


def _boxc(
    name: str,
    run: Callable[[Any], Awaitable[Any]],
    *wire: str,
    prepare: Callable[[Any], Awaitable[Any]] = _nothing,
    **options: Any,
) -> Operation:
    wire = wire if "client_id" in options else ("token", *wire)
    return Operation(name, "boxc", run, prepare, frozenset(wire), options)


def _client() -> dict[str, Any]:
    return {"client_id": "client", "client_secret": secret("client-secret")}


OPERATIONS = (
    _tracker("handshakes.portal", lambda it: it.handshakes.portal(), "api-password"),
    _tracker("handshakes.web_api", lambda it: it.handshakes.web_api(), "api-password"),
    _tracker(
        "handshakes.customer by password",
        lambda it: it.handshakes.customer("jane", secret("customer-password")),
        *("api-password", "customer-password", "api-key"),
        prepare=_portal,
    ),
    _tracker(
        "handshakes.customer by key",
        lambda it: it.handshakes.customer("jane", session_key=secret("customer-key")),
        *("api-password", *_KEYS),
        prepare=_portal,
    ),
    _tracker(
        "customer.handshake",
        lambda it: it.customer("jane", secret("customer-password")).handshake(),
        "api-password",
    ),
    _tracker(
        "customer.command, cold",
        lambda it: it.customer("jane", secret("customer-password")).command(JOB_SITES, offset=0),
        "api-password",
    ),
    _tracker(
        "customer.command",
        lambda it: it.command(JOB_SITES, search=Secret(secret("note"))),
        *("note", *_KEYS),
        prepare=_customer,
    ),
    _tracker(
        "customer.command, changing",
        lambda it: it.command(PAYMENT, **_card()),
        *(*_CARD, *_KEYS, "note"),
        prepare=_customer,
    ),
    _tracker(
        "customer.command, kept alive",
        lambda it: it.command(JOB_SITES, ccard_cvv=secret("cvv")),
        *("cvv", *_KEYS),
        prepare=_resumed,
        keep_alive=True,
    ),
    _tracker(
        "customer.with_options",
        lambda it: it.with_options(deadline=9).command(JOB_SITES, offset=0),
        *_KEYS,
        prepare=_customer,
    ),
    _tracker(
        "customer.cards.store",
        lambda it: it.cards.store(_given_card()),
        *("card", "cvv", *_KEYS),
        prepare=_customer,
    ),
    _tracker(
        "customer.transactions.pay",
        lambda it: it.transactions.pay(_given_card(), [7], store=True),
        *("card", "cvv", *_KEYS),
        prepare=_customer,
    ),
    _tracker("customer.logout", lambda it: it.logout(), *_KEYS, prepare=_customer),
    _tracker(
        "tracker.command",
        lambda it: it.command(PRICING, zipPostalCode=Secret(secret("note"))),
        *("web-key", "note"),
        prepare=_web,
    ),
    _tracker(
        "tracker.command, changing",
        lambda it: it.with_options(deadline=9).command(BOOKING, mode="LIVE", **_web_card()),
        *("web-key", *_CARD),
        prepare=_web,
    ),
    _tracker(
        "tracker.ordering.book",
        lambda it: it.ordering.book(mode="LIVE", card=_given_card(), **_given_order()),
        *("web-key", "card", "cvv"),
        prepare=_web,
    ),
    _boxc(
        "boxc.request, reading",
        lambda it: it.request("GET", "/track/1", params={"a": Secret(secret("parameter"))}),
        "parameter",
    ),
    _boxc(
        "boxc.request, named",
        lambda it: it.request("GET", "/users/me", params={"api_key": secret("parameter")}),
        "parameter",
    ),
    _boxc(
        "boxc.request, changing",
        lambda it: it.with_options(deadline=9).request(
            "POST",
            "/webhooks",
            json={"webhook": {"key": secret("webhook-key"), "a": [Secret(secret("note"))]}},
        ),
        *("webhook-key", "note"),
    ),
    _boxc(
        "boxc.request, a PDF",
        lambda it: it.request("GET", "/labels/7", accept="application/pdf"),
    ),
    _boxc(
        "boxc.request, a first token",
        lambda it: it.request("GET", "/warehouses"),
        "client-secret",
        **_client(),
    ),
    _boxc(
        "boxc.request, a fetched token",
        lambda it: it.request("GET", "/warehouses"),
        "access-token",
        prepare=_token,
        **_client(),
    ),
    _boxc(
        "boxc.user",
        lambda it: it.user(secret("user-token")).users.me(),
        "user-token",
        **_client(),
    ),
    _boxc("credentials.create", lambda it: it.credentials.create("DHLeC", _params()), *_PARAMS),
    _boxc(
        "credentials.update",
        lambda it: it.credentials.update(7, _params(), carrier="DHLeC"),
        *_PARAMS,
    ),
    _boxc("credentials.get", lambda it: it.credentials.get(7)),
    _boxc("credentials.delete", lambda it: it.credentials.delete(7)),
    _boxc("credentials.page", lambda it: it.credentials.page(page_token="p")),
    _boxc("credentials.list", _listed),
    _boxc(
        "oauth.exchange",
        lambda it: it.oauth.exchange(secret("code"), "https://a.example/b"),
        *("client-secret", "code"),
        **_client(),
    ),
    _boxc("oauth.revoke", lambda it: it.oauth.revoke(7), "client-secret", **_client()),
    _boxc(
        "webhooks.create",
        lambda it: it.webhooks.create(
            "https://a.example/b", "orders_status", secret("webhook-key")
        ),
        "webhook-key",
    ),
    _boxc(
        "webhooks.update",
        lambda it: it.webhooks.update(7, key=secret("webhook-key")),
        "webhook-key",
    ),
)
"""Every operation; the canaries of the client itself are sent with each."""
