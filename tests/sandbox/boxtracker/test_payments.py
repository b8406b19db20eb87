"""Box Tracker's transactions, payments and cards: money moves once, and shows everywhere."""

from typing import Any

import pytest

from boxapis.sandbox import CardCharge
from tests.sandbox.boxtracker.forms import CARD
from tests.support.tracker_calls import Portal

PAY = "cmdBoxTPortalProcessPayment"
ON_FILE = 139130
MASK = "************1111"


async def payable(portal: Portal) -> Any:
    """What can be paid, and the cards on file."""
    return (await portal.ask("cmdBoxTPortalTransactionData", version=2))["transactionObj"]


async def last_transaction(portal: Portal) -> Any:
    """The transaction at the end of the list."""
    page = await portal.ask("cmdBoxTPortalTransactionsList", offset=50)
    return page["transactionsObjList"][-1]


async def pay(portal: Portal, **changes: Any) -> Any:
    """The response to a payment, by default of the balance with the card on file."""
    given = {"version": 2, "payment_mode": 2, "transaction_id": 0, "ccard_id": ON_FILE}
    return await portal.ask(PAY, **given | changes)


async def test_balance_is_paid(portal: Portal) -> None:
    """A payment of the balance leaves nothing open, and is a transaction of its own."""
    before = await payable(portal)
    assert before["CustBalance"] == sum(one["OpenBal"] for one in before["TxnList"]) > 0
    assert (await pay(portal))["status"] == 200
    after = await payable(portal)
    assert (after["CustBalance"], after["TxnList"]) == (0, [])
    paid = await last_transaction(portal)
    assert (paid["Type"], paid["Total"], paid["OpenBal"]) == ("Payment", before["CustBalance"], 0)
    assert paid["TxnDateString"] == "Jan 01, 2026"
    charge = CardCharge(PAY, before["CustBalance"], "jane", "************0000")
    assert portal.sandbox.boxtracker.charges == [charge]
    assert (await pay(portal))["status"] == 302


async def test_chosen_transactions_are_paid(portal: Portal) -> None:
    """A payment of two transactions leaves the others, and lowers the balance by their sum."""
    before = await payable(portal)
    first, second, *others = before["TxnList"]
    chosen = f"{first['ID']}|{second['ID']}"
    assert (await pay(portal, payment_mode=1, transaction_id=chosen))["status"] == 200
    after = await payable(portal)
    assert after["TxnList"] == others
    amount = first["OpenBal"] + second["OpenBal"]
    assert after["CustBalance"] == before["CustBalance"] - amount
    assert [one.amount for one in portal.sandbox.boxtracker.charges] == [amount]
    record = (await portal.ask("cmdBoxTPortalCustomerData"))["customerObj"]
    assert record["Balance"] == after["CustBalance"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"version": 1}, 300),
        ({"version": ""}, 303),
        ({"payment_mode": 0}, 300),
        ({"payment_mode": 3}, 300),
        ({"payment_mode": 1, "transaction_id": 13913704}, 302),
        ({"payment_mode": 1, "transaction_id": "13913701|13913701"}, 300),
        ({"payment_mode": 1, "transaction_id": "13913701,13913702"}, 300),
        ({"transaction_id": ""}, 303),
        ({"ccard_id": ""}, 303),
        ({"ccard_id": 7}, 302),
        ({"ccard_id": 0}, 303),
        ({"ccard_id": 0, **CARD, "ccard_number": "4111111111111112"}, 324),
        ({"ccard_id": 0, **CARD, "ccard_cvv": "12"}, 324),
        ({"ccard_id": 0, **CARD, "ccard_exp_month": "13"}, 324),
        ({"ccard_id": 0, **CARD, "ccard_exp_month": "x"}, 324),
        ({"ccard_id": 0, **CARD, "ccard_exp_year": "25"}, 324),
        ({"ccard_id": 0, **CARD, "ccard_country": "USA"}, 300),
        ({"ccard_id": 0, **CARD, "ccard_store": "2"}, 300),
    ],
)
async def test_refused_payments_charge_nothing(
    portal: Portal, changes: dict[str, Any], refusal: int
) -> None:
    """What is paid and the card are checked before anything is charged."""
    before = await payable(portal)
    assert (await pay(portal, **changes))["status"] == refusal
    assert portal.sandbox.boxtracker.charges == []
    assert await payable(portal) == before


