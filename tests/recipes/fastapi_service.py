"""A portal for customers of Box Tracker in FastAPI: log-in, job sites, invoices and payments.

Copy it with `web_answers.py` and `web_cookie.py`, install
``'boxapis[fleet,opentelemetry]' cryptography fastapi pydantic uvicorn``, and run
``uvicorn fastapi_service:app --workers 4`` behind TLS, with

* ``BOXTRACKER_USERNAME`` and ``BOXTRACKER_PASSWORD``, the API user;
* ``BOXAPIS_STORE``, for instance ``sqlite:/run/portal/store.db``: all workers share sessions, so a
  customer is logged in once, whichever of them answers;
* ``COOKIE_KEYS``, see `web_cookie.py`.

Spans and metrics go to the global providers of OpenTelemetry. Let the server in front limit the
size of bodies, and the number of log-ins against guessing. ``test_fastapi_service.py`` shows how it
is tested without an account.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from web_answers import answer_to
from web_cookie import COOKIE, opened, sealed

from boxapis import BoxAPIError, BoxTracker, Customer
from boxapis.telemetry import OpenTelemetry


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Opens one client for each worker, and closes it."""
    async with BoxTracker.from_env(trace=OpenTelemetry()) as tracker:
        app.state.tracker = tracker.with_options(deadline=20)  # seconds for a call, queues included
        yield


app = FastAPI(lifespan=lifespan)


@app.exception_handler(BoxAPIError)
async def failed(request: Request, error: BoxAPIError) -> JSONResponse:
    """Answers for every call that fails."""
    status, headers, body = answer_to(error)
    return JSONResponse(body, status, headers)


@app.exception_handler(RequestValidationError)
async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
    """Answers without what was sent: it may be a password, or NaN, which no JSON can hold."""
    reasons = [{"loc": reason["loc"], "msg": reason["msg"]} for reason in error.errors()]
    return JSONResponse({"detail": reasons}, 422)


Number = Annotated[int, Field(gt=0, lt=10**11)]  # other ids are an error before anything is sent


class Login(BaseModel):
    """What a customer logs in with."""

    username: str = Field(min_length=1)
    password: str = Field(min_length=1, repr=False)


class Payment(BaseModel):
    """Invoices to pay with a card on file, and their sum as the customer was shown it."""

    card: Number
    invoices: set[Number] = Field(min_length=1)
    expected: Decimal


async def current_customer(request: Request) -> Customer:
    """The customer of a request."""
    login = opened(request.cookies.get(COOKIE["key"]))
    if login is None:
        raise HTTPException(401, "log in first")
    customer: Customer = request.app.state.tracker.customer(*login)
    return customer


CurrentCustomer = Annotated[Customer, Depends(current_customer)]


@app.post("/login", status_code=204)
async def log_in(login: Login, request: Request, response: Response) -> None:
    """Checks the password at Box Tracker, whatever session there is."""
    await request.app.state.tracker.customer(login.username, login.password).handshake()
    response.set_cookie(**COOKIE, value=sealed(login.username, login.password))


@app.post("/logout")
async def log_out(request: Request, customer: CurrentCustomer) -> Response:
    """Takes the cookie back, whatever happens, and ends the session at Box Tracker."""
    try:
        await customer.logout()
        response = Response(status_code=204)
    except BoxAPIError as error:  # the session ends by itself, after five idle minutes
        response = await failed(request, error)
    response.delete_cookie(COOKIE["key"], secure=True)
    return response


@app.get("/job-sites")
async def job_sites(
    customer: CurrentCustomer, offset: Annotated[int, Query(ge=0)] = 0
) -> dict[str, Any]:
    """One page of the customer's job sites."""
    page = await customer.job_sites.list().page(offset)
    sites = {site.id: site.job_name for site in page.items}
    return {"sites": sites, "next_offset": page.next_offset}


@app.get("/invoices")
async def invoices(customer: CurrentCustomer) -> dict[str, Any]:
    """What can be paid, and the cards on file."""
    payable = await customer.transactions.payable()
    return {
        "open": {entry.id: entry.open_balance for entry in payable.transactions},
        "cards": {card.id: card.mask for card in payable.cards},
    }


@app.post("/payments", status_code=204)
async def pay(customer: CurrentCustomer, payment: Payment) -> None:
    """Pays; 409 if another sum is open now, 504 if that is not known yet: look at the invoices."""
    await customer.transactions.pay(payment.card, sorted(payment.invoices), payment.expected)
