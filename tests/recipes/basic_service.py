"""A web service in FastAPI that keeps nothing: each request brings user name and password.

Serve it over TLS: ``BOXAPIS_STORE=sqlite:/run/app/store.db uvicorn basic_service:app --workers 4``.
With the store any worker answers any request of a customer, after one handshake for all; that a
process was killed or started anew is not noticed. A wrong password is tried once a minute by all
together, and ``/logout`` ends the session for all. Without a store each request makes a handshake
of its own. FastAPI's `HTTPBasic` takes names and passwords in ASCII. It needs
``pip install 'boxapis[fleet]' fastapi uvicorn``.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from boxapis import AuthenticationError, BoxTracker, Customer


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Opens one client for each worker, and closes it."""
    async with BoxTracker.from_env() as app.state.tracker:  # with the store of BOXAPIS_STORE
        yield


app = FastAPI(lifespan=lifespan)


async def current_customer(
    request: Request, given: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]
) -> AsyncIterator[Customer]:
    """The customer of a request."""
    try:
        yield request.app.state.tracker.customer(given.username, given.password)
    except AuthenticationError:
        raise HTTPException(401, headers={"WWW-Authenticate": "Basic"}) from None


CurrentCustomer = Annotated[Customer, Depends(current_customer)]


@app.get("/job-sites")
async def job_sites(customer: CurrentCustomer, offset: int = 0) -> dict[int, str | None]:
    """A page of the customer's job sites."""
    page = await customer.job_sites.list().page(offset)
    return {site.id: site.job_name for site in page.items}


@app.post("/logout")
async def logout(customer: CurrentCustomer) -> None:
    """Ends the session; the next request with the password logs in anew."""
    await customer.logout()
