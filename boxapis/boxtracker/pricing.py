"""The values of a price query: price sheets, the days that can be booked, and terms.

Manual: pricing-query.html and price-sheet-components.html under https://www.dumpster.software/api/.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from boxapis._sansio import kinds, shapes
from boxapis._sansio.boxtracker.availability import DayTable, bookable_days
from boxapis._sansio.boxtracker.days import parse_day
from boxapis._sansio.boxtracker.pricing import open_on, tightest
from boxapis.boxtracker._resource import optional, several
from boxapis.errors import ConfigurationError

__all__ = ["Asset", "DayTable", "PriceSheet", "Pricing"]


@frozen(kw_only=True)
class Asset:
    """A class of containers of a price sheet.

    Attributes:
        asset_class: Size and type, for instance ``"20-open"``.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    asset_class: kinds.Scalar | None = optional("AssetClass")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


@frozen(kw_only=True)
class PriceSheet:
    """The price of a container within a range of distances.

    Attributes:
        id: The number that an order gives as ``price_sheet_id``.
        asset_class: The class of containers, by the manual; see `asset`.
        assets: The classes of containers, by the vendor's client; see `asset`.
        days: The number of days that are included.
        days_price: The price of each further day, in US dollars.
        description: The hauler's description.
        distance1: The lower end of the range; 0 with an upper end of 0 fits any distance.
        distance2: The upper end of the range; no source states the unit.
        estimated_charges: The estimated charges of the container, in US dollars.
        excess_units: The price of each further unit, in US dollars, pro rata.
        unit: The unit, for instance yards, tons or pieces.
        units_included: The number of units that are included.
        subtotal: The sum before taxes, in US dollars.
        taxes: The taxes, in US dollars.
        total: The sum with taxes, in US dollars.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: int = field(metadata=shapes.wire_name("ID"))
    asset_class: kinds.Scalar | None = optional("AssetClass")
    assets: tuple[Asset, ...] = several("Assets")
    days: kinds.Number | None = optional("Days")
    days_price: kinds.Money | None = optional("DaysPrice")
    description: kinds.Scalar | None = optional("Description")
    distance1: kinds.Money | None = optional("Distance1")
    distance2: kinds.Money | None = optional("Distance2")
    estimated_charges: kinds.Money | None = optional("EstimatedCharges")
    excess_units: kinds.Money | None = optional("ExcessUnits")
    unit: kinds.Scalar | None = optional("Unit")
    units_included: kinds.Money | None = optional("UnitsIncluded")
    subtotal: kinds.Money | None = optional("SubTotal")
    taxes: kinds.Money | None = optional("Taxes")
    total: kinds.Money | None = optional("Total")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)

    @property
    def asset(self) -> str | None:
        """The class of containers: that of the first of `assets`, else `asset_class`."""
        first = self.assets[0].asset_class if self.assets else None
        return first or self.asset_class


@frozen(kw_only=True)
class Pricing:
    """The prices at a place, and what can be ordered on which day.

    Attributes:
        price_sheets: The price sheets; see `sheet`.
        latitude: The centre of the hauler's territory, in degrees.
        longitude: The centre of the hauler's territory, in degrees.
        max_distance: The longest distance by road from the centre; no source states the unit.
        earliest_text: The first day that can be booked, as the service writes it.
        weekdays: The weekdays on which jobs are taken, as the service writes them; see `days`.
        availability: The numbers of containers that are there on each day; see `days`.
        asset_buffer: A class can be had while its number is greater than this.
        service_types: The types of orders that the hauler offers.
        terms_url: The address of the hauler's terms.
        use_terms: Not 0 if the buyer must accept the terms; see `must_accept_terms`.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    price_sheets: tuple[PriceSheet, ...] = several("priceSheets")
    latitude: kinds.Money | None = optional("mapItCenterLat")
    longitude: kinds.Money | None = optional("mapItCenterLng")
    max_distance: kinds.Money | None = optional("maxDistance")
    earliest_text: kinds.Scalar | None = optional("earliestBookingDate")
    weekdays: Any = optional("daysOfTheWeek")
    availability: DayTable | None = optional("availabilityTable")
    asset_buffer: kinds.Number | None = optional("assetBuffer")
    service_types: tuple[kinds.Cell, ...] = several("serviceTypes")
    terms_url: kinds.Scalar | None = optional("termsUrl")
    use_terms: kinds.Number | None = optional("apiUseTerms")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)

    @property
    def must_accept_terms(self) -> bool:
        """Whether an order needs ``terms_accepted=True``."""
        return bool(self.use_terms)

    def days(self, asset: str, quantity: int = 1) -> tuple[date, ...]:
        """Returns the days that can be booked, in order, by this response.

        The rule is that of the vendor's manual and client: on a weekday on which jobs are taken,
        from the earliest day on, while the number of containers is greater than `asset_buffer`.
        Days without a number, or that cannot be read, are left out. The service alone decides.

        Args:
            asset: The class, for instance ``"20-open"``, in any case.
            quantity: The number of containers; each is an order of its own.
        """
        table = self.availability or DayTable()
        return bookable_days(
            table.columns,
            table.rows,
            asset,
            above=(self.asset_buffer or 0) + quantity - 1,
            earliest=parse_day(self.earliest_text),
            is_open=open_on(self.weekdays),
        )

    def sheet(self, asset: str, distance: Decimal | float) -> PriceSheet | None:
        """Returns the price sheet for a class of containers and a distance; None if there is none.

        Of the sheets of the class whose range has the distance in it, the one with the tightest
        range counts; one from 0 to 0 fits any distance. Beyond `max_distance`, if there is one
        above 0, there is none. The hauler may have further criteria.

        Args:
            asset: The class, for instance ``"20-open"``, in any case.
            distance: The distance by road from the centre, in the hauler's unit.

        Raises:
            ConfigurationError: the distance is no number, 0 or more.
        """
        length = distance if isinstance(distance, Decimal) else kinds.parse_decimal(distance)
        if length is None or not length.is_finite() or length < 0:
            message = "distance must be a number, 0 or more"
            raise ConfigurationError(message)
        if self.max_distance and length > self.max_distance:
            return None
        wanted = asset.casefold()
        of_class = [one for one in self.price_sheets if (one.asset or "").casefold() == wanted]
        return tightest(of_class, length)
