"""Parts of validated addresses, and validated addresses in English.

Manual: https://docs.boxc.com/#tag/ValidateAddress.
"""

from typing import Literal

from attrs import field, frozen

from boxapis._sansio import kinds
from boxapis._sansio.shapes import Value, extra_last, wire_name

__all__ = ["AddressComponent", "ComponentName", "EnglishAddress", "LatinAddress"]


@frozen(kw_only=True, field_transformer=extra_last)
class ComponentName(Value):
    """The name of a part of an address.

    Attributes:
        text: The name.
        language_code: The language, two letters.
    """

    text: str | None = None
    language_code: str | None = field(default=None, metadata=wire_name("languageCode"))


@frozen(kw_only=True, field_transformer=extra_last)
class AddressComponent(Value):
    """A part of an address, for instance its street.

    Attributes:
        component_name: The name.
        component_type: The type, for instance ``"street_number"``.
        confirmation_level: How certain it is that the part is right.
    """

    component_name: ComponentName | None = field(default=None, metadata=wire_name("componentName"))
    component_type: str | None = field(default=None, metadata=wire_name("componentType"))
    confirmation_level: (
        Literal[
            "CONFIRMATION_LEVEL_UNSPECIFIED",
            "CONFIRMED",
            "UNCONFIRMED_BUT_PLAUSIBLE",
            "UNCONFIRMED_AND_SUSPICIOUS",
        ]
        | str
        | None
    ) = field(default=None, metadata=wire_name("confirmationLevel"))


@frozen(kw_only=True, field_transformer=extra_last)
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
    region_code: str | None = field(default=None, metadata=wire_name("regionCode"))
    language_code: str | None = field(default=None, metadata=wire_name("languageCode"))
    postal_code: kinds.Scalar | None = field(default=None, metadata=wire_name("postalCode"))
    sorting_code: str | None = field(default=None, metadata=wire_name("sortingCode"))
    administrative_area: str | None = field(default=None, metadata=wire_name("administrativeArea"))
    locality: str | None = None
    sublocality: str | None = None
    address_lines: tuple[str, ...] = field(default=(), metadata=wire_name("addressLines"))


@frozen(kw_only=True, field_transformer=extra_last)
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

    formatted_address: str | None = field(default=None, metadata=wire_name("formattedAddress"))
    postal_address: LatinAddress | None = field(default=None, metadata=wire_name("postalAddress"))
    address_components: tuple[AddressComponent, ...] = field(
        default=(), metadata=wire_name("addressComponents")
    )
    missing_component_types: tuple[str, ...] = field(
        default=(), metadata=wire_name("missingComponentTypes")
    )
    unconfirmed_component_types: tuple[str, ...] = field(
        default=(), metadata=wire_name("unconfirmedComponentTypes")
    )
    unresolved_tokens: tuple[str, ...] = field(default=(), metadata=wire_name("unresolvedTokens"))
