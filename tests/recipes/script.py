"""A script: prints the job sites of a customer, as its one call of `asyncio.run` reads them.

Run it with the variables that ``boxapis sandbox`` prints. All that is async is in `main`, so there
is one loop, and one client in it.
"""

import asyncio
import os
import sys

from boxapis import BoxAPIError, BoxTracker


async def main() -> None:
    """All that is to be done, with one client."""
    names = ("BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD")
    username, password = (os.environ[name] for name in names)
    async with BoxTracker.from_env() as tracker:
        customer = tracker.with_options(deadline=30).customer(username, password)
        profile, page = await asyncio.gather(  # at the same time, after one log-in
            customer.profile.get(), customer.job_sites.list().page()
        )
    print(profile.name, "has", page.total, "job sites")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except BoxAPIError as error:  # its text says what to do
        sys.exit(f"{error}")
