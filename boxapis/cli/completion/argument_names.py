"""Argument names of each Box Tracker command, for completion only: any other name is sent, too.

Arguments that the client adds are left out. Source: https://www.dumpster.software/api/; what its
pages do not list is what the vendor's own published clients send.
"""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ARGUMENT_NAMES"]

_CARD = (
    *("ccard_first_name", "ccard_last_name", "ccard_address", "ccard_address2", "ccard_city"),
    *("ccard_state", "ccard_zip", "ccard_country", "ccard_phone", "ccard_email"),
    *("ccard_number", "ccard_exp_month", "ccard_exp_year", "ccard_cvv"),
)
_ORDER = (
    *("name", "billingAddress1", "billingAddress2", "billingCity", "billingStateProv"),
    *("billingZipPostal", "billingContry", "billingPhone", "billingEmail"),
    *("jobName", "jobAddress", "jobCity", "jobStateProv", "jobZipPostal"),
    *("jobLatitude", "jobLongitude", "distanceByRoad", "dateRequested", "serviceType"),
    *("assetClass", "hazards", "priceSheetID", "note", "txnClass", "Mode", "customer_terms"),
    *("ccardFName", "ccardLName", "ccardBillingAddress1", "ccardBillingAddress2"),
    *("ccardBillingCity", "ccardBillingStateProv", "ccardBillingZipPostal"),
    *("ccardNumber", "ccardExp", "ccardCVV"),
)

ARGUMENT_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cmdBoxTPortalHandShake": (),
        "cmdBoxTPortalCustomerHandShake": (),
        "cmdBoxTPortalCustomerLogOut": (),
        "cmdBoxTPortalCustomerData": (),
        "cmdBoxTPortalSaveCustomerProfile": (
            *("customer_name", "customer_address", "customer_address2", "customer_city"),
            *("customer_state", "customer_zip", "customer_contact", "customer_phone"),
            *("customer_cell", "customer_fax", "customer_email", "customer_email_confirm"),
            *("customer_email_thankyou", "customer_email_reminders", "customer_sms"),
        ),
        "cmdBoxTPortalJobsiteList": ("offset", "search", "orderBy"),
        "cmdBoxTPortalJobsiteData": ("jobsite_id",),
        "cmdBoxTPortalSaveJobSite": (
            *("jobsite_id", "jobsite_name", "jobsite_address", "jobsite_city", "jobsite_state"),
            *("jobsite_zip", "jobsite_county", "jobsite_muni", "jobsite_po"),
            *("jobsite_cross_street", "jobsite_contact", "jobsite_contact_cell"),
            *("jobsite_hazzards", "jobsite_billing_note", "jobsite_leed", "jobsite_validated"),
        ),
        "cmdBoxTPortalWorkOrderList": ("offset", "search"),
        "cmdBoxTPortalWorkOrderData": ("workorder_id", "jobsite_id"),
        "cmdBoxTPortalSaveWorkOrder": (
            *("workorder_id", "workorder_jsid", "workorder_asset", "workorder_contqty"),
            *("workorder_targetcont", "workorder_wodate", "workorder_wotype"),
            *("workorder_remarks", "workorder_material", "workorder_user_bypass"),
        ),
        "cmdBoxTPortalRemoveWorkOrder": ("workorder_id",),
        "cmdBoxTPortalTransactionsList": ("offset", "search"),
        "cmdBoxTPortalTransactionData": ("version",),
        "cmdBoxTPortalEmailTransaction": ("transaction_id", "transaction_email"),
        "cmdBoxTPortalProcessPayment": (
            *("version", "payment_mode", "transaction_id", "ccard_id"),
            *(*_CARD, "ccard_store", "ccard_make_primary"),
        ),
        "cmdBoxTPortalSaveCCard": _CARD,
        "cmdBoxTPortalCCardMakePrimary": ("ccard_id",),
        "cmdBoxTPortalReportList": (),
        "cmdBoxTPortalReportParams": ("report_id",),
        "cmdBoxTPortalReportDetails": (
            *("report_id", "startDate", "endDate", "deliveryDate", "month", "year"),
            *("jobSite", "woType", "sortBy", "filterBy", "listBy"),
        ),
        "cmdBoxTWebAPIHandShake": (),
        "cmdBoxTWebAPIPricing": ("zipPostalCode", "txnClass"),
        "cmdBoxTWebAPIRequestService": _ORDER,
        "cmdBoxTWebAPIDirectBooking": _ORDER,
    }
)
"""Argument names by command, in the order in which a form would ask for them."""
