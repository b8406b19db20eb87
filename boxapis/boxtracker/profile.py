"""The resource Profile: the customer's own record, and the cards on file.

Manual: customer-profile.html under https://www.dumpster.software/api/; fields and the arguments of
the update are those that the vendor's own client uses.
"""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from attrs import field, frozen

from boxapis._sansio import kinds, shapes
from boxapis.boxtracker._resource import Resource, Saved, merged, optional, several, whole_record
from boxapis.boxtracker.cards import Card

__all__ = ["GivenProfile", "Profile", "Profiles"]


class GivenProfile(TypedDict, total=False):
    """Changes of a profile; None blanks a field. No source says how long a text may be."""

    name: str | None
    address1: str | None
    address2: str | None
    city: str | None
    state: str | None  # two capital letters
    zip: str | None
    contact: str | None
    phone: str | None  # ten digits, for instance "603-555-0100"
    cell: str | None  # as phone
    fax: str | None  # as phone
    email: str | None
    email_confirm: bool
    email_thank_you: bool
    email_reminders: bool
    sms_notifications: bool


@frozen(kw_only=True)
class Profile(Saved):
    """The customer's record, as far as the portal shows it.

    Attributes:
        name: The customer's name.
        balance: The balance of the account, in US dollars.
        address1: First line of the address.
        address2: Second line of the address.
        city: City.
        state: State or province, two letters.
        zip: Zip or postal code.
        contact: The person to ask for.
        phone: Telephone number.
        cell: Mobile telephone number.
        fax: Fax number.
        email: E-mail address.
        email_confirm: Whether work orders are confirmed by e-mail.
        email_thank_you: Whether thank-you notes are sent by e-mail.
        email_reminders: Whether reminders are sent by e-mail.
        sms_notifications: Whether notices are sent by SMS.
        required_fields: What must be filled in when it is saved, in the service's words; see
            `required`.
        cards: The cards on file.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    name: kinds.Scalar | None = optional("Name", "customer_name", "txtName")
    balance: kinds.Money | None = optional("Balance")
    address1: kinds.Scalar | None = optional("Address1", "customer_address", "txtAddress1")
    address2: kinds.Scalar | None = optional("Address2", "customer_address2", "txtAddress2")
    city: kinds.Scalar | None = optional("City", "customer_city", "txtCity")
    state: kinds.Scalar | None = optional("State", "customer_state", "selState")
    zip: kinds.Scalar | None = optional("Zip", "customer_zip", "txtZip")
    contact: kinds.Scalar | None = optional("Contact", "customer_contact", "txtContact")
    phone: kinds.Scalar | None = optional("Phone", "customer_phone", "txtPhone")
    cell: kinds.Scalar | None = optional("Cell", "customer_cell", "txtCell")
    fax: kinds.Scalar | None = optional("Fax", "customer_fax", "txtFax")
    email: kinds.Scalar | None = optional("Email", "customer_email", "txtEmail")
    email_confirm: kinds.Flag | None = optional("EmailConfirm", "customer_email_confirm")
    email_thank_you: kinds.Flag | None = optional("EmailThankYou", "customer_email_thankyou")
    email_reminders: kinds.Flag | None = optional("EmailReminders", "customer_email_reminders")
    sms_notifications: kinds.Flag | None = optional("SMSNotifications", "customer_sms")
    required_fields: tuple[kinds.Cell, ...] = several("requiredFields")
    cards: tuple[Card, ...] = several("CCardObjList")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


class Profiles(Resource):
    """The record of one customer, as ``customer.profile``."""

    __slots__ = ()

    async def get(self) -> Profile:
        """Returns the customer's record, with the cards on file. Kind: read.

        Raises:
            NotFoundError: the service has no record to show (302).
            PermissionDeniedError: the customer may not see it (308).
            BoxAPIError: see `boxapis.errors`.
        """
        return await self._read(Profile, "customerObj", "cmdBoxTPortalCustomerData", {})

    async def save(self, profile: Profile, **changes: Unpack[GivenProfile]) -> None:
        """Saves the customer's record: all of it, with your changes. Kind: changing.

        Every field is sent, as the vendor's client does: no source says whether the service leaves
        a field alone or blanks it when it is left out. What another person changed since `get` is
        therefore overwritten. Saving the same values again does no harm.

        Args:
            profile: The record, as `get` has returned it.
            changes: New values, for instance ``phone="603-555-0100"``; None blanks a field.

        Raises:
            ConfigurationError: a change is of no field of `GivenProfile`. Nothing was sent.
            ValidationError: a field is missing or not valid (300, 303, 602); see
                `Profile.required`.
            ServerError: the update failed (512).
            OutcomeUnknownError: it was sent and no response settled it: compare with `get`.
            BoxAPIError: see `boxapis.errors`.
        """
        record = whole_record(profile, Profile, "profile.get()")
        arguments = merged(record, changes)
        return await self._do("cmdBoxTPortalSaveCustomerProfile", arguments)
