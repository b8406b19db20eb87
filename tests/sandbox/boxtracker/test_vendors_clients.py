"""What the vendor's own PHP clients do, argument by argument and field by field."""

from typing import Any

import httpx
import pytest

from boxapis.sandbox import DialectName, Sandbox
from boxapis.sandbox._boxtracker.commands import COMMANDS
from tests.sandbox.boxtracker.clients_read import READ, unreadable
from tests.sandbox.boxtracker.forms import BOOKING, CARD, JOB_SITE, PROFILE, WEB_CARD, work_order

WITH_CUSTOMER_ID = {
    *("CustomerData", "SaveCustomerProfile", "JobsiteList", "SaveJobSite", "WorkOrderList"),
    *("SaveWorkOrder", "RemoveWorkOrder", "TransactionsList", "TransactionData"),
    *("ProcessPayment", "SaveCCard", "CCardMakePrimary", "ReportParams"),
}
"""The portal commands with which the client sends ``customer_id``."""

SITE = 13913001
LIST = {"offset": "0", "search": ""}


class Plugin:
    """A browser session on a page of the vendor's plugins: forms are posted, and `key` is read."""

    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.http = http
        self.user, self.password = next(iter(sandbox.boxtracker.users.items()))
        self.jane = sandbox.boxtracker.customers[0]
        self.customer_key = self.customer_id = ""

    async def post(self, command: str, /, **arguments: Any) -> Any:
        """Post a form; success is a status that is 200 as text, whatever the HTTP status."""
        form = {"command": command, **arguments}
        body = (await self.http.post("/controller.html", data=form)).json()
        assert str(body["status"]) == "200", (command, body)
        assert unreadable(READ.get(command, {}), body) == []
        return body

    async def api_key(self) -> str:
        """Open an API session, as each page view does."""
        login = {"username": self.user, "password": self.password}
        return str((await self.post("cmdBoxTPortalHandShake", **login))["key"])

    async def check_customer(self, api_key: str, password: str, key: str) -> Any:
        """Open the customer session with the password, or confirm it with its key."""
        return await self.post(
            "cmdBoxTPortalCustomerHandShake",
            username_api=self.user,
            password_api=self.password,
            session_key_api=api_key,
            username_customer=self.jane.username,
            password_customer=password,
            session_key_customer=key,
        )

    async def log_in(self) -> None:
        """Log in, and read the customer's record."""
        opened = await self.check_customer(await self.api_key(), self.jane.password, "")
        self.customer_key, self.customer_id = opened["key"], opened["customerID"]
        await self.portal("CustomerData")

    async def portal(self, name: str, /, **arguments: Any) -> Any:
        """Both handshakes, then a command with the new API key and the log-in's customer key."""
        api_key = await self.api_key()
        await self.check_customer(api_key, "", self.customer_key)
        session = {
            "username_api": self.user,
            "session_key_api": api_key,
            "username_customer": self.jane.username,
            "session_key_customer": self.customer_key,
        }
        if name in WITH_CUSTOMER_ID:
            session["customer_id"] = self.customer_id
        return await self.post(f"cmdBoxTPortal{name}", **session, **arguments)

    async def web(self, name: str, /, **arguments: Any) -> Any:
        """A handshake of the web API, then a command."""
        login = {"username": self.user, "password": self.password}
        key = (await self.post("cmdBoxTWebAPIHandShake", **login))["key"]
        return await self.post(f"cmdBoxTWebAPI{name}", username=self.user, key=key, **arguments)


@pytest.fixture(params=["observed", "both"])
def dialect(request: pytest.FixtureRequest) -> DialectName:
    """The dialects that the vendor's own clients can read."""
    name: DialectName = request.param
    return name


@pytest.fixture
async def plugin(sandbox: Sandbox, http: httpx.AsyncClient, dialect: DialectName) -> Plugin:
    """A logged-in customer."""
    sandbox.boxtracker.use_dialect(dialect)
    plugin = Plugin(sandbox, http)
    await plugin.log_in()
    return plugin


async def test_profile_and_log_out(plugin: Plugin) -> None:
    """The profile page saves every field, and the log-out ends the session."""
    await plugin.portal("SaveCustomerProfile", **PROFILE)
    record = (await plugin.portal("CustomerData"))["customerObj"]
    assert (record["Name"], str(record["SMSNotifications"])) == ("Jane's Roofing", "1")
    await plugin.portal("CustomerLogOut")
    assert plugin.sandbox.boxtracker.live_sessions["customer"] == 0


async def test_job_sites(plugin: Plugin) -> None:
    """The list is walked by the offset of each response; a site is added by its blank form."""
    walked, offset = 0, "0"
    while True:
        page = await plugin.portal(
            "JobsiteList", **LIST | {"offset": offset}, orderBy="Address|ASC"
        )
        walked += len(page["jobSiteObjList"])
        offset = str(page["offset"])
        if page["offset"] == page["recordCount"]:
            break
    assert walked == 120
    blank = (await plugin.portal("JobsiteData", jobsite_id="0"))["jobSiteObj"]
    await plugin.portal("SaveJobSite", **JOB_SITE | {"jobsite_id": str(blank["ID"])})
    found = {"offset": "0", "search": "birch", "orderBy": "Job Name|DESC"}
    (added,) = (await plugin.portal("JobsiteList", **found))["jobSiteObjList"]
    assert added["JobName"] == "New roof"


