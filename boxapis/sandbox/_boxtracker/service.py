"""The Box Tracker stand-in: handles commands, and lets tests control its data and responses."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve, field, frozen

from boxapis.sandbox._boxtracker.commands import COMMANDS
from boxapis.sandbox._boxtracker.data import (
    JsonObject,
    RecordCounts,
    SandboxCustomer,
    sample_customer,
)
from boxapis.sandbox._boxtracker.dialect import DialectName, dialect_of
from boxapis.sandbox._boxtracker.faults import (
    DEFAULT_COMMANDS,
    BoxTrackerFault,
    boxtracker_faults,
)
from boxapis.sandbox._boxtracker.ledger import CardCharge, WebOrder
from boxapis.sandbox._boxtracker.refusals import SUCCESS, WRONG_ADDRESS, Refusal, error_text
from boxapis.sandbox._boxtracker.rules import BoxTrackerRules
from boxapis.sandbox._boxtracker.state import BoxTrackerState
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._faults import Fault
from boxapis.sandbox._records import RecordedCommand, mask_arguments
from boxapis.sandbox._response import SandboxResponse, json_or_none
from boxapis.sandbox._service import ANY_OPERATION, Service

_API_USERS: Mapping[str, str] = MappingProxyType({"sandbox-api": "sandbox-api-password"})


@frozen
class _Envelope:
    status: int
    payload: Mapping[str, object] = field(default=MappingProxyType({}), repr=False)
    error_string: str | None = None


class BoxTrackerService(Service[BoxTrackerState, RecordedCommand, _Envelope]):
    """The Box Tracker of one hauler, in memory.

    It carries out all 25 commands: what is saved is in the lists, a payment lowers the balance and
    is among the transactions, and an order takes containers of its day. What an unknown or missing
    command gets is not documented and therefore a setting, as is everything else in `rules`.

    Portal and web API keys are kept apart: a key of one family is unknown (508) to the other. A
    customer handshake with a live key ignores a password sent with it.

    Args:
        rules: Settings; `BoxTrackerRules()` by default.
        users: API user names and their passwords; by default one user, ``sandbox-api``.
        clock: Clock of the sessions; by default a running one.
    """

    _operations = COMMANDS

    def __init__(
        self,
        *,
        rules: BoxTrackerRules | None = None,
        users: Mapping[str, str] | None = None,
        clock: SandboxClock | None = None,
    ) -> None:
        self._initial_rules = rules or BoxTrackerRules()
        self._initial_users = dict(users or _API_USERS)
        super().__init__(clock)

    def __repr__(self) -> str:
        return f"BoxTrackerService(live_sessions={dict(self.live_sessions)!r})"

    @property
    def rules(self) -> BoxTrackerRules:
        """The settings; assign others to change them at once."""
        return self._state.rules

    @rules.setter
    def rules(self, rules: BoxTrackerRules) -> None:
        with self._lock:
            self._state.rules = self._state.sessions.rules = rules

    def use_dialect(self, name: DialectName) -> None:
        """Write responses in another dialect from now on, after a `reset()`, too.

        Args:
            name: ``"documented"``, ``"observed"`` or ``"both"``.

        Raises:
            ValueError: there is no such dialect.
        """
        dialect = dialect_of(name)
        self._initial_rules = evolve(self._initial_rules, dialect=dialect)
        self.rules = evolve(self.rules, dialect=dialect)

    @property
    def users(self) -> dict[str, str]:
        """API user names and their passwords."""
        with self._lock:
            return dict(self._state.users)

    @property
    def customers(self) -> tuple[SandboxCustomer, ...]:
        """Every customer, the one of the sandbox's `environment` first."""
        with self._lock:
            return tuple(self._state.customers.values())

    @property
    def live_sessions(self) -> Counter[str]:
        """Number of live sessions by kind: ``portal``, ``web`` and ``customer``."""
        with self._lock:
            return self._state.sessions.count_live(self.clock.now())

    @property
    def charges(self) -> list[CardCharge]:
        """Every charge of a credit card, oldest first, be its response received or not."""
        with self._lock:
            return list(self._state.charges)

    @property
    def web_orders(self) -> list[WebOrder]:
        """Every LIVE order of the web API, oldest first; orders with the mode TEST leave none."""
        with self._lock:
            return list(self._state.web_orders)

    def handle(
        self,
        method: str,
        arguments: Mapping[str, str],
        *,
        address: str = "127.0.0.1",
        connection: int = 0,
        reused: bool = False,
    ) -> SandboxResponse:
        """Handle one command.

        Args:
            method: HTTP method, for the record.
            arguments: The command and its arguments; empty ones count as absent.
            address: The caller's IP address.
            connection: The caller's port, for the record.
            reused: Whether the connection has carried a request before.
        """
        given = {name: value for name, value in arguments.items() if value}
        command = given.get("command", "")
        with self._lock:
            fault = self._next_fault(command, ANY_OPERATION, reused=reused)
            status, response = self._respond(given, address, fault)
            masked, now = mask_arguments(given), self.clock.now()
            record = RecordedCommand(method, command, masked, status, now, connection)
            self._record(command, record)
            return evolve(response, wire_fault=fault.wire_fault)

    def respond_next(
        self,
        command: str,
        status: int,
        times: int = 1,
        error_string: str | None = None,
        payload: Mapping[str, object] | None = None,
    ) -> None:
        """Respond to the next requests with a status of your choice; they are not carried out.

        Args:
            command: Command name; ``*`` is any command.
            status: The ``status`` in the body.
            times: Number of requests.
            error_string: The ``errorString`` in the body; by default the usual one of the status.
            payload: Further fields of the body.
        """
        with self._lock:
            self._scripted.add(command, _Envelope(status, payload or {}, error_string), times)

    def fault(self, name: BoxTrackerFault, *, times: int = 1, operation: str | None = None) -> None:
        """Inject a fault into the next requests.

        - ``expire_sessions``: every session expires just before the request is handled.
        - ``forget_sessions``: every session is deleted just before the request is handled, as after
          a restart of the service.
        - ``card_declined``: status 340, and nothing is charged.
        - ``server_error``: status 900.
        - ``bad_gateway``: HTTP 502 with an HTML page.
        - ``html_page``: HTTP 200 with an HTML page.
        - ``rate_limited``: HTTP 429.
        - ``wrong_customer``: carried out, but the response shows another customer's data.
        - ``duplicate_response``: carried out, and the response is written twice in one segment, so
          that the next request on the connection finds a response that is not its own.
        - ``lost_response``: carried out, and the connection is reset before the response.
        - ``truncated_response``: carried out, and the connection is closed in the middle of the
          response.
        - ``stall``: carried out, and never answered; the connection stays open.
        - ``reset_on_reuse``: the next request on a reused connection resets it before anything is
          carried out.

        Args:
            name: One of the names above.
            times: Number of requests it strikes, at least 1.
            operation: Command name; by default any command, handshakes included, but for
                ``card_declined`` only ``cmdBoxTPortalProcessPayment``.

        Raises:
            ValueError: an unknown name or operation, or `times` below 1.
        """
        faults = boxtracker_faults(self.expire_sessions, self.forget_sessions, self._refuse)
        default = DEFAULT_COMMANDS.get(name, ANY_OPERATION)
        self._inject_named(faults, name, operation, times, default)

    def add_user(self, username: str, password: str) -> None:
        """Add an API user."""
        with self._lock:
            self._state.users[username] = password

    def add_customer(
        self,
        username: str,
        password: str,
        *,
        customer_id: int | None = None,
        records: RecordCounts | None = None,
    ) -> SandboxCustomer:
        """Add a sample customer.

        Args:
            username: User name in the portal; replaces the customer who has it.
            password: Password in the portal.
            customer_id: The ``customerID``; by default the next free one.
            records: Numbers of job sites, work orders and transactions; none by default.
        """
        with self._lock:
            number = customer_id or self._free_customer_id()
            customer = sample_customer(username, password, number, records or RecordCounts())
            self._state.customers[username] = customer
            return customer

    def expire_sessions(self) -> None:
        """Expire every session: 507 from now on."""
        with self._lock:
            self._state.sessions.expire_all()

    def forget_sessions(self) -> None:
        """Delete every session, as after a restart: 508 from now on."""
        with self._lock:
            self._state.sessions.delete_all()

    def _new_state(self) -> BoxTrackerState:
        return BoxTrackerState(self._initial_rules, self.clock, dict(self._initial_users))

    def _free_customer_id(self) -> int:
        return max(customer.customer_id for customer in self._state.customers.values()) + 1

    def _respond(
        self, arguments: Mapping[str, str], address: str, fault: Fault
    ) -> tuple[int, SandboxResponse]:
        """The status in the body, 0 where it has none, and the response."""
        if fault.response is not None:
            return _status_in(fault.response), fault.response
        envelope = self._scripted.pop(arguments.get("command", ""), ANY_OPERATION)
        if envelope is None:
            self._state.misattributed = fault.misattributed
            try:
                envelope = _Envelope(SUCCESS, self._payload(arguments, address))
            except Refusal as refusal:
                envelope = _Envelope(refusal.status, refusal.payload, refusal.text)
        return envelope.status, self._encoded(envelope)

    def _payload(self, arguments: Mapping[str, str], address: str) -> JsonObject:
        rules = self.rules
        if rules.allowed_addresses is not None and address not in rules.allowed_addresses:
            raise Refusal(WRONG_ADDRESS)
        if "command" not in arguments:
            raise Refusal(rules.missing_command_status)
        if arguments["command"] not in COMMANDS:
            raise Refusal(rules.unknown_command_status)
        return COMMANDS[arguments["command"]](self._state, arguments)

    def _refuse(self, status: int) -> SandboxResponse:
        return self._encoded(_Envelope(status))

    def _encoded(self, envelope: _Envelope) -> SandboxResponse:
        text = envelope.error_string
        if text is None and envelope.status != SUCCESS:
            text = error_text(envelope.status)
        dialect = self.rules.dialect
        body = dialect.encode(envelope.status, envelope.payload, text)
        return SandboxResponse(self.rules.http_status, body, dialect.content_type)


def _status_in(response: SandboxResponse) -> int:
    match json_or_none(response.body):
        case {"status": int() | str() as status}:
            return int(status)
        case _:
            return 0
