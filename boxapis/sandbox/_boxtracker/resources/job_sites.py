"""Job sites of a customer: listed, read, added and changed."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final

from boxapis.sandbox._boxtracker.arguments import (
    Arguments,
    check_state,
    identified_customer,
    logged_in_customer,
    parse_choice,
    parse_integer,
    required,
)
from boxapis.sandbox._boxtracker.data import JsonObject
from boxapis.sandbox._boxtracker.lists import asked_page, sort_job_sites
from boxapis.sandbox._boxtracker.refusals import MISSING_INPUTS, NOT_AVAILABLE, Refusal
from boxapis.sandbox._boxtracker.state import BoxTrackerState

REQUIRED_FIELDS: Final = ("txtJSAddress", "txtJSCity", "selJSState", "txtJSZip")

_REQUIRED: Final = ("Address", "City", "State", "Zip")
_LISTED: Final = ("ID", "JobName", *_REQUIRED, "Validated", "ContainersOnSite")
_TEXTS: Final = MappingProxyType(
    {
        "jobsite_name": "JobName",
        "jobsite_address": "Address",
        "jobsite_city": "City",
        "jobsite_state": "State",
        "jobsite_zip": "Zip",
        "jobsite_county": "County",
        "jobsite_muni": "Muni",
        "jobsite_po": "PO",
        "jobsite_cross_street": "CrossStreet",
        "jobsite_contact": "Contact",
        "jobsite_contact_cell": "ContactCell",
        "jobsite_hazzards": "Hazzards",
        "jobsite_billing_note": "BillingNote",
    }
)
_VERIFIED: Final = 3


def job_site_list(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """One page of the customer's job sites."""
    customer = state.shown(identified_customer(state, arguments))
    sites: Sequence[JsonObject] = [
        {name: site[name] for name in _LISTED if name in site} for site in customer.job_sites
    ]
    if "orderBy" in arguments:
        sites = sort_job_sites(sites, arguments["orderBy"])
    return asked_page(state, arguments, "jobSiteObjList", sites)


def job_site_data(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """One job site of the customer, or for ID 0 the form of a new one; 302 for any other."""
    customer = logged_in_customer(state, arguments)
    (number,) = required(arguments, "jobsite_id")
    wanted = parse_integer(number)
    site = find_job_site(customer.job_sites, wanted) if wanted else _blank()
    shown = state.shown(customer)
    if shown is not customer and shown.job_sites:
        site = shown.job_sites[0]
    return {"jobSiteObj": site | {"requiredFields": list(REQUIRED_FIELDS)}}


def save_job_site(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Overwrite a job site, or add one for ID 0; an argument that is not there blanks its field."""
    customer = identified_customer(state, arguments)
    number = parse_integer(arguments.get("jobsite_id", "0"))
    before: dict[str, Any] = find_job_site(customer.job_sites, number) if number else _blank()
    texts = {field: arguments.get(name, "") for name, field in _TEXTS.items()}
    numbers = {
        "LEED": parse_choice(arguments.get("jobsite_leed", "0"), 1),
        "Validated": parse_choice(arguments.get("jobsite_validated", "0"), _VERIFIED),
    }
    check_state(texts["State"])
    if not all(texts[field] for field in _REQUIRED):
        raise Refusal(MISSING_INPUTS)
    saved: dict[str, Any] = before | texts | numbers | {"ID": number or state.new_id()}
    if number:
        sites = tuple(saved if site is before else site for site in customer.job_sites)
    else:
        sites = (*customer.job_sites, saved)
    state.change(customer, job_sites=sites)
    return {}


def find_job_site(sites: Sequence[JsonObject], number: int) -> dict[str, Any]:
    """The job site with a number; raises Refusal with 302."""
    for site in sites:
        if site["ID"] == number:
            return site
    raise Refusal(NOT_AVAILABLE)


def _blank() -> dict[str, Any]:
    texts = dict.fromkeys(_TEXTS.values(), "")
    return {"ID": 0, **texts, "LEED": 0, "Validated": 0, "ContainersOnSite": []}
