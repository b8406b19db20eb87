"""Box Tracker's 25 commands, with a handler for each."""

from collections.abc import Mapping
from types import MappingProxyType

from boxapis.sandbox._boxtracker.arguments import CommandHandler
from boxapis.sandbox._boxtracker.resources import (
    cards,
    handshakes,
    job_sites,
    ordering,
    payments,
    pricing,
    profile,
    reports,
    transactions,
    work_orders,
)

COMMANDS: Mapping[str, CommandHandler] = MappingProxyType(
    {
        "cmdBoxTPortalHandShake": handshakes.portal_handshake,
        "cmdBoxTPortalCustomerHandShake": handshakes.customer_handshake,
        "cmdBoxTPortalCustomerLogOut": handshakes.customer_log_out,
        "cmdBoxTPortalCustomerData": profile.customer_data,
        "cmdBoxTPortalSaveCustomerProfile": profile.save_customer_profile,
        "cmdBoxTPortalJobsiteList": job_sites.job_site_list,
        "cmdBoxTPortalJobsiteData": job_sites.job_site_data,
        "cmdBoxTPortalSaveJobSite": job_sites.save_job_site,
        "cmdBoxTPortalWorkOrderList": work_orders.work_order_list,
        "cmdBoxTPortalWorkOrderData": work_orders.work_order_data,
        "cmdBoxTPortalSaveWorkOrder": work_orders.save_work_order,
        "cmdBoxTPortalRemoveWorkOrder": work_orders.remove_work_order,
        "cmdBoxTPortalTransactionsList": transactions.transactions_list,
        "cmdBoxTPortalTransactionData": transactions.transaction_data,
        "cmdBoxTPortalEmailTransaction": transactions.email_transaction,
        "cmdBoxTPortalProcessPayment": payments.process_payment,
        "cmdBoxTPortalSaveCCard": cards.save_card,
        "cmdBoxTPortalCCardMakePrimary": cards.make_card_primary,
        "cmdBoxTPortalReportList": reports.report_list,
        "cmdBoxTPortalReportParams": reports.report_params,
        "cmdBoxTPortalReportDetails": reports.report_details,
        "cmdBoxTWebAPIHandShake": handshakes.web_handshake,
        "cmdBoxTWebAPIPricing": pricing.web_pricing,
        "cmdBoxTWebAPIRequestService": ordering.request_service,
        "cmdBoxTWebAPIrequestService": ordering.request_service,  # as one page of the manual has it
        "cmdBoxTWebAPIDirectBooking": ordering.direct_booking,
    }
)
