"""Classification and validation of addresses: values, and that billed requests are sent once."""

from collections.abc import Callable
from typing import Any

import pytest

from boxapis import (
    APIError,
    BoxC,
    OutcomeUnknownError,
    PaymentError,
    Retries,
    ServerError,
    TransportError,
    ValidationError,
)
from boxapis.boxc.address_parts import AddressComponent, ComponentName, USPSData
from boxapis.boxc.addresses import AddressFields, AddressMatch, ValidatedAddress, Verdict
from boxapis.boxc.classify import Classification, ClassifiedProduct, Suggestion
from boxapis.transports import Response, ScriptedTransport
from tests.support.doubles import closed_later
from tests.support.scripted_boxc import refusal, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")

Call = Callable[[BoxC], Any]

BILLED: dict[str, Call] = {
    "suggest": lambda boxc: boxc.classify.suggest(
        [{"description": "Socks"}], origin_country="CN", destination_country="US"
    ),
    "validate": lambda boxc: boxc.addresses.validate(
        [{"street1": "113 Broadway", "city": "Los Angeles", "country": "US"}]
    ),
}


async def test_suggestions() -> None:
    """Codes are text, also where they come as numbers."""
    product = {"description": "Socks", "result": {"import_hs_code": 6115950000}}
    boxc, transport = scripted_boxc({"classify": {"products": [product]}})
    assert await BILLED["suggest"](boxc) == Classification(
        products=(
            ClassifiedProduct(description="Socks", result=Suggestion(import_hs_code="6115950000")),
        )
    )
    countries = {"origin_country": "CN", "destination_country": "US"}
    body = {"classify": {**countries, "products": [{"description": "Socks"}]}}
    assert sent(transport) == [("POST", "/classify", body)]


async def test_matches() -> None:
    """Names in camel case become names of Python; an address that failed says so."""
    part = {"componentName": {"text": "Main St."}, "componentType": "route"}
    match = {
        "city": "LOS ANGELES",
        "postal_code": 90210,
        "confidence": "HIGH",
        "verdict": {"hasInferredComponents": True},
        "addressComponents": [part],
        "uspsData": {"dpvConfirmation": "", "dpvNoStatReasonCode": 1, "elotNumber": 365},
    }
    boxc, transport = scripted_boxc(
        {
            "addresses": [
                {"original": {"city": "Los Angeles"}, "error": False, "matches": [match]},
                {"error": True, "message": "Not found", "matches": []},
            ]
        }
    )
    assert await BILLED["validate"](boxc) == (
        ValidatedAddress(
            original=AddressFields(city="Los Angeles"),
            error=False,
            matches=(
                AddressMatch(
                    city="LOS ANGELES",
                    postal_code="90210",
                    confidence="HIGH",
                    verdict=Verdict(has_inferred_components=True),
                    address_components=(
                        AddressComponent(
                            component_name=ComponentName(text="Main St."), component_type="route"
                        ),
                    ),
                    usps_data=USPSData(
                        dpv_confirmation="", dpv_no_stat_reason_code=1, elot_number="365"
                    ),
                ),
            ),
        ),
        ValidatedAddress(error=True, message="Not found"),
    )
    assert sent(transport)[0][:2] == ("POST", "/validate-address")


@pytest.mark.parametrize("call", BILLED.values(), ids=BILLED)
@pytest.mark.parametrize("end", ["lost", "failed"])
async def test_billed_requests_are_sent_once(call: Call, end: str) -> None:
    """No response, or a failure of the service, repeats nothing: the request may be charged."""
    ends: dict[str, Any] = {
        "lost": TransportError("lost", phase="read", sent=True),
        "failed": Response(502, (), b""),
    }
    transport = ScriptedTransport([ends[end], {}])
    boxc = closed_later(BoxC("token", retries=Retries(), transport=transport))
    with pytest.raises((OutcomeUnknownError, ServerError)) as caught:
        await call(boxc)
    assert caught.value.may_have_been_applied
    assert len(transport.requests) == 1


@pytest.mark.parametrize("call", BILLED.values(), ids=BILLED)
@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (1000, 400, ValidationError),
        (1080, 402, PaymentError),
        (1081, 500, PaymentError),
        (1010, 500, ServerError),
        (1425, 400, ServerError),
    ],
)
async def test_refusals(call: Call, code: int, status: int, kind: type[APIError]) -> None:
    """A documented refusal is of the class that the docstrings name."""
    boxc, _ = scripted_boxc(refusal(code, status))
    with pytest.raises(kind) as caught:
        await call(boxc)
    assert caught.value.code == code