async def test_card_that_is_not_valid_is_refused(portal: Portal) -> None:
    """A card on file that cannot be used any more is not charged."""
    service = portal.sandbox.boxtracker
    record: Any = service.customers[0].record
    record["CCardObjList"][0]["Valid"] = 0
    assert (await pay(portal))["status"] == 324


@pytest.mark.parametrize("primary", [0, 1])
async def test_given_card_is_charged_and_stored(portal: Portal, primary: int) -> None:
    """A card in the arguments is charged, and on file only if that is asked for."""
    one = {"payment_mode": 1, "ccard_id": 0, **CARD}
    await pay(portal, **one, transaction_id=13913701)
    assert len((await payable(portal))["CCardObjList"]) == 1
    flags = {"ccard_store": 1, "ccard_make_primary": primary}
    await pay(portal, **one, **flags, transaction_id=13913702)
    first, second = (await payable(portal))["CCardObjList"]
    assert (second["Mask"], second["TypeAbrv"], second["Valid"]) == (MASK, "VI", 1)
    assert (first["PrimaryCard"], second["PrimaryCard"]) == (1 - primary, primary)
    assert [charge.card for charge in portal.sandbox.boxtracker.charges] == [MASK, MASK]


async def test_cards_are_stored_and_one_is_primary(portal: Portal) -> None:
    """A stored card is not primary until it is made so, and then it alone is."""
    assert (await portal.ask("cmdBoxTPortalSaveCCard", **CARD))["status"] == 200
    first, second = (await portal.ask("cmdBoxTPortalCustomerData"))["customerObj"]["CCardObjList"]
    assert (first["PrimaryCard"], second["PrimaryCard"]) == (1, 0)
    made = await portal.ask("cmdBoxTPortalCCardMakePrimary", ccard_id=second["ID"])
    cards = (await payable(portal))["CCardObjList"]
    assert (made["status"], [card["PrimaryCard"] for card in cards]) == (200, [0, 1])
    assert (await portal.ask("cmdBoxTPortalCCardMakePrimary", ccard_id=7))["status"] == 302
    assert portal.sandbox.boxtracker.charges == []


async def test_reason_of_an_invalid_card_is_in_the_error_text(portal: Portal) -> None:
    """The details of an invalid card are in ``errorString``, as the manual says."""
    wrong = await portal.ask("cmdBoxTPortalSaveCCard", **CARD | {"ccard_number": "4111"})
    assert (wrong["status"], wrong["errorString"]) == (324, "ERROR: Invalid Credit Card Number")


async def test_transaction_is_emailed(portal: Portal) -> None:
    """An e-mailed transaction has the time of it; the number and the addresses are checked."""
    to = {"transaction_email": "a@example.com|b@example.com"}
    sent = await portal.ask("cmdBoxTPortalEmailTransaction", transaction_id=13913701, **to)
    page = await portal.ask("cmdBoxTPortalTransactionsList", offset=0)
    assert sent["status"] == 200
    assert page["transactionsObjList"][0]["DateEmailed"] == 1767225600
    none = await portal.ask("cmdBoxTPortalEmailTransaction", transaction_id=7, **to)
    bad = {"transaction_id": 13913701, "transaction_email": "a@example.com|b"}
    wrong = await portal.ask("cmdBoxTPortalEmailTransaction", **bad)
    assert [none["status"], wrong["status"]] == [302, 300]
