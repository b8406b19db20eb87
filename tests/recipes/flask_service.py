"""Job sites of customers of Box Tracker in Flask, on a server with threads.

Copy it with `blocking.py` and `web_answers.py`, install ``'boxapis[fleet]' flask gunicorn``, and
run ``gunicorn --threads 8 --workers 2 flask_service:app`` behind TLS, with ``BOXTRACKER_USERNAME``,
``BOXTRACKER_PASSWORD``, and ``BOXAPIS_STORE``, for instance ``sqlite:/run/app/store.db``, through
which all workers share sessions. Do not write ``async def`` views in Flask: each request would have
a loop of its own, and a client belongs to one.
"""

from typing import Any

from blocking import Blocking
from flask import Flask, Response, abort, request
from web_answers import answer_to

from boxapis import BoxAPIError, BoxTracker

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
def failed(error: BoxAPIError) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Answers for every call that fails."""
    status, headers, body = answer_to(error)
    return body, status, BASIC if status == 401 else headers
