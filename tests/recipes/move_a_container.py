"""Orders a container at a customer's first job site, and moves it to a later day.

Copy it, install ``boxapis``, and run ``python move_a_container.py`` with the variables that
``boxapis sandbox`` prints, or your own.

`work_orders.save` raises `ConflictError` where the day cannot be booked, or where there are similar
orders: these are in ``details["similarWOs"]``, and ``despite_similar=True`` places the order all
the same. Saving returns no id, so the new order is the one that was not in the list before.
"""

import asyncio
import os
import sys

from boxapis import BoxAPIError, BoxTracker, ConflictError


def variable(name: str) -> str:
    """Returns an environment variable; if it is missing, the script ends with one line."""
    return os.environ.get(name) or sys.exit(f"set the environment variable {name}")


async def main() -> None:
    """Places an order for the last free day but one, and moves it to the last one."""
    async with BoxTracker.from_env() as tracker:
        customer = tracker.customer(
            variable("BOXTRACKER_CUSTOMER_USERNAME"), variable("BOXTRACKER_CUSTOMER_PASSWORD")
        )
        site = (await customer.job_sites.list().page()).items[0]
        known = {order.id async for order in customer.work_orders.list()}
        blank = await customer.work_orders.blank(site.id)
        *_, day, later = blank.days("20-Open")  # the days on which one can be delivered
        try:
            await customer.work_orders.save(
                blank, order_type="Delivery", asset="20-Open", quantity=1, order_date=day
            )
        except ConflictError as error:
            print("not placed:", error.message, error.details.get("similarWOs"))
        else:
            async for listed in customer.work_orders.list():
                if listed.id not in known and listed.order_date == day:  # saving returns no id
                    order = await customer.work_orders.get(listed.id)
                    await customer.work_orders.save(order, order_date=later)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except BoxAPIError as error:  # its text says what to do
        sys.exit(f"{error}")
