"""The data of the Box Tracker stand-in: API users, customers, sessions, charges and orders."""

from itertools import count
from typing import Any

from attrs import Factory, define, evolve, field

from boxapis.sandbox._boxtracker.data import SandboxCustomer, default_customers
from boxapis.sandbox._boxtracker.ledger import CardCharge, WebOrder
from boxapis.sandbox._boxtracker.refusals import Refusal
from boxapis.sandbox._boxtracker.rules import BoxTrackerRules
from boxapis.sandbox._boxtracker.sessions import SessionKind, SessionStore, StoredSession
from boxapis.sandbox._clock import SandboxClock

_FIRST_NEW_ID = 1_900_000_001  # above the numbers of sample records


@define(eq=False)
class BoxTrackerState:
    """What the commands read and change; while `misattributed` they show another customer's data.

    `users` maps API user names to passwords.
    """

    rules: BoxTrackerRules
    clock: SandboxClock
    users: dict[str, str] = field(repr=False)
    customers: dict[str, SandboxCustomer] = field(
        init=False,
        factory=lambda: {customer.username: customer for customer in default_customers()},
        repr=False,
    )
    sessions: SessionStore = field(
        init=False, default=Factory(lambda self: SessionStore(self.rules), takes_self=True)
    )
    misattributed: bool = field(init=False, default=False)
    charges: list[CardCharge] = field(init=False, factory=list)
    web_orders: list[WebOrder] = field(init=False, factory=list)
    _new_ids: "count[int]" = field(init=False, factory=lambda: count(_FIRST_NEW_ID), repr=False)

    def new_id(self) -> int:
        """A number that no record has."""
        return next(self._new_ids)

    def change(self, customer: SandboxCustomer, **records: Any) -> None:
        """Replace records of a customer, by the attributes of `SandboxCustomer`."""
        self.customers[customer.username] = evolve(customer, **records)

    def shown(self, customer: SandboxCustomer) -> SandboxCustomer:
        """The customer whose data a response shows: this one, or another if `misattributed`."""
        if not self.misattributed:
            return customer
        others = (other for other in self.customers.values() if other is not customer)
        return max(others, key=lambda other: len(other.job_sites), default=customer)

    def check_api_user(self, username: str, password: str) -> None:
        """Raise Refusal unless user name and password of the API user are right."""
        if username not in self.users:
            raise Refusal(self.rules.unknown_user_status)
        if self.users[username] != password:
            raise Refusal(self.rules.api_password_status)

    def customer(self, username: str) -> SandboxCustomer:
        """The customer with this user name; raises Refusal when there is none."""
        try:
            return self.customers[username]
        except KeyError:
            raise Refusal(self.rules.unknown_user_status) from None

    def open_session(self, kind: SessionKind, owner: str) -> str:
        """Open a session now and return its key."""
        return self.sessions.open(kind, owner, self.clock.now())

    def use_api_session(self, kind: SessionKind, owner: str, key: str) -> None:
        """Check an API session and keep it alive; raises Refusal."""
        self.sessions.use(key, StoredSession(kind, owner, self.clock.now()))

    def use_customer_session(self, owner: str, key: str) -> None:
        """Check a customer session and keep it alive; raises Refusal."""
        self.sessions.use(key, StoredSession("customer", owner, self.clock.now()))

    def use_both_sessions(
        self, user: str, api_key: str, customer: str, customer_key: str
    ) -> SandboxCustomer:
        """Check the four session arguments of a customer's command; raises Refusal."""
        expected = StoredSession("portal", user, self.clock.now())
        extend = self.rules.customer_command_extends == "both"
        self.sessions.use(api_key, expected, extend=extend)
        self.use_customer_session(customer, customer_key)
        return self.customers[customer]
