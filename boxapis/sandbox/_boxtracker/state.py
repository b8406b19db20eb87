"""Everything the Box Tracker stand-in knows: users, customers, sessions and the time."""

from attrs import Factory, define, field

from boxapis.sandbox._boxtracker.data import Customer, first_customers
from boxapis.sandbox._boxtracker.refusals import Refusal
from boxapis.sandbox._boxtracker.rules import BoxTrackerRules
from boxapis.sandbox._boxtracker.sessions import Session, SessionBook, SessionKind
from boxapis.sandbox._clock import SandboxClock


@define(eq=False)
class BoxTrackerState:
    """What the commands read and change; with `strays` they show another customer's data."""

    rules: BoxTrackerRules
    clock: SandboxClock
    users: dict[str, str] = field(repr=False)
    customers: dict[str, Customer] = field(
        init=False,
        factory=lambda: {customer.username: customer for customer in first_customers()},
        repr=False,
    )
    sessions: SessionBook = field(
        init=False, default=Factory(lambda self: SessionBook(self.rules), takes_self=True)
    )
    strays: bool = field(init=False, default=False)

    def shown(self, customer: Customer) -> Customer:
        """Whose data an answer to this customer shows: one's own, or that of who has the most."""
        if not self.strays:
            return customer
        others = (other for other in self.customers.values() if other is not customer)
        return max(others, key=lambda other: len(other.job_sites), default=customer)

    def check_api_user(self, username: str, password: str) -> None:
        """Raise Refusal unless user name and password of the API are right."""
        if username not in self.users:
            raise Refusal(self.rules.unknown_user_status)
        if self.users[username] != password:
            raise Refusal(self.rules.api_password_status)

    def customer(self, username: str) -> Customer:
        """The customer of that user name; raises Refusal when there is none."""
        try:
            return self.customers[username]
        except KeyError:
            raise Refusal(self.rules.unknown_user_status) from None

    def open_session(self, kind: SessionKind, owner: str, under: str = "") -> str:
        """Open a session now and return its key."""
        return self.sessions.open(kind, owner, self.clock.now(), under)

    def use_api_session(self, kind: SessionKind, owner: str, key: str) -> None:
        """Check an API session and keep it alive; raises Refusal."""
        self.sessions.use(key, Session(kind, owner, self.clock.now()))

    def use_customer_session(self, owner: str, key: str, under: str) -> None:
        """Check a customer session and keep it alive; raises Refusal."""
        self.sessions.use(key, Session("customer", owner, self.clock.now(), under))

    def use_both_sessions(self, user: str, key: str, customer: str, customer_key: str) -> Customer:
        """Check the four session arguments of a customer's command; raises Refusal."""
        wanted = Session("portal", user, self.clock.now())
        self.sessions.use(key, wanted, extend=self.rules.customer_command_extends == "both")
        self.use_customer_session(customer, customer_key, key)
        return self.customers[customer]
