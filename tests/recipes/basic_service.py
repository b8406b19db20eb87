"""A web service in FastAPI that keeps nothing: each request brings user name and password.

Copy it with `web_answers.py`, install ``'boxapis[fleet]' fastapi uvicorn``, and run
``uvicorn basic_service:app --workers 4`` behind TLS, with ``BOXTRACKER_USERNAME``,
``BOXTRACKER_PASSWORD``, and ``BOXAPIS_STORE``, for instance ``sqlite:/run/app/store.db``.

With the store any worker answers any request of a customer, after one handshake for all, even if
workers are killed and started anew. A wrong password is tried once a minute by all together, and
``/logout`` ends the session for all. Without a store each request makes a handshake of its own.
FastAPI's `HTTPBasic` takes names and passwords in ASCII.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from web_answers import answer_to

from boxapis import BoxAPIError, BoxTracker, Customer

BASIC = {"WWW-Authenticate": "Basic"}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Opens one client for each worker, and closes it."""
    async with BoxTracker.from_env() as app.state.tracker:  # with the store of BOXAPIS_STORE
        yield


app = FastAPI(lifespan=lifespan)


@app.exception_handler(BoxAPIError)
async def failed(request: Request, error: BoxAPIError) -> JSONResponse:
    """Answers for every call that fails."""
    status, headers, body = answer_to(error)
    return JSONResponse(body, status, BASIC if status == 401 else headers)


async def current_customer(
    request: Request, given: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]
) -> Customer:
    """The customer of a request."""
    if not given.username or not given.password:
        raise HTTPException(401, headers=BASIC)
    customer: Customer = request.app.state.tracker.customer(given.username, given.password)
    return customer


CurrentCustomer = Annotated[Customer, Depends(current_customer)]


@app.get("/job-sites")
async def job_sites(
    customer: CurrentCustomer, offset: Annotated[int, Query(ge=0)] = 0
) -> dict[int, str | None]:
    """A page of the customer's job sites."""
    page = await customer.job_sites.list().page(offset)
    return {site.id: site.job_name for site in page.items}


@app.post("/logout")
async def logout(customer: CurrentCustomer) -> None:
    """Ends the session; the next request with the password logs in anew."""
    await customer.logout()
