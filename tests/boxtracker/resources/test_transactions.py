"""Transactions: values, e-mails, and payments that are sent once and for the expected sum."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from boxapis import ConfigurationError, ConflictError, OutcomeUnknownError, PaymentError
from boxapis.boxtracker.cards import Card
from boxapis.boxtracker.transactions import OpenTransaction, Payable, Transaction
from boxapis.errors import ConnectionLostError
from tests.boxtracker.resources.test_cards import SENT, card
from tests.support.scripted_customer import refused, scripted_customer, sent

pytestmark = pytest.mark.usefixtures("closing")

PAY, DATA = "cmdBoxTPortalProcessPayment", "cmdBoxTPortalTransactionData"
PAYABLE: dict[str, Any] = {
    "TxnList": [
        {"ID": "11", "OpenBal": "100.10"},
        {"ID": 12, "OpenBal": 20.2},
        {"ID": 13, "OpenBal": ""},
    ],
    "CustBalance": "120.30",
    "CCardObjList": [{"ID": 7, "PrimaryCard": "1"}],
}


async def test_list() -> None:
    """Amounts are exact, days are read where their form is known, and payments have no job."""
    customer, transport = scripted_customer(
        {
            "transactionsObjList": [
                {
                    "ID": "11",
                    "Type": "Invoice",
                    "TxnDateString": "Jan 5, 2024",
                    "JobName": "Kitchen",
                    "Address": "2 Elm Street",
                    "Total": "100.10",
                    "OpenBal": 0,
                    "DateEmailed": "1704412800",
                },
                {"ID": 12, "Type": "Payment", "TxnDateString": "5.1.24", "DateEmailed": 0},
            ],
            "recordCount": 2,
            "custEmail": "jane@example.com",
        }
    )
    transactions = customer.transactions.list(search="Elm")
    page = await transactions.page()
    assert page.items[0] == Transaction(
        id=11,
        type="Invoice",
        date_text="Jan 5, 2024",
        job_name="Kitchen",
        address="2 Elm Street",
        total=Decimal("100.10"),
        open_balance=Decimal(0),
        emailed_text="1704412800",
    )
    assert [entry.date for entry in page.items] == [date(2024, 1, 5), None]
    assert [entry.is_emailed for entry in page.items] == [True, False]
    assert not Transaction(id=1).is_emailed
    assert page.extra == {"custEmail": "jane@example.com"}
    arguments = {"offset": "0", "search": "Elm"}
    assert sent(transport) == [("cmdBoxTPortalTransactionsList", arguments)]


async def test_payable() -> None:
    """What can be paid, and the sums of payments."""
    customer, transport = scripted_customer({"transactionObj": PAYABLE})
    payable = await customer.transactions.payable()
    assert payable == Payable(
        transactions=(
            OpenTransaction(id=11, open_balance=Decimal("100.10")),
            OpenTransaction(id=12, open_balance=Decimal("20.2")),
            OpenTransaction(id=13),
        ),
        balance=Decimal("120.30"),
        cards=(Card(id=7, primary=True),),
    )
    sums = [payable.sum_of(numbers) for numbers in (None, [11, 12], [12])]
    assert sums == [Decimal("120.30"), Decimal("120.30"), Decimal("20.2")]
    assert sent(transport) == [(DATA, {"version": "2"})]


UNKNOWN: dict[str, Any] = {
    "no balance": (Payable(), None, ConflictError),
    "amount unknown": (Payable(transactions=(OpenTransaction(id=1),)), [1], ConflictError),
    "not open": (Payable(), [1], ConflictError),
    "listed twice": (
        Payable(transactions=(OpenTransaction(id=1, open_balance=Decimal(5)),) * 2),
        [1],
        ConflictError,
    ),
    "none chosen": (Payable(balance=Decimal(5)), [], ConfigurationError),
    "chosen twice": (Payable(), [1, 1], ConfigurationError),
}


@pytest.mark.parametrize(("payable", "numbers", "error"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_sum(payable: Payable, numbers: Any, error: type[Exception]) -> None:
    """F174: a sum that is not known is an error, and no None that `pay` would not compare."""
    with pytest.raises(error):
        payable.sum_of(numbers)


async def test_email() -> None:
    """Addresses are joined by a bar."""
    customer, transport = scripted_customer({})
    await customer.transactions.email(11, ["a@example.com", "b@example.com"])
    arguments = {"transaction_id": "11", "transaction_email": "a@example.com|b@example.com"}
    assert sent(transport) == [("cmdBoxTPortalEmailTransaction", arguments)]


async def test_pay_with_a_card_on_file() -> None:
    """Chosen transactions are paid with mode 1, the balance with mode 2."""
    customer, transport = scripted_customer({}, {})
    await customer.transactions.pay(7, [11, 12])
    await customer.transactions.pay(7)
    chosen = {"payment_mode": "1", "transaction_id": "11|12"}
    balance = {"payment_mode": "2", "transaction_id": "0"}
    assert sent(transport) == [
        (PAY, {"version": "2", "ccard_id": "7", **chosen}),
        (PAY, {"version": "2", "ccard_id": "7", **balance}),
    ]


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({}, ("0", "0")),
        ({"store": True}, ("1", "0")),
        ({"store": True, "make_primary": True}, ("1", "1")),
    ],
    ids=["charged", "stored", "primary"],
)
async def test_pay_with_a_given_card(options: dict[str, Any], flags: tuple[str, str]) -> None:
    """A given card is sent whole, with the id 0."""
    customer, transport = scripted_customer({})
    await customer.transactions.pay(card(), [11], **options)
    fixed = {"version": "2", "payment_mode": "1", "transaction_id": "11", "ccard_id": "0"}
    stored = {"ccard_store": flags[0], "ccard_make_primary": flags[1]}
    assert sent(transport) == [(PAY, {**fixed, **SENT, **stored})]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [(None, Decimal("120.3")), ([11], Decimal("100.10")), ([12], 20.2), ([12], "20.20")],
)
async def test_the_expected_sum(numbers: Any, expected: Any) -> None:
    """With the expected sum, what can be paid is read directly before the payment."""
    customer, transport = scripted_customer({"transactionObj": PAYABLE}, {})
    await customer.transactions.pay(7, numbers, expected)
    assert [command for command, _ in sent(transport)] == [DATA, PAY]


@pytest.mark.parametrize(
    ("numbers", "payable"),
    [(None, Decimal("120.30")), ([11], Decimal("100.10")), ([11, 13], None), ([99], None)],
    ids=["balance", "chosen", "amount unknown", "not open"],
)
async def test_another_sum(numbers: Any, payable: Decimal | None) -> None:
    """If the sum is another one, the error has both, and nothing is sent."""
    customer, transport = scripted_customer({"transactionObj": PAYABLE})
    with pytest.raises(ConflictError, match=r"120\.29 US dollars were expected") as caught:
        await customer.transactions.pay(7, numbers, Decimal("120.29"))
    assert caught.value.details == {"expected": Decimal("120.29"), "payable": payable}
    assert not caught.value.may_have_been_applied
    assert [command for command, _ in sent(transport)] == [DATA]


async def test_raw_payment() -> None:
    """A raw payment checks the sum, too."""
    customer, transport = scripted_customer({"transactionObj": PAYABLE}, {})
    raw: Any = await customer.raw.transactions.pay(7, [11], Decimal("100.1"))
    assert (raw.status, raw.decoded) == (200, None)
    assert len(sent(transport)) == 2


WRONG: dict[str, Any] = {
    "empty list": lambda them: them.pay(7, []),
    "empty tuple": lambda them: them.pay(7, ()),
    "twice": lambda them: them.pay(7, [11, 11]),
    "text": lambda them: them.pay(7, "11"),
    "a number": lambda them: them.pay(7, 11),
    "id as text": lambda them: them.pay(7, ["11"]),
    "id 0": lambda them: them.pay(7, [0]),
    "card 0": lambda them: them.pay(0, [11]),
    "card as text": lambda them: them.pay("4111111111111111", [11]),
    "card as id": lambda them: them.pay(4111111111111111, [11]),
    "no card": lambda them: them.pay(None, [11]),
    "stored on file": lambda them: them.pay(7, [11], store=True),
    "primary, not stored": lambda them: them.pay(card(), [11], make_primary=True),
    "no sum": lambda them: them.pay(7, [11], Decimal("NaN")),
    "sum unknown": lambda them: them.pay(7, [11], None),
    "sum as text": lambda them: them.pay(7, [11], "all"),
    "no address": lambda them: them.email(11, []),
    "one address": lambda them: them.email(11, "a@example.com"),
    "bar": lambda them: them.email(11, ["a@example.com|b@example.com"]),
    "no text": lambda them: them.email(11, [None]),
    "no id": lambda them: them.email(0, ["a@example.com"]),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
async def test_wrong_arguments(call: Any) -> None:
    """F174: an empty list would pay the balance, an unknown sum any sum: nothing is sent."""
    customer, transport = scripted_customer()
    with pytest.raises(ConfigurationError) as caught:
        await call(customer.transactions)
    assert "4111" not in str(caught.value)
    assert transport.requests == []


@pytest.mark.parametrize("status", [324, 325, 327, 328, 329, 340])
async def test_refused_payments(status: int) -> None:
    """A payment that is refused was not made."""
    customer, _ = scripted_customer(refused(status))
    with pytest.raises(PaymentError) as caught:
        await customer.transactions.pay(7, [11])
    assert (caught.value.code, caught.value.may_have_been_applied) == (status, False)


async def test_a_lost_response_is_looked_up() -> None:
    """F96: a payment whose response was lost is sent once, and found by the docstring's recipe."""
    lost = ConnectionLostError("lost", phase="read", sent=True)
    rest = {"transactionObj": {"TxnList": PAYABLE["TxnList"][1:], "CustBalance": "20.20"}}
    customer, transport = scripted_customer(lost, rest)
    with pytest.raises(OutcomeUnknownError):
        await customer.transactions.pay(7, [11])
    payable = await customer.transactions.payable()
    assert 11 not in {entry.id for entry in payable.transactions}
    assert payable.balance == Decimal("20.20")
    assert [command for command, _ in sent(transport)] == [PAY, DATA]
