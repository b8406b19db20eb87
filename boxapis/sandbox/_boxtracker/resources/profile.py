"""The customer's own record: read and saved."""

from types import MappingProxyType
from typing import Any, Final

from boxapis.sandbox._boxtracker.arguments import (
    Arguments,
    check_state,
    identified_customer,
    parse_choice,
)
from boxapis.sandbox._boxtracker.data import JsonObject
from boxapis.sandbox._boxtracker.refusals import MISSING_INPUTS, Refusal
from boxapis.sandbox._boxtracker.state import BoxTrackerState

_TEXTS: Final = MappingProxyType(
    {
        "customer_name": "Name",
        "customer_address": "Address1",
        "customer_address2": "Address2",
        "customer_city": "City",
        "customer_state": "State",
        "customer_zip": "Zip",
        "customer_contact": "Contact",
        "customer_phone": "Phone",
        "customer_cell": "Cell",
        "customer_fax": "Fax",
        "customer_email": "Email",
    }
)
_FLAGS: Final = MappingProxyType(
    {
        "customer_email_confirm": "EmailConfirm",
        "customer_email_thankyou": "EmailThankYou",
        "customer_email_reminders": "EmailReminders",
        "customer_sms": "SMSNotifications",
    }
)
_CONTROLS: Final = MappingProxyType(
    {
        "selState": "State",
        **{f"txt{name}": name for name in ("Name", "Address1", "Address2", "City", "Zip")},
        **{f"txt{name}": name for name in ("Phone", "Cell", "Fax", "Email")},
    }
)


def customer_data(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """The customer's own record."""
    return {"customerObj": state.shown(identified_customer(state, arguments)).record}


def save_customer_profile(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Overwrite the customer's record; an argument that is not there blanks its field."""
    customer = identified_customer(state, arguments)
    texts = {field: arguments.get(name, "") for name, field in _TEXTS.items()}
    flags = {field: parse_choice(arguments.get(name, "0"), 1) for name, field in _FLAGS.items()}
    record: dict[str, Any] = customer.record
    check_state(texts["State"])
    wanted = (_CONTROLS[name] for name in record["requiredFields"] if name in _CONTROLS)
    if not all(texts[field] for field in wanted):
        raise Refusal(MISSING_INPUTS)
    state.change(customer, record=record | texts | flags)
    return {}
