"""Job sites of customers of Box Tracker in Flask, on a server with threads.

Copy it with `blocking.py`, and run ``gunicorn --threads 8 --workers 2 flask_service:app`` behind
TLS, with ``BOXTRACKER_USERNAME``, ``BOXTRACKER_PASSWORD``, and ``BOXAPIS_STORE``, through which all
workers share sessions. Do not write ``async def`` views in Flask: each request would have a loop of
its own, and a client belongs to one.
"""

import logging
from typing import Any

from blocking import Blocking
from flask import Flask, Response, abort, request

from boxapis import AuthenticationError, BoxAPIError, BoxTracker, RequestTimeoutError

app = Flask(__name__)
tracker = Blocking(BoxTracker.from_env, deadline=20)  # starts with the first request of a worker
BASIC = {"WWW-Authenticate": 'Basic realm="portal", charset="UTF-8"'}


@app.get("/job-sites")
def job_sites() -> dict[str, Any]:
    """One page of the customer's job sites."""
    given, offset = request.authorization, request.args.get("offset", 0, int)
    if given is None or not given.username or not given.password:
        abort(Response("Log in.", 401, BASIC))
    login = given.username, given.password

    def page(client: BoxTracker) -> Any:  # runs in the loop, and its result is awaited there
        return client.customer(*login).job_sites.list().page(max(offset, 0))

    found = tracker.run(page)
    return {str(site.id): site.job_name for site in found.items}


@app.errorhandler(BoxAPIError)
def failed(error: BoxAPIError) -> tuple[str, int, dict[str, str]]:
    """Answers for every call that fails; `web_answers.py` knows more errors."""
    logging.getLogger("service").warning("%s: %s", type(error).__name__, error)
    if isinstance(error, AuthenticationError):
        return "Wrong user name or password.", 401, BASIC
    late = isinstance(error, RequestTimeoutError) or error.may_have_been_applied
    return "Box Tracker did not answer.", 504 if late else 502, {}
