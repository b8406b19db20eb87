"""Runs a report and prints its sections, rows and numbers.

Copy it, install ``boxapis``, and run ``python run_a_report.py`` with the variables that
``boxapis sandbox`` prints, or your own.

A cell keeps its text and gives its numbers as `Decimal`. Check boxes of a report are given as
``checks={**form.checks, "chkShowAll": True}``.
"""

import asyncio
import os
import sys
from datetime import date

from boxapis import BoxAPIError, BoxTracker


def variable(name: str) -> str:
    """Returns an environment variable; if it is missing, the script ends with one line."""
    return os.environ.get(name) or sys.exit(f"set the environment variable {name}")


async def main() -> None:
    """Runs the orders by month, and prints them."""
    async with BoxTracker.from_env() as tracker:
        customer = tracker.customer(
            variable("BOXTRACKER_CUSTOMER_USERNAME"), variable("BOXTRACKER_CUSTOMER_PASSWORD")
        )
        reports = {report.name: report.id for report in await customer.reports.list()}
        form = await customer.reports.parameters(reports["Orders by Month"])
        print([(parameter.argument, parameter.choices) for parameter in form.parameters])
        report = await customer.reports.run(reports["Orders by Month"], start_date=date(2025, 2, 1))
        for section in report.sections:
            print(section.title, [column.text for column in section.columns])
            for row in section.rows:
                print([cell.text for cell in row], row[-1].numbers)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except BoxAPIError as error:  # its text says what to do
        sys.exit(f"{error}")
