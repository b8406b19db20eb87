"""The portal of `fastapi_service.py` in Django: async views, and one client for each process.

Copy the views, `FailedCalls` and `application` into your project, with `web_answers.py`; the rest
makes this file one that runs: ``uvicorn django_service:application --workers 4``, with the same
environment. Bodies must be marked as JSON, which no form of another page can do; where you take
forms, Django's own protection against CSRF is needed.
"""

import json
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
from web_answers import COOKIE, answer_to, opened, sealed

from boxapis import BoxAPIError, BoxTracker
from boxapis.telemetry import OpenTelemetry

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
    """Answers for every call that fails."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Returns the answer if a call of boxapis has failed."""
        if not isinstance(error, BoxAPIError):
            return None
        status, headers, body = answer_to(error)
        return JsonResponse(body, status=status, headers=headers)


def posted(request: HttpRequest, **kinds: Callable[[Any], Any]) -> list[Any]:
    """Returns fields of a body in JSON; the answer is 400 if that is not what came."""
    try:
        body = json.loads(request.body)
        fields = [kind(body[name]) for name, kind in kinds.items()]
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        fields = []
    if request.content_type != "application/json" or not fields or not all(fields):
        raise BadRequest
    return fields


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
    username, password = posted(request, username=str, password=str)
    await tracker.customer(username, password).handshake()
    response = HttpResponse(status=204)
    response.set_cookie(**COOKIE, value=sealed(username, password))
    return response


@of_customer
async def job_sites(request: HttpRequest, customer: Any) -> HttpResponse:
    """One page of the customer's job sites."""
    offset = request.GET.get("offset", "0")
    if not offset.isdecimal():
        raise BadRequest
    page = await customer.job_sites.list().page(int(offset))
    sites = {site.id: site.job_name for site in page.items}
    return JsonResponse({"sites": sites, "next_offset": page.next_offset})


@require_POST
@of_customer
async def pay(request: HttpRequest, customer: Any) -> HttpResponse:
    """Pays; 409 if another sum is open now, 504 if that is not known yet: look at the invoices."""
    card, invoices, expected = posted(request, card=int, invoices=set, expected=Decimal)
    await customer.transactions.pay(card, list(invoices), expected)
    return HttpResponse(status=204)


urlpatterns = [path("login", log_in), path("job-sites", job_sites), path("payments", pay)]
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
