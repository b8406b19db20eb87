"""Job sites of customers of Box Tracker in Django under WSGI, on a server with threads.

Copy the view, `FailedCalls` and `tracker` into your project, with `blocking.py` and
`web_answers.py`, and install ``'boxapis[fleet]' django gunicorn``. The rest makes this file one
that runs: ``gunicorn --threads 8 --workers 2 django_blocking:application`` behind TLS, with
``BOXTRACKER_USERNAME``, ``BOXTRACKER_PASSWORD``, and ``BOXAPIS_STORE``, for instance
``sqlite:/run/app/store.db``, through which all workers share sessions. Under WSGI write no
``async def`` views that share a client: each request would have a loop of its own. Under ASGI take
`django_service.py`.
"""

import logging
from base64 import b64decode
from typing import Any

import django
from blocking import Blocking
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.deprecation import MiddlewareMixin
from web_answers import answer_to

from boxapis import BoxAPIError, BoxTracker

logging.basicConfig()  # by itself Django writes no failed view to the log, unless it debugs
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[f"{__name__}.FailedCalls"], ROOT_URLCONF=__name__
)
django.setup()
tracker = Blocking(BoxTracker.from_env, deadline=20)  # starts with the first request of a worker
BASIC = {"WWW-Authenticate": 'Basic realm="portal", charset="UTF-8"'}


class FailedCalls(MiddlewareMixin):
    """Answers for every call that fails."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Returns the answer if a call of boxapis has failed."""
        if not isinstance(error, BoxAPIError):
            return None
        status, headers, body = answer_to(error)
        return JsonResponse(body, status=status, headers=BASIC if status == 401 else headers)


def job_sites(request: HttpRequest) -> HttpResponse:
    """One page of the customer's job sites."""
    username, password = given_login(request.headers.get("Authorization", ""))
    if not username or not password:
        return HttpResponse("Log in.", status=401, headers=BASIC)

    def page(client: BoxTracker) -> Any:  # runs in the loop, and its result is awaited there
        return client.customer(username, password).job_sites.list().page()

    found = tracker.run(page)
    return JsonResponse({site.id: site.job_name for site in found.items})


def given_login(header: str) -> tuple[str, str]:
    """Returns user name and password; both are empty if the header is missing or malformed."""
    kind, _, given = header.partition(" ")
    try:
        username, _, password = b64decode(given).decode().partition(":")
    except ValueError:
        return "", ""
    return (username, password) if kind.lower() == "basic" else ("", "")


urlpatterns = [path("job-sites", job_sites)]
application = get_wsgi_application()
