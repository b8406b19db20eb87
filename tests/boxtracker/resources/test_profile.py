"""Profile: values, saving every field, and refusals."""

from decimal import Decimal
from typing import Any

import pytest

from boxapis import ConfigurationError, OutcomeUnknownError, ValidationError
from boxapis.boxtracker.cards import Card
from boxapis.boxtracker.profile import Profile
from boxapis.errors import ConnectionLostError
from boxapis.secret import Secret
from tests.support.scripted_customer import refused, scripted_customer, sent

pytestmark = pytest.mark.usefixtures("closing")

BODY: dict[str, Any] = {
    "Name": "Jane's Garden",
    "Balance": "1250.50",
    "Address1": "1 Main Street",
    "Address2": "",
    "City": "Manchester",
    "State": "NH",
    "Zip": 3101,
    "Phone": "603-555-0100",
    "EmailConfirm": "1",
    "EmailThankYou": 0,
    "EmailReminders": "",
    "requiredFields": ["txtName", "selState", "txtNew"],
    "CCardObjList": [{"ID": "7", "TypeAbrv": "VI", "Mask": 1881, "PrimaryCard": "1", "Valid": 0}],
    "dbh": {"password": "x"},
}
SAVED = {
    "customer_name": "Jane's Garden",
    "customer_address": "1 Main Street",
    "customer_address2": "",
    "customer_city": "Manchester",
    "customer_state": "NH",
    "customer_zip": "3101",
    "customer_contact": "",
    "customer_phone": "603-555-0100",
    "customer_cell": "",
    "customer_fax": "",
    "customer_email": "",
    "customer_email_confirm": "1",
    "customer_email_thankyou": "0",
    "customer_email_reminders": "0",
    "customer_sms": "0",
}


async def test_values() -> None:
    """Money is exact, flags are read from text and numbers, and what is unknown is in ``extra``."""
    customer, transport = scripted_customer({"customerObj": BODY})
    profile = await customer.profile.get()
    assert profile == Profile(
        name="Jane's Garden",
        balance=Decimal("1250.50"),
        address1="1 Main Street",
        address2="",
        city="Manchester",
        state="NH",
        zip="3101",
        phone="603-555-0100",
        email_confirm=True,
        email_thank_you=False,
        required_fields=("txtName", "selState", "txtNew"),
        cards=(Card(id=7, brand="VI", mask="1881", primary=True, valid=False),),
        extra={"dbh": {"password": Secret("x")}},
    )
    assert profile.required == ("name", "state")
    assert sent(transport) == [("cmdBoxTPortalCustomerData", {})]
    assert "customer_id=13913" in transport.requests[2].target


async def test_save_sends_every_field() -> None:
    """Fields that do not change are sent as they were read; None and an absent flag are blank."""
    customer, transport = scripted_customer({"customerObj": BODY}, {}, {})
    profile = await customer.profile.get()
    await customer.profile.save(profile)
    changes = {"customer_phone": "603-555-0199", "customer_city": "", "customer_sms": "1"}
    await customer.profile.save(profile, phone="603-555-0199", city=None, sms_notifications=True)
    assert sent(transport)[1:] == [
        ("cmdBoxTPortalSaveCustomerProfile", SAVED),
        ("cmdBoxTPortalSaveCustomerProfile", {**SAVED, **changes}),
    ]


WRONG: dict[str, Any] = {
    "unknown field": lambda profiles: profiles.save(Profile(), phon="1"),
    "no profile": lambda profiles: profiles.save({"Name": "Jane"}),
    "misshapen value": lambda profiles: profiles.save(Profile(), phone=b"1"),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
async def test_wrong_changes(call: Any) -> None:
    """A misspelt field or a record of another kind is refused, and nothing is sent."""
    customer, transport = scripted_customer()
    with pytest.raises(ConfigurationError):
        await call(customer.profile)
    assert transport.requests == []


async def test_refusal() -> None:
    """A missing field is a `ValidationError`; nothing was saved."""
    customer, _ = scripted_customer(refused(303))
    with pytest.raises(ValidationError) as caught:
        await customer.profile.save(Profile())
    assert not caught.value.may_have_been_applied


async def test_lost_response() -> None:
    """A save whose response was lost may have been carried out, and is not repeated."""
    lost = ConnectionLostError("lost", phase="read", sent=True)
    customer, transport = scripted_customer(lost, {"customerObj": BODY})
    with pytest.raises(OutcomeUnknownError):
        await customer.profile.save(Profile(name="Jane"))
    assert (await customer.profile.get()).name == "Jane's Garden"  # the recipe of the docstring
    assert len(sent(transport)) == 2
