"""A public order page: the price by postal code, then a booking that charges a card.

Copy it, install ``boxapis``, and run ``python order_page.py`` with the variables that
``boxapis sandbox`` prints, or your own.

A ``"LIVE"`` order books and charges. A ``"TEST"`` does not appear in Box Tracker; it returns
`Order.test_url`, where the inputs can be checked. An order is sent once, and the web API has no
command to look it up: after an `OutcomeUnknownError` ask the hauler before it is sent again.
"""

import asyncio
import sys

from boxapis import BoxAPIError, BoxTracker, OutcomeUnknownError
from boxapis.boxtracker.cards import GivenCard
from boxapis.boxtracker.ordering import GivenOrder

CLASS, DISTANCE = "20-open", 9.2  # a class of containers; miles by road


async def main() -> None:
    """Shows the price, tests the order, and books it."""
    card = GivenCard(
        number="4111111111111111",
        expires_month=7,
        expires_year=2035,
        cvv="123",
        first_name="Jane",
        last_name="Doe",
        address1="1 Elm Street",
        city="Nashua",
        state="NH",
        zip="03060",
    )
    async with BoxTracker.from_env(method="POST") as tracker:
        pricing = await tracker.ordering.pricing("03060")
        sheet = pricing.sheet(CLASS, DISTANCE)
        if sheet is None:
            print("not delivered there")
            return
        print(sheet.total, "US dollars,", sheet.days, "days; free on", pricing.days(CLASS))
        order: GivenOrder = {
            "name": "Jane Doe",
            "billing_address1": "1 Elm Street",
            "billing_city": "Nashua",
            "billing_state": "NH",
            "billing_zip": "03060",
            "billing_country": "USA",
            "billing_phone": "603-555-0100",
            "billing_email": "jane@example.com",
            "job_address": "9 Birch Street",
            "job_city": "Nashua",
            "job_state": "NH",
            "job_zip": "03060",
            "job_latitude": 42.7654,
            "job_longitude": -71.4676,
            "distance_by_road": f"{DISTANCE} mi",
            "date_requested": pricing.days(CLASS)[-1],
            "service_type": "Delivery",
            "asset_class": CLASS,
            "price_sheet_id": sheet.id,
            "terms_accepted": True,  # the buyer has accepted pricing.terms_url
        }
        tested = await tracker.ordering.book(mode="TEST", card=card, **order)
        print("look at", tested.test_url)  # nothing was booked
        try:
            booked = await tracker.ordering.book(mode="LIVE", card=card, **order)
            print("order", booked.id, "on", booked.date)
        except OutcomeUnknownError as error:
            print("perhaps booked and charged: do not send it again.", error.next_step)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except BoxAPIError as error:  # its text says what to do
        sys.exit(f"{error}")
