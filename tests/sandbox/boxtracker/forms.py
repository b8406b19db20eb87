"""The forms that the vendor's own PHP clients post: names and values of every argument."""

from typing import Any

__all__ = ["BOOKING", "CARD", "JOB_SITE", "PROFILE", "WEB_CARD", "work_order"]

NUMBER = "4111 1111-1111 1111"

PROFILE: dict[str, Any] = {
    "customer_name": "Jane's Roofing",
    "customer_address": "1 Elm Street",
    "customer_address2": "",
    "customer_city": "Keene",
    "customer_state": "NH",
    "customer_zip": "03431",
    "customer_contact": "Jane",
    "customer_phone": "603-555-0100",
    "customer_cell": "603-555-0101",
    "customer_fax": "",
    "customer_email": "jane@example.com",
    "customer_email_confirm": "0",
    "customer_email_thankyou": "1",
    "customer_email_reminders": "0",
    "customer_sms": "1",
}
JOB_SITE: dict[str, Any] = {
    "jobsite_id": "0",
    "jobsite_name": "New roof",
    "jobsite_address": "9 Birch & Elm Street",
    "jobsite_city": "Keene",
    "jobsite_state": "NH",
    "jobsite_zip": "03431",
    "jobsite_county": "Cheshire",
    "jobsite_muni": "Keene",
    "jobsite_po": "PO 7",
    "jobsite_cross_street": "Oak Street",
    "jobsite_contact": "Pat",
    "jobsite_contact_cell": "603-555-0102",
    "jobsite_hazzards": "Dog",
    "jobsite_billing_note": "Net 30",
    "jobsite_leed": "1",
    "jobsite_validated": "1",
}
CARD: dict[str, Any] = {
    "ccard_first_name": "Jane",
    "ccard_last_name": "Doe",
    "ccard_address": "1 Elm Street",
    "ccard_address2": "",
    "ccard_city": "Keene",
    "ccard_state": "NH",
    "ccard_zip": "03431",
    "ccard_country": "US",
    "ccard_phone": "603-555-0100",
    "ccard_email": "jane@example.com",
    "ccard_number": NUMBER,
    "ccard_exp_month": "7",
    "ccard_exp_year": "31",
    "ccard_cvv": "123",
}
WEB_CARD: dict[str, Any] = {
    "ccardFName": "Jane",
    "ccardLName": "Doe",
    "ccardBillingAddress1": "1 Elm Street",
    "ccardBillingAddress2": "",
    "ccardBillingCity": "Keene",
    "ccardBillingStateProv": "NH",
    "ccardBillingZipPostal": "03431",
    "ccardNumber": "4111111111111111",
    "ccardExp": "0731",
    "ccardCVV": "123",
}
BOOKING: dict[str, Any] = {
    "name": "Jane Doe",
    "billingAddress1": "1 Elm Street",
    "billingAddress2": "",
    "billingCity": "Keene",
    "billingStateProv": "NH",
    "billingZipPostal": "03431",
    "billingContry": "United States",
    "billingPhone": "603-555-0100",
    "billingEmail": "jane@example.com",
    "jobAddress": "9 Birch Street",
    "jobCity": "Keene",
    "jobStateProv": "NH",
    "jobZipPostal": "03431",
    "jobLatitude": "42.972452000",
    "jobLongitude": "-71.481386600",
    "distanceByRoad": "9.2 mi",
    "dateRequested": "2026-01-02",
    "serviceType": "Delivery",
    "assetClass": "20-open",
    "priceSheetID": "901",
    "note": "Left of the drive",
    "mode": "LIVE",
    "customer_terms": "1",
}
"""An order of the web API on the first day that can be booked when the clock stands still."""


def work_order(site: int, **changes: Any) -> dict[str, Any]:
    """A new order of one container for the first day that can be booked."""
    return {
        "workorder_id": "0",
        "workorder_jsid": str(site),
        "workorder_asset": "20-Open",
        "workorder_contqty": "1",
        "workorder_targetcont": "",
        "workorder_wodate": "Jan 02, 2026",
        "workorder_wotype": "Delivery",
        "workorder_remarks": "Left of the drive",
        "workorder_material": "1",
        "workorder_user_bypass": "0",
        **changes,
    }
