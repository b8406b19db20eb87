"""Parts of validated addresses (https://docs.boxc.com/#tag/ValidateAddress), USPS's among them."""

from typing import Literal

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value, camel_case

__all__ = [
    "AddressComponent", "ComponentName", "EnglishAddress", "LatinAddress", "StandardizedAddress",
    "USPSData",
]  # fmt: skip


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class ComponentName(Value):
    """The name of a part of an address.

    Attributes:
        language_code: The language, two letters.
    """

    text: str | None = None
    language_code: str | None = None


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class AddressComponent(Value):
    """A part of an address, for instance its street.

    Attributes:
        component_type: The type, for instance ``"street_number"``.
        confirmation_level: How certain it is that the part is right.
    """

    component_name: ComponentName | None = None
    component_type: str | None = None
    confirmation_level: Literal[
        "CONFIRMATION_LEVEL_UNSPECIFIED", "CONFIRMED", "UNCONFIRMED_BUT_PLAUSIBLE",
        "UNCONFIRMED_AND_SUSPICIOUS",
    ] | str | None = None  # fmt: skip


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class LatinAddress(Value):
    """A postal address as an envelope has it.

    Attributes:
        revision: The revision of the schema.
        region_code: The CLDR code of the country or region.
        language_code: The language, two letters.
        administrative_area: The largest subdivision that addresses of the country name.
        locality: The city or town.
        sublocality: The neighbourhood, borough or district.
        address_lines: The other lines of the address.
    """

    revision: int | None = None
    region_code: str | None = None
    language_code: str | None = None
    postal_code: kinds.Scalar | None = None
    sorting_code: str | None = None
    administrative_area: str | None = None
    locality: str | None = None
    sublocality: str | None = None
    address_lines: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class EnglishAddress(Value):
    """A matching address in English.

    Attributes:
        formatted_address: The address in one line.
        postal_address: The address in its fields.
        missing_component_types: The types of parts that are missing, and could not be inferred.
        unconfirmed_component_types: The types of parts that could not be confirmed.
        unresolved_tokens: What was not recognised as a part of an address.
    """

    formatted_address: str | None = None
    postal_address: LatinAddress | None = None
    address_components: tuple[AddressComponent, ...] = ()
    missing_component_types: tuple[str, ...] = ()
    unconfirmed_component_types: tuple[str, ...] = ()
    unresolved_tokens: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class StandardizedAddress(Value):
    """An address as the USPS writes it.

    Attributes:
        firm: The name of the firm.
        urbanization: The urbanization, in Puerto Rico.
        state: The state, two letters.
        zip_code_extension: The four digits that follow the ZIP Code.
    """

    first_address_line: str | None = None
    second_address_line: str | None = None
    firm: str | None = None
    urbanization: str | None = None
    city_state_zip_address_line: kinds.Scalar | None = None
    city: str | None = None
    state: str | None = None
    zip_code: kinds.Scalar | None = None
    zip_code_extension: kinds.Scalar | None = None


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class USPSData(Value):
    """The data of the USPS about an address; a yes or no is ``"Y"`` or ``"N"``.

    Attributes:
        delivery_point_code: The code of the delivery point, 2 digits.
        dpv_confirmation: Whether the delivery point was confirmed by delivery point validation
            (DPV).
        dpv_cmra: Whether a Commercial Mail Receiving Agency is there.
        dpv_no_stat: Whether it is occupied now and then only, or not served by the USPS.
        dpv_drop: Whether mail for all is delivered to a single receptacle.
        dpv_throwback: Whether mail is not delivered to the street address.
        dpv_non_delivery_days: Whether mail is not delivered on every day of the week.
        dpv_non_delivery_days_values: The number that encodes the days without delivery.
        dpv_no_secure_location: Whether the door is accessible but no place is safe for a parcel.
        dpv_enhanced_delivery_code: The return code where several DPV codes apply.
        carrier_route: The code of the carrier route, 4 characters.
        ews_no_match: Whether an exact match will soon be available.
        post_office_state: The state of the main post office, two letters.
        elot_number: The number in the Enhanced Line of Travel (eLOT).
        elot_flag: The direction in eLOT, ascending or descending.
        po_box_only_postal_code: Whether the postal code has PO boxes only.
        suitelink_footnote: The footnotes of SuiteLink, about suites and high-rises.
        pmb_designator: The designator of a private mail box.
        default_address: Whether a default address was found, and there are more specific ones.
    """

    standardized_address: StandardizedAddress | None = None
    delivery_point_code: kinds.Scalar | None = None
    delivery_point_check_digit: kinds.Scalar | None = None
    dpv_confirmation: Literal["N", "D", "S", "Y", ""] | str | None = None
    dpv_footnote: Literal[
        "AA", "A1", "BB", "CC", "C1", "N1", "M1", "M3", "P1", "P3", "F1", "G1", "U1", "PB",
        "RR", "R1", "R7", "IA", "TA",
    ] | str | None = None  # fmt: skip
    dpv_cmra: str | None = None
    dpv_vacant: str | None = None
    dpv_no_stat: str | None = None
    dpv_no_stat_reason_code: int | None = None
    dpv_drop: str | None = None
    dpv_throwback: str | None = None
    dpv_non_delivery_days: str | None = None
    dpv_non_delivery_days_values: int | None = None
    dpv_no_secure_location: str | None = None
    dpv_pbsa: str | None = None
    dpv_enhanced_delivery_code: Literal["Y", "N", "S", "D", "R"] | str | None = None
    carrier_route: str | None = None
    carrier_route_indicator: str | None = None
    ews_no_match: bool | None = None
    post_office_city: str | None = None
    post_office_state: str | None = None
    abbreviated_city: str | None = None
    fips_county_code: kinds.Scalar | None = None
    county: str | None = None
    elot_number: kinds.Scalar | None = None
    elot_flag: str | None = None
    lacs_link_return_code: kinds.Scalar | None = None
    lacs_link_indicator: Literal["Y", "N", "F", "S", ""] | str | None = None
    po_box_only_postal_code: bool | None = None
    suitelink_footnote: kinds.Scalar | None = None
    pmb_designator: str | None = None
    pmb_number: kinds.Scalar | None = None
    address_record_type: Literal["F", "G", "H", "P", "R", "S"] | str | None = None
    default_address: bool | None = None
    error_message: str | None = None
    cass_processed: bool | None = None
