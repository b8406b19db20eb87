"""A script that prints how many job sites a customer has: one `main`, and one `asyncio.run`.

Copy it, install ``boxapis``, and run ``python script.py`` with the variables that
``boxapis sandbox`` prints, or your own.

All that is async is in `main`, so there is one event loop, and one client in it.
"""

import asyncio
import os
import sys

from boxapis import BoxAPIError, BoxTracker


def variable(name: str) -> str:
    """Returns an environment variable; if it is missing, the script ends with one line."""
    return os.environ.get(name) or sys.exit(f"set the environment variable {name}")


async def main() -> None:
    """All that is to be done, with one client."""
    async with BoxTracker.from_env() as tracker:
        customer = tracker.with_options(deadline=30).customer(
            variable("BOXTRACKER_CUSTOMER_USERNAME"), variable("BOXTRACKER_CUSTOMER_PASSWORD")
        )
        profile, page = await asyncio.gather(  # at the same time, after one log-in
            customer.profile.get(), customer.job_sites.list().page()
        )
    print(profile.name, "has", page.total, "job sites")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except BoxAPIError as error:  # its text says what to do
        sys.exit(f"{error}")
