"""Prices: values, the days that can be booked, and the sheet for a distance, by the rules."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis import ConfigurationError, ConflictError, NotFoundError
from boxapis.boxtracker.pricing import Asset, DayTable, PriceSheet, Pricing
from tests.support.scripted_customer import refused, scripted_tracker, sent_by_tracker

PRICING = "cmdBoxTWebAPIPricing"
START = date(2024, 1, 7)  # a Sunday
BODY: dict[str, Any] = {
    "priceSheets": [{"ID": "9", "Assets": '[{"AssetClass": "20-open"}]', "Total": "450.00"}],
    "mapItCenterLat": "42.989573300",
    "mapItCenterLng": -71.4626347,
    "maxDistance": 30,
    "earliestBookingDate": "2024-01-08",
    "daysOfTheWeek": [0, 1, 1, 1, 1, 1, "0"],
    "availabilityTable": '{"colHeaders": ["Date", "20-open"], "rows": [["2024-01-08", 3]]}',
    "assetBuffer": "1",
    "serviceTypes": ["Delivery"],
    "termsUrl": "https://hauler.example/terms",
    "apiUseTerms": "1",
}


@pytest.mark.usefixtures("closing")
async def test_values() -> None:
    """An answer is read with JSON inside of text; amounts and degrees are exact."""
    tracker, transport = scripted_tracker(BODY)
    pricing = await tracker.ordering.pricing("03060", txn_class="Orleans")
    assert pricing == Pricing(
        price_sheets=(
            PriceSheet(id=9, assets=(Asset(asset_class="20-open"),), total=Decimal("450.00")),
        ),
        latitude=Decimal("42.989573300"),
        longitude=Decimal("-71.4626347"),
        max_distance=Decimal(30),
        earliest_text="2024-01-08",
        weekdays=[0, 1, 1, 1, 1, 1, "0"],
        availability=DayTable(columns=("Date", "20-open"), rows=(("2024-01-08", "3"),)),
        asset_buffer=1,
        service_types=("Delivery",),
        terms_url="https://hauler.example/terms",
        use_terms=1,
    )
    assert pricing.must_accept_terms
    assert pricing.days("20-OPEN") == (date(2024, 1, 8),)
    arguments = {"zipPostalCode": "03060", "txnClass": "Orleans"}
    assert sent_by_tracker(transport) == [(PRICING, arguments)]


@pytest.mark.usefixtures("closing")
@pytest.mark.parametrize(
    ("status", "error"),
    [(301, NotFoundError), (307, ConflictError), (309, NotFoundError)],
    ids=["no sheets", "no date", "no pricing"],
)
async def test_nothing_to_offer(status: int, error: type[Exception]) -> None:
    """A place without an offer is an error that says why."""
    tracker, _ = scripted_tracker(refused(status))
    with pytest.raises(error):
        await tracker.ordering.pricing("03060")


numbers = st.integers(-2, 6)
widths = st.sampled_from(["0", "1", 0, 1, "", None])


@given(
    counts=st.lists(numbers, max_size=21),
    week=st.lists(widths, min_size=7, max_size=7),
    buffer=st.none() | st.integers(0, 3),
    quantity=st.integers(1, 4),
    earliest=st.none() | st.integers(0, 14),
    shape=st.sampled_from(["array", "names", "numbers", "none", "short"]),
)
def test_the_rule_of_days(
    counts: list[int],
    week: list[Any],
    buffer: int | None,
    quantity: int,
    earliest: int | None,
    shape: str,
) -> None:
    """A class is there while its number is above the buffer, on open weekdays, from a day on."""
    days = [START + timedelta(days=place) for place in range(len(counts))]
    names = ["Sunday", "monday", "TUE", "Wed", "Thursday", "Fri", "Saturday"]
    weekdays: Any = {
        "array": week,
        "names": dict(zip(names, week, strict=True)),
        "numbers": {str(place): week[place] for place in range(7)},
        "none": None,
        "short": week[:6],
    }[shape]
    rows = [(day.isoformat(), str(number), "9") for day, number in zip(days, counts, strict=True)]
    first = None if earliest is None else START + timedelta(days=earliest)
    pricing = Pricing(
        availability=DayTable(columns=("Date", "20-open", "30-closed"), rows=tuple(rows)),
        weekdays=weekdays,
        asset_buffer=buffer,
        earliest_text=None if first is None else first.isoformat(),
    )
    expected = [
        day
        for place, day in enumerate(days)
        if counts[place] - (quantity - 1) > (buffer or 0)  # what the orders before it left
        and (first is None or day >= first)
        and (shape in ("none", "short") or week[place % 7] in ("1", 1))
    ]
    assert list(pricing.days("20-Open", quantity)) == expected
    assert pricing.days("40-open") == ()


def test_days_that_cannot_be_read() -> None:
    """What cannot be read is left out; a weekday that is left out is closed."""
    rows = (("soon", "9"), ("2024-01-08", "many"), ("2024-01-09",), ("2024-01-10", "9"))
    table = DayTable(columns=("Date", "20-open"), rows=rows)
    pricing = Pricing(availability=table, earliest_text="soon")
    assert pricing.days("20-open") == (date(2024, 1, 10),)
    assert Pricing(availability=table, weekdays={"mon": 1, "x": 1}).days("20-open") == ()
    assert Pricing(availability=table, weekdays={"x": 1}).days("20-open") == pricing.days("20-open")
    assert Pricing(availability=table, weekdays={"wed": True}).days("20-open") != ()
    assert Pricing().days("20-open") == ()


ends = st.none() | st.integers(0, 12).map(Decimal)


@st.composite
def sheets(draw: st.DrawFn) -> list[PriceSheet]:
    """Some price sheets of two classes, a few without a class or a range."""
    rows = draw(st.lists(st.tuples(st.sampled_from(["20-open", "30-Open", None]), ends, ends)))
    return [
        PriceSheet(id=number, asset_class=asset, distance1=lower, distance2=upper)
        for number, (asset, lower, upper) in enumerate(rows, 1)
    ]


@given(sheets(), st.integers(0, 13), st.none() | st.integers(0, 13).map(Decimal))
def test_the_rule_of_sheets(
    given_sheets: list[PriceSheet], distance: int, limit: Decimal | None
) -> None:
    """Same class; 0 to 0 fits any distance, else within the range; the tightest is preferred."""
    pricing = Pricing(price_sheets=tuple(given_sheets), max_distance=limit)
    found = pricing.sheet("20-OPEN", distance)
    of_class = [
        one
        for one in given_sheets
        if one.asset == "20-open" and one.distance1 is not None and one.distance2 is not None
    ]
    fits_any = [one for one in of_class if one.distance1 == 0 and one.distance2 == 0]
    ranges = {
        one.id: one.distance2 - one.distance1
        for one in of_class
        if one not in fits_any
        and one.distance1 is not None
        and one.distance2 is not None
        and one.distance1 <= distance <= one.distance2
    }
    if limit and distance > limit:
        assert found is None
    elif ranges:
        assert found is not None
        assert found.id == min(ranges, key=lambda number: (ranges[number], number))
    else:
        assert found == (fits_any[0] if fits_any else None)


def test_the_class_of_a_sheet() -> None:
    """The class of the first asset counts, as in the vendor's client; else that of the manual."""
    both = PriceSheet(id=1, asset_class="20-Open", assets=(Asset(asset_class="30-open"),))
    assert both.asset == "30-open"
    assert PriceSheet(id=1, asset_class="20-Open", assets=(Asset(),)).asset == "20-Open"
    assert PriceSheet(id=1).asset is None


@pytest.mark.parametrize("distance", [-1, float("nan"), "9.2 mi", True, None, Decimal("Infinity")])
def test_wrong_distances(distance: Any) -> None:
    """A distance is a number, 0 or more."""
    with pytest.raises(ConfigurationError, match="distance"):
        Pricing().sheet("20-open", distance)
