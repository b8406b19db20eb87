"""The resource Transactions: a customer's invoices and payments, and paying them by card.

Manual: customer-financials.html under https://www.dumpster.software/api/ for the list; the rest is
what the vendor's own client sends and reads.
"""

from collections.abc import Coroutine, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from attrs import field, frozen

from boxapis._core.awaitable import named, returns_coroutine
from boxapis._sansio import kinds, shapes
from boxapis._sansio.boxtracker.days import parse_day
from boxapis._sansio.text import exact_text
from boxapis.boxtracker._resource import OffsetListing, Resource, checked_id, optional, several
from boxapis.boxtracker.cards import Card, GivenCard, held_card, payment_arguments
from boxapis.errors import ConfigurationError, ConflictError

__all__ = ["OpenTransaction", "Payable", "Transaction", "TransactionType", "Transactions"]

TransactionType = Literal["Payment"] | str
"""A type of transactions; only the word for payments is known."""

_PAY = "cmdBoxTPortalProcessPayment"
_VERSION = 2  # without it the service answers in an older form that no source describes


@frozen(kw_only=True)
class Transaction:
    """A transaction, for instance an invoice or a payment.

    Attributes:
        id: The number of the transaction.
        type: The type; ``"Payment"`` for payments.
        date_text: The day, as the service writes it; see `date`.
        job_name: The name of the job; a payment has none.
        address: The address of the job.
        total: The amount, in US dollars.
        open_balance: The part that is still open, in US dollars.
        emailed_text: The time at which it was e-mailed, ``"0"`` if never; no source says in which
            unit.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: int = field(metadata=shapes.wire_name("ID"))
    type: TransactionType | None = optional("Type")
    date_text: kinds.Scalar | None = optional("TxnDateString")
    job_name: kinds.Scalar | None = optional("JobName")
    address: kinds.Scalar | None = optional("Address")
    total: kinds.Money | None = optional("Total")
    open_balance: kinds.Money | None = optional("OpenBal")
    emailed_text: kinds.Scalar | None = optional("DateEmailed")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)

    @property
    def date(self) -> date | None:
        """The day; None if there is none, or it is written in a form that no source shows."""
        return parse_day(self.date_text)

    @property
    def is_emailed(self) -> bool:
        """Whether it has been e-mailed."""
        return (self.emailed_text or "0") != "0"


@frozen(kw_only=True)
class OpenTransaction:
    """A transaction that can be paid.

    Attributes:
        id: The number of the transaction.
        open_balance: The part that is still open, in US dollars: what a payment charges.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: int = field(metadata=shapes.wire_name("ID"))
    open_balance: kinds.Money | None = optional("OpenBal")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


