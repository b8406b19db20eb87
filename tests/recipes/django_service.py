"""The portal of `fastapi_service.py` in Django: async views, and one client for each process.

Copy the views, `FailedCalls` and `application` into your project, with `web_answers.py` and
`web_cookie.py`, and install
``'boxapis[fleet,opentelemetry]' cryptography django uvicorn``. The rest makes this file one that
runs: ``uvicorn django_service:application --workers 4`` behind TLS, with ``BOXTRACKER_USERNAME``,
``BOXTRACKER_PASSWORD``, ``BOXAPIS_STORE`` and ``COOKIE_KEYS``, as `fastapi_service.py` has them.
Bodies must be marked as JSON, which no form of another page can do; where you take forms, Django's
own protection against CSRF is needed.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.http import require_POST
from web_answers import answer_to
from web_cookie import COOKIE, opened, sealed

from boxapis import BoxAPIError, BoxTracker
from boxapis.telemetry import OpenTelemetry

logging.basicConfig()  # by itself Django writes no failed view to the log, unless it debugs
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "testserver"],
    MIDDLEWARE=[f"{__name__}.FailedCalls"],
    ROOT_URLCONF=__name__,
)
django.setup()
client = BoxTracker.from_env(trace=OpenTelemetry())  # nothing is opened before a view uses it
tracker = client.with_options(deadline=20)  # seconds for a call, queues included
View = Callable[..., Awaitable[HttpResponse]]


class FailedCalls(MiddlewareMixin):
    """Answers for every call that fails, and for requests that are malformed."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Returns the answer if a call of boxapis has failed, or the request is malformed."""
        if isinstance(error, BadRequest):
            return JsonResponse({"detail": "the request is malformed"}, status=400)
        return failed(error) if isinstance(error, BoxAPIError) else None


def failed(error: BoxAPIError) -> HttpResponse:
    """Returns the answer to a call that has failed."""
    status, headers, body = answer_to(error)
    return JsonResponse(body, status=status, headers=headers)


def posted(request: HttpRequest, **kinds: Callable[[Any], Any]) -> list[Any]:
    """Returns fields of a body in JSON; the answer is 400 if one is missing or of another kind."""
    try:
        if request.content_type == "application/json":
            body = json.loads(request.body)
            return [kind(body[name]) for name, kind in kinds.items()]
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        pass
    raise BadRequest


def text(given: Any) -> str:
    """Text that is not empty, and can be sent, which half a surrogate pair cannot."""
    if not isinstance(given, str) or not given.encode():
        raise ValueError
    return given


def number(given: Any) -> int:
    """The id of a card or an invoice, as a number or, like the keys of JSON objects, as text."""
    if not 0 < (found := int(str(given))) < 10**11:
        raise ValueError
    return found


def numbers(given: Any) -> list[int]:
    """At least one id, and each once."""
    if not isinstance(given, list) or not given:
        raise ValueError
    return sorted({number(one) for one in given})


def amount(given: Any) -> Decimal:
    """US dollars; their text is read, since 12.10 as a number in JSON is a little less."""
    if not (found := Decimal(str(given))).is_finite():
        raise ValueError
    return found


def of_customer(view: View) -> View:
    """Gives a view the customer of the request."""

    async def with_customer(request: HttpRequest) -> HttpResponse:
        login = opened(request.COOKIES.get(COOKIE["key"]))
        if login is None:
            return JsonResponse({"detail": "log in first"}, status=401)
        return await view(request, tracker.customer(*login))

    return with_customer


@require_POST
async def log_in(request: HttpRequest) -> HttpResponse:
    """Checks the password at Box Tracker, whatever session there is."""
    username, password = posted(request, username=text, password=text)
    await tracker.customer(username, password).handshake()
    response = HttpResponse(status=204)
    response.set_cookie(**COOKIE, value=sealed(username, password))
    return response


@require_POST
@of_customer
async def log_out(request: HttpRequest, customer: Any) -> HttpResponse:
    """Takes the cookie back, whatever happens, and ends the session at Box Tracker."""
    response = HttpResponse(status=204)
    try:
        await customer.logout()
    except BoxAPIError as error:  # the session ends by itself, after five idle minutes
        response = failed(error)
    response.delete_cookie(COOKIE["key"])
    return response


@of_customer
async def job_sites(request: HttpRequest, customer: Any) -> HttpResponse:
    """One page of the customer's job sites."""
    offset = request.GET.get("offset", "0")
    if not offset.isdecimal() or len(offset) > 11:  # digits
        raise BadRequest
    page = await customer.job_sites.list().page(int(offset))
    sites = {site.id: site.job_name for site in page.items}
    return JsonResponse({"sites": sites, "next_offset": page.next_offset})


@of_customer
async def invoices(request: HttpRequest, customer: Any) -> HttpResponse:
    """What can be paid, and the cards on file."""
    payable = await customer.transactions.payable()
    balances = {entry.id: entry.open_balance for entry in payable.transactions}
    return JsonResponse({"open": balances, "cards": {card.id: card.mask for card in payable.cards}})


@require_POST
@of_customer
async def pay(request: HttpRequest, customer: Any) -> HttpResponse:
    """Pays; 409 if another sum is open now, 504 if that is not known yet: look at the invoices."""
    fields = posted(request, card=number, invoices=numbers, expected=amount)
    await customer.transactions.pay(*fields)
    return HttpResponse(status=204)


urlpatterns = [
    path("login", log_in),
    path("logout", log_out),
    path("job-sites", job_sites),
    path("invoices", invoices),
    path("payments", pay),
]
_django = get_asgi_application()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Django, which knows nothing of the end of its server; the client is closed there."""
    if scope["type"] != "lifespan":
        await _django(scope, receive, send)
        return
    await receive()  # the start
    await send({"type": "lifespan.startup.complete"})
    await receive()  # the end
    await client.aclose()
    await send({"type": "lifespan.shutdown.complete"})
