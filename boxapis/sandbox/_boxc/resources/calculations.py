"""BoxC calculations: estimates, duties, HS codes and checked addresses.

The figures are the description's examples: nothing is calculated. What was sent is in the response.
"""

from typing import Any, Final

from boxapis.sandbox._boxc.bodies import check_list, unwrap, unwrap_list
from boxapis.sandbox._boxc.records import samples
from boxapis.sandbox._boxc.refusals import invalid, malformed, missing
from boxapis.sandbox._boxc.request import Operation, RequestContext
from boxapis.sandbox._response import SandboxResponse, json_response

_MOST_PRODUCTS: Final = 20
_ESTIMATE: Final = ("country", "entry_point", "weight")
_DUTY: Final = ("currency", "origin", "destination", "products")
_DUTY_PRODUCT: Final = ("coo", "currency", "description", "hs_code", "quantity", "value")
_CLASSIFY: Final = ("destination_country", "origin_country", "products")
_ADDRESS: Final = ("street1", "city", "country")


def get_estimate(context: RequestContext) -> SandboxResponse:
    """Price a parcel by the query; required are country, entry_point and weight."""
    query = context.request.query
    if absent := [name for name in _ESTIMATE if not query.get(name)]:
        raise missing(*absent, path="/")
    estimate = dict(_sample("/estimate"))
    estimate |= {"currency": query.get("currency", "USD"), "entry_point": query["entry_point"]}
    return json_response(200, {"estimate": estimate})


def calculate_duty(context: RequestContext) -> SandboxResponse:
    """Calculate duty and tax of up to 20 products."""
    sent = unwrap(context.request.body, "calculate", *_DUTY)
    for place in ("origin", "destination"):
        if not isinstance(sent[place], dict) or not sent[place].get("country"):
            raise invalid(f"calculate/{place}/country: Required")
    products = _products(sent["products"], "calculate", _DUTY_PRODUCT)
    sample = _sample("/calculate-duty")
    found = [{**sample["products"][0], **product} for product in products]
    kept = {name: sent[name] for name in ("insurance", "shipping", *_DUTY) if name in sent}
    own = {"products": found, "total": sample["total"]}
    return json_response(200, {"calculate": {**kept, **own}})


def classify(context: RequestContext) -> SandboxResponse:
    """Suggest HS codes of up to 20 products."""
    sent = unwrap(context.request.body, "classify", *_CLASSIFY)
    products = _products(sent["products"], "classify", ("description",))
    result = _sample("/classify")["products"][0]["result"]
    found = [{**product, "result": result} for product in products]
    kept = {name: sent[name] for name in _CLASSIFY}
    return json_response(200, {"classify": {**kept, "products": found}})


def validate_addresses(context: RequestContext) -> SandboxResponse:
    """Check addresses; each is found to be good."""
    addresses = unwrap_list(context.request.body, "addresses", *_ADDRESS)
    sample = _sample("/validate-address")
    found = [{**sample, "error": False, "original": address} for address in addresses]
    return json_response(200, {"addresses": found})


OPERATIONS: Final = (
    Operation("GET", "/estimate", "", get_estimate),
    Operation("POST", "/calculate-duty", "calculate", calculate_duty),
    Operation("POST", "/classify", "classify", classify),
    Operation("POST", "/validate-address", "validate", validate_addresses),
)


def _sample(path: str) -> dict[str, Any]:
    found: dict[str, Any] = samples()[path]["filled"]
    return found


def _products(products: Any, wrapper: str, required: tuple[str, ...]) -> list[dict[str, Any]]:
    """The products of a request; raises Refusal with 1000."""
    check_list(products, f"/{wrapper}/products", _MOST_PRODUCTS)
    for product in products:
        if not isinstance(product, dict):
            raise malformed()
        if absent := [name for name in required if name not in product]:
            raise missing(*absent, path=f"/{wrapper}/products")
    return list(products)