@frozen(kw_only=True)
class Payable:
    """The transactions and the balance that can be paid, and the cards on file.

    Attributes:
        transactions: The transactions that can be paid.
        balance: The customer's balance, in US dollars.
        cards: The cards on file.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    transactions: tuple[OpenTransaction, ...] = several("TxnList")
    balance: kinds.Money | None = optional("CustBalance")
    cards: tuple[Card, ...] = several("CCardObjList")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)

    def sum_of(self, transactions: Sequence[int] | None = None) -> Decimal:
        """Returns what a payment would charge, in US dollars: pass it to `pay` as ``expected``.

        Args:
            transactions: The numbers of the transactions to pay, as for `pay`; None for the
                balance.

        Raises:
            ConfigurationError: `transactions` is empty or has something twice, as for `pay`.
            ConflictError: one of them cannot be paid, or the service does not say how much is open.
        """
        numbers = _checked_numbers(transactions)
        found = _known_sum(self, numbers)
        if found is None:
            what = "balance" if numbers is None else "sum of these transactions"
            raise ConflictError(
                f"the {what} is not known: not all of it can be paid",
                next_step="leave out what cannot be paid, or ask the hauler",
            )
        return found


class Transactions(Resource):
    """Transactions of one customer, as ``customer.transactions``."""

    __slots__ = ()

    def list(self, *, search: str = "") -> OffsetListing[Transaction]:
        """Lists the transactions, page after page. Kind: read.

        A page's ``extra["custEmail"]`` is the customer's e-mail address. No source says whether a
        list without records is empty or a `NotFoundError` (302).

        Args:
            search: Text to search for; no source says in which fields.
        """
        command = "cmdBoxTPortalTransactionsList"
        return self._list(Transaction, "transactionsObjList", command, {"search": search})

    async def find(self, ids: Sequence[int]) -> tuple[Transaction, ...]:
        """Returns the transactions with these numbers, to look up a payment or an e-mail.

        Those that `pay` was to pay are paid where ``open_balance`` is 0, and not paid where it is
        what it was; where some are paid and some are not, no source says what happened. That
        `email` was carried out shows in `Transaction.is_emailed`, if it was not so before. If
        nothing has changed, wait until the lost request is surely over, and look again.
        All transactions are read; one that is not found is left out. Kind: read.

        Args:
            ids: The numbers of the transactions.

        Raises:
            ConfigurationError: one of them is no id. Nothing was sent.
            BoxAPIError: see `boxapis.errors`.
        """
        if not isinstance(ids, Iterable):
            raise ConfigurationError("ids must be a list of numbers")
        sought = {checked_id(number, "each of ids") for number in ids}
        return tuple([one async for one in self.list() if one.id in sought])

    async def payable(self) -> Payable:
        """Returns what can be paid, and the cards on file. Kind: read.

        Raises:
            PermissionDeniedError: the customer may not see it (308).
            PaymentError: the hauler takes no cards (327 to 329).
            BoxAPIError: see `boxapis.errors`.
        """
        command = "cmdBoxTPortalTransactionData"
        return await self._read(Payable, "transactionObj", command, {"version": _VERSION})

    async def email(self, id: int, to: Sequence[str]) -> None:  # noqa: A002 - the service's word
        """E-mails the document of a transaction, again with each call. Kind: changing.

        Args:
            id: The number of the transaction.
            to: The addresses, 1 or more.

        Raises:
            ConfigurationError: it is no id, or there is no address, or one with a bar, which would
                be taken for two. Nothing was sent.
            ValidationError: an argument is missing (303).
            NotFoundError: the transaction is not available (302).
            PermissionDeniedError: the customer may not see it (308).
            ServerError: the e-mail could not be sent (513).
            OutcomeUnknownError: it was sent and no response settled it: `find` it, and see
                `Transaction.is_emailed`, if it was not e-mailed before.
            BoxAPIError: see `boxapis.errors`.
        """
        number = checked_id(id, "the transaction's id")
        given = to if isinstance(to, Iterable) and not isinstance(to, str) else ()
        addresses = [exact_text(address) or "" for address in given]
        if not addresses or any(not address or "|" in address for address in addresses):
            message = "to must be a list of one or more addresses, without bars"
            raise ConfigurationError(message)
        arguments = {"transaction_id": number, "transaction_email": "|".join(addresses)}
        return await self._do("cmdBoxTPortalEmailTransaction", arguments)

    @returns_coroutine
    def pay(
        self,
        card: GivenCard | int,
        transactions: Sequence[int] | None = None,
        expected: Decimal | int | Literal["any"] = "any",
        *,
        store: bool = False,
        make_primary: bool = False,
    ) -> Coroutine[Any, Any, None]:
        """Charges a card with all that is open, of the balance or of chosen transactions.

        Kind: changing; it cannot be undone, and is sent once. The amount is no argument: the
        service charges in full. With `expected`, `payable` is read directly before, and nothing is
        sent if its sum is another one. An invoice that is added in the moment between the two is
        charged all the same.

        To look up a payment whose response was lost, wait, then `find` its transactions. If it was
        of the balance, no function is certain: read `payable`, where the balance is lower, and
        `list`, which has a new transaction of the type ``"Payment"`` with its amount. Only if they
        do not show it, pay again.

        Args:
            card: The id of a card on file, or a card to charge.
            transactions: The numbers of the transactions to pay, 1 or more; None for the balance.
            expected: The sum that you mean to pay, in US dollars, for instance ``sum_of`` of what
                was shown to the customer; ``"any"`` pays what is open, unseen. None is refused: a
                sum that is not known is none to agree to.
            store: Whether a `GivenCard` is put on file.
            make_primary: Whether it becomes the primary card; only with `store`.

        Raises:
            ConfigurationError: `transactions` is empty, for which the service would charge the
                whole balance, or has something twice; or an argument is malformed. Nothing was
                sent.
            ConflictError: the sum is not the expected one; ``details`` has ``expected`` and
                ``payable``. Nothing was sent.
            ValidationError: an argument is missing (303).
            PaymentError: the card is not valid (324) or could not be saved (325), the hauler takes
                no cards (327 to 329), or the payment was declined (340).
            OutcomeUnknownError: it was sent and no response settled it: look it up as above.
            BoxAPIError: see `boxapis.errors`.
        """
        held = held_card(card)
        del card
        call = self._pay(held, transactions, expected, store, make_primary)
        return named(call, "Transactions.pay")

    async def _pay(
        self,
        card: GivenCard | int | None,
        transactions: Sequence[int] | None,
        expected: Decimal | int | Literal["any"],
        store: bool,  # noqa: FBT001 - as given to `pay`
        make_primary: bool,  # noqa: FBT001 - the same
    ) -> None:
        arguments = payment_arguments(card, store=store, make_primary=make_primary)
        numbers = _checked_numbers(transactions)
        if exact_text(expected) != "any":
            await self._check_sum(numbers, _checked_sum(expected))
        chosen: dict[str, object] = {"payment_mode": 2, "transaction_id": 0}
        if numbers is not None:
            chosen = {"payment_mode": 1, "transaction_id": "|".join(map(str, numbers))}
        return await self._do(_PAY, {"version": _VERSION, **chosen, **arguments})

    async def _check_sum(self, numbers: Sequence[int] | None, expected: Decimal) -> None:
        plain = Transactions(self._caller.raw(is_raw=False))
        found = _known_sum(await plain.payable(), numbers)
        if found == expected:
            return
        shown = "not known: not all of it can be paid" if found is None else f"{found} US dollars"
        message = f"{_PAY}: the sum to pay is {shown}, and {expected} US dollars were expected."
        raise ConflictError(
            message,
            operation=_PAY,
            details={"expected": expected, "payable": found},
            next_step="look at payable(), then pay with the sum that you mean",
        )


def _checked_numbers(transactions: Sequence[int] | None) -> Sequence[int] | None:
    if transactions is None:
        return None
    given = transactions if isinstance(transactions, Iterable) else ()
    numbers = [checked_id(number, "each of transactions") for number in given]
    if not numbers:
        message = "transactions is empty: give one or more, or None to pay the whole balance"
        raise ConfigurationError(message)
    if len(set(numbers)) != len(numbers):
        message = "transactions has one twice"
        raise ConfigurationError(message)
    return numbers


def _known_sum(payable: Payable, numbers: Sequence[int] | None) -> Decimal | None:
    """Returns what would be charged; None if the service does not say so, once for each."""
    if numbers is None:
        return payable.balance
    total = Decimal(0)
    for number in numbers:
        amounts = [entry.open_balance for entry in payable.transactions if entry.id == number]
        if len(amounts) != 1 or amounts[0] is None:
            return None
        total += amounts[0]
    return total


def _checked_sum(expected: object) -> Decimal:
    amount = expected if isinstance(expected, Decimal) else kinds.parse_decimal(expected)
    if amount is None or not amount.is_finite():
        message = (
            "expected must be an amount of US dollars, for instance Decimal('120.50'), or 'any'"
        )
        raise ConfigurationError(message)
    return amount
