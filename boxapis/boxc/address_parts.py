"""Parts of validated addresses, and validated addresses in English.

Manual: https://docs.boxc.com/#tag/ValidateAddress.
"""

from typing import Literal

from attrs import frozen

from boxapis._sansio import kinds
from boxapis._sansio.value import Value, camel_case

__all__ = ["AddressComponent", "ComponentName", "EnglishAddress", "LatinAddress"]


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class ComponentName(Value):
    """The name of a part of an address.

    Attributes:
        text: The name.
        language_code: The language, two letters.
    """

    text: str | None = None
    language_code: str | None = None


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class AddressComponent(Value):
    """A part of an address, for instance its street.

    Attributes:
        component_name: The name.
        component_type: The type, for instance ``"street_number"``.
        confirmation_level: How certain it is that the part is right.
    """

    component_name: ComponentName | None = None
    component_type: str | None = None
    confirmation_level: (
        Literal[
            "CONFIRMATION_LEVEL_UNSPECIFIED",
            "CONFIRMED",
            "UNCONFIRMED_BUT_PLAUSIBLE",
            "UNCONFIRMED_AND_SUSPICIOUS",
        ]
        | str
        | None
    ) = None


@frozen(kw_only=True, repr=False, eq=False, field_transformer=camel_case)
class LatinAddress(Value):
    """A postal address as an envelope has it.

    Attributes:
        revision: The revision of the schema.
        region_code: The CLDR code of the country or region.
        language_code: The language, two letters.
        postal_code: The postal code.
        sorting_code: A sorting code of the country.
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
        address_components: The parts of the address.
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
