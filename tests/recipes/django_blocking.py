"""Job sites of customers of Box Tracker in Django under WSGI, on a server with threads.

Copy the view and `tracker` into your project, with `blocking.py`; the rest makes this file one that
runs: ``gunicorn --threads 8 --workers 2 django_blocking:application`` behind TLS, with
``BOXTRACKER_USERNAME``, ``BOXTRACKER_PASSWORD``, and ``BOXAPIS_STORE``, through which all workers
share sessions. Under WSGI write no ``async def`` views that share a client: each request would have
a loop of its own. Under ASGI take `django_service.py`.
"""

from base64 import b64decode
from typing import Any

import django
from blocking import Blocking
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from boxapis import AuthenticationError, BoxTracker

settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__)
django.setup()
tracker = Blocking(BoxTracker.from_env, deadline=20)  # starts with the first request of a worker


def job_sites(request: HttpRequest) -> HttpResponse:
    """One page of the customer's job sites."""
    username, password = given_login(request.headers.get("Authorization", ""))
    if not username or not password:
        return refused()

    def page(client: BoxTracker) -> Any:  # runs in the loop, and its result is awaited there
        return client.customer(username, password).job_sites.list().page()

    try:
        found = tracker.run(page)
    except AuthenticationError:
        return refused()
    return JsonResponse({site.id: site.job_name for site in found.items})


def given_login(header: str) -> tuple[str, str]:
    """Returns user name and password; both are empty if the header is missing or malformed."""
    kind, _, given = header.partition(" ")
    try:
        username, _, password = b64decode(given).decode().partition(":")
    except ValueError:
        return "", ""
    return (username, password) if kind.lower() == "basic" else ("", "")


def refused() -> HttpResponse:
    """Asks the browser for user name and password."""
    headers = {"WWW-Authenticate": 'Basic realm="portal", charset="UTF-8"'}
    return HttpResponse("Log in.", status=401, headers=headers)


urlpatterns = [path("job-sites", job_sites)]
application = get_wsgi_application()