async def test_work_orders(plugin: Plugin) -> None:
    """An order is placed from a blank one, again after a warning, changed and removed."""
    form = {"workorder_id": "0", "jobsite_id": str(SITE)}
    blank = (await plugin.portal("WorkOrderData", **form))["workOrderObj"]
    day, *numbers = blank["availability"]["RowContent"][0]
    asset = blank["availability"]["ColHeaders"][1]
    assert int(numbers[0]) - 1 > int(blank["assetBuffer"])
    order = work_order(
        blank["jobSiteObj"]["ID"], workorder_wodate=day, workorder_asset=asset.lower()
    )
    await plugin.portal("SaveWorkOrder", **order)
    with pytest.raises(AssertionError, match="similarWOs"):
        await plugin.portal("SaveWorkOrder", **order)
    await plugin.portal("SaveWorkOrder", **order | {"workorder_user_bypass": "1"})
    page = await plugin.portal("WorkOrderList", **LIST | {"offset": "50"})
    placed = page["workOrderObjList"][-1]
    changed = {"workorder_id": str(placed["ID"]), "workorder_user_bypass": "1"}
    changed["workorder_remarks"] = "Ring twice"
    await plugin.portal("SaveWorkOrder", **order | changed)
    kept = {"workorder_id": str(placed["ID"]), "jobsite_id": "0"}
    assert (await plugin.portal("WorkOrderData", **kept))["workOrderObj"]["Remarks"] == "Ring twice"
    await plugin.portal("RemoveWorkOrder", workorder_id=str(placed["ID"]))
    after = await plugin.portal("WorkOrderList", **LIST)
    assert int(after["recordCount"]) == int(page["recordCount"]) - 1


async def test_payments_and_cards(plugin: Plugin) -> None:
    """An invoice is e-mailed, two are paid with a new card, and the balance with the stored one."""
    first, *_ = (await plugin.portal("TransactionsList", **LIST))["transactionsObjList"]
    mail = {"transaction_email": "a@example.com|b@example.com"}
    await plugin.portal("EmailTransaction", transaction_id=str(first["ID"]), **mail)
    version = {"version": "2"}
    offered = (await plugin.portal("TransactionData", **version))["transactionObj"]
    chosen = "|".join(str(one["ID"]) for one in offered["TxnList"][:2])
    new = {"ccard_id": "0", **CARD, "ccard_store": "1", "ccard_make_primary": "0"}
    one = {**version, "payment_mode": "1", "transaction_id": chosen}
    await plugin.portal("ProcessPayment", **one, **new)
    await plugin.portal("SaveCCard", **CARD)
    cards = (await plugin.portal("TransactionData", **version))["transactionObj"]["CCardObjList"]
    await plugin.portal("CCardMakePrimary", ccard_id=str(cards[1]["ID"]))
    rest = {**version, "payment_mode": "2", "transaction_id": "0"}
    await plugin.portal("ProcessPayment", **rest, ccard_id=str(cards[1]["ID"]))
    record = (await plugin.portal("CustomerData"))["customerObj"]
    assert float(record["Balance"]) == 0
    assert [str(card["PrimaryCard"]) for card in record["CCardObjList"]] == ["0", "1", "0"]
    paid = sum(charge.amount for charge in plugin.sandbox.boxtracker.charges)
    assert paid == float(offered["CustBalance"])


async def test_reports(plugin: Plugin) -> None:
    """Each report is chosen, its form is read, and it is run with what the form offers."""
    values = {
        **dict.fromkeys(("startDate", "deliveryDate"), "Jan 5, 2024"),
        "endDate": "Dec 31, 2026",
        "month": "01",
        "year": "2025",
        "woType": "Move",
        "jobSite": str(SITE),
    }
    for report in (await plugin.portal("ReportList"))["reportObjList"]:
        number = {"report_id": str(report["ID"])}
        arguments = {}
        form = (await plugin.portal("ReportParams", **number))["reportParamsObj"]
        for name in (param["Param"] for param in form["Params"]):
            kind, _, choices = name.partition("_")
            if kind == "chk":
                arguments[name.replace("_", "")] = "1"
            else:
                arguments[kind] = values.get(name, choices.split("|")[0])
        assert (await plugin.portal("ReportDetails", **number, **arguments))["reportObj"]


async def test_online_orders(plugin: Plugin) -> None:
    """The order page asks for prices, tests an order, and makes it real in both ways."""
    prices = await plugin.web("Pricing", zipPostalCode="03431")
    asset = prices["priceSheets"][0]["Assets"][0]["AssetClass"].lower()
    assert asset in prices["availabilityTable"]["colHeaders"]
    assert len(prices["daysOfTheWeek"]) == 7
    order = BOOKING | {"dateRequested": prices["availabilityTable"]["rows"][0][0]}
    for name in ("RequestService", "DirectBooking"):
        tested = await plugin.web(name, **order | {"mode": "TEST"}, **WEB_CARD)
        assert tested["TestURL"]
        assert (await plugin.web(name, **order, **WEB_CARD))["OrderID"]
    assert len(plugin.sandbox.boxtracker.web_orders) == 2


def test_every_command_is_in_a_table() -> None:
    """Each command has fields that are read, or only a status."""
    only_status = {"cmdBoxTPortalCustomerLogOut", "cmdBoxTPortalEmailTransaction"}
    saves = {name for name in COMMANDS if "Save" in name or "Remove" in name or "Primary" in name}
    others = {"cmdBoxTPortalProcessPayment", "cmdBoxTWebAPIrequestService"}
    assert {*COMMANDS} == {*READ} | only_status | saves | others
