"""The resource Addresses: validation, billed (https://docs.boxc.com/#tag/ValidateAddress)."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value, camel_case
from boxapis.boxc._resource import Resource, prepare
from boxapis.boxc.address_parts import AddressComponent, EnglishAddress, USPSData

__all__ = [
    "AddressFields", "AddressMatch", "AddressUse", "Addresses", "GivenAddress", "Granularity",
    "ValidatedAddress", "Verdict",
]  # fmt: skip

Granularity = Literal[
    "GRANULARITY_UNSPECIFIED", "SUB_PREMISE", "PREMISE", "PREMISE_PROXIMITY", "BLOCK", "ROUTE",
    "OTHER",
] | str  # fmt: skip
"""How fine something about an address is: one of the known words, or a newer one."""


class GivenAddress(TypedDict):
    """An address to validate."""

    street1: str  # at most 50 characters
    city: str
    # Two letters, ISO 3166-1: AR, AT, AU, BE, BG, BR, CA, CH, CL, CO, CZ, DE, DK, EE, ES, FI, FR,
    # GB, HR, HU, IE, IN, IT, JP, LT, LU, LV, MX, MY, NL, NO, NZ, PL, PR, PT, SE, SG, SI, SK or US.
    country: str
    street2: NotRequired[str]  # at most 50 characters
    province: NotRequired[str]  # required in the United States
    postal_code: NotRequired[str]


@frozen(kw_only=True, repr=False, eq=False)
class AddressFields(Value):
    """An address, as it was given or as it matches.

    Attributes:
        province: The province or state.
        country: The country, two letters of ISO 3166-1.
    """

    street1: str | None = None
    street2: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: kinds.Scalar | None = None
    country: str | None = None


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class Verdict(Value):
    """The result for an address at a glance.

    Attributes:
        input_granularity: How fine the given address is.
        validation_granularity: How fine an address the service could validate.
        geocode_granularity: How fine the location is.
        address_complete: Whether no part is missing, unexpected or unresolved.
        has_unconfirmed_components: Whether a part cannot be validated.
        has_inferred_components: Whether a part was added.
        possible_next_action: What could be done next; no guarantee.
    """

    input_granularity: Granularity | None = None
    validation_granularity: Granularity | None = None
    geocode_granularity: Granularity | None = None
    address_complete: bool | None = None
    has_unconfirmed_components: bool | None = None
    has_inferred_components: bool | None = None
    has_replaced_components: bool | None = None
    has_spell_corrected_components: bool | None = None
    possible_next_action: Literal[
        "POSSIBLE_NEXT_ACTION_UNSPECIFIED", "FIX", "CONFIRM_ADD_SUBPREMISES", "CONFIRM",
        "ACCEPT",
    ] | str | None = None  # fmt: skip


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class AddressUse(Value):
    """What an address is used for.

    Attributes:
        business: Whether a business is there.
    """

    business: bool | None = None
    po_box: bool | None = None
    residential: bool | None = None


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class AddressMatch(AddressFields):
    """An address that matches; its first fields are those of `AddressFields`.

    Attributes:
        confidence: ``"HIGH"`` for an exact match. ``"MEDIUM"``: parts are missing, or plausible but
            not confirmed; look at ``verdict`` before you use it. ``"LOW"``: it probably does not
            exist.
        verdict: The result at a glance.
        missing_component_types: The types of parts that are missing, and could not be inferred.
        unconfirmed_component_types: The types of parts that could not be confirmed.
        unresolved_tokens: What was not recognised as a part of an address.
        metadata: What the address is used for.
        usps_data: What the USPS says about it, in the United States.
    """

    confidence: Literal["LOW", "MEDIUM", "HIGH"] | str | None = None
    verdict: Verdict | None = None
    address_components: tuple[AddressComponent, ...] = ()
    missing_component_types: tuple[str, ...] = ()
    unconfirmed_component_types: tuple[str, ...] = ()
    unresolved_tokens: tuple[str, ...] = ()
    metadata: AddressUse | None = None
    usps_data: USPSData | None = None
    english_latin_address: EnglishAddress | None = None


@frozen(kw_only=True, repr=False, eq=False)
class ValidatedAddress(Value):
    """An address that was given, and what matches it.

    Attributes:
        error: Whether this address could not be validated.
        message: The reason for that.
    """

    original: AddressFields | None = None
    matches: tuple[AddressMatch, ...] = ()
    error: bool | None = None
    message: str | None = None


class Addresses(Resource):
    """Validation of addresses, as ``boxc.addresses``."""

    __slots__ = ()

    async def validate(self, addresses: Sequence[GivenAddress]) -> tuple[ValidatedAddress, ...]:
        """Returns possible matches of each address; ``error`` of a result says that it failed.

        Kind: changing, because each successful validation costs 0.03 US dollars; so it is never
        sent twice. Scope: ``validate``.

        Raises:
            PaymentError: the balance does not suffice (1080), or cannot be read or charged (1081,
                1082).
            ServerError: the service cannot validate at present (1425).
            OutcomeUnknownError: it was sent and no response settled it; it may have been charged.
        """
        prepared = prepare("POST /validate-address", json={"addresses": addresses})
        return await self._read_all(ValidatedAddress, "addresses", prepared)
