"""The Box Tracker stand-in: takes arguments, gives answers, and can be watched and steered."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve, field, frozen

from boxapis.sandbox._answer import Answer
from boxapis.sandbox._boxtracker_commands import COMMANDS
from boxapis.sandbox._boxtracker_data import Amounts, Customer, Entry, made_up_customer
from boxapis.sandbox._boxtracker_refusal import SUCCESS, WRONG_ADDRESS, Refusal, error_text
from boxapis.sandbox._boxtracker_rules import BoxTrackerRules
from boxapis.sandbox._boxtracker_state import BoxTrackerState
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._recorded import Recorded, masked_arguments
from boxapis.sandbox._script import ANY_OPERATION
from boxapis.sandbox._service import Service

_API_USERS: Mapping[str, str] = MappingProxyType({"sandbox-api": "sandbox-api-password+&%=/ 1"})


@frozen
class _Reply:
    status: int
    payload: Mapping[str, object] = field(default=MappingProxyType({}), repr=False)
    error_string: str | None = None


class BoxTrackerService(Service[Recorded, _Reply]):
    """A Box Tracker of one hauler, in memory.

    Played in full: the three handshakes, log-out, customer data, single job sites, the lists of job
    sites, work orders and transactions, and the price query. The other known commands check the
    session and answer 302, without any effect. What an unknown or missing command gives is not
    documented and therefore a setting, as is everything else in `rules`.

    Portal and web API keys are kept apart: a key of one family is unknown (508) to the other. A
    customer handshake with a live key does not look at a password sent with it.
    """

    def __init__(
        self,
        *,
        rules: BoxTrackerRules | None = None,
        users: Mapping[str, str] | None = None,
        clock: SandboxClock | None = None,
    ) -> None:
        """`users` maps API user names to passwords."""
        super().__init__(clock)
        self._first_rules = rules or BoxTrackerRules()
        self._first_users = dict(users or _API_USERS)
        self._state = self._first_state()

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

    @property
    def users(self) -> dict[str, str]:
        """API user names and their passwords."""
        with self._lock:
            return dict(self._state.users)

    @property
    def customers(self) -> tuple[Customer, ...]:
        """Every customer, the one of the sandbox's environment first."""
        with self._lock:
            return tuple(self._state.customers.values())

    @property
    def live_sessions(self) -> Counter[str]:
        """How many sessions are alive of each kind: ``portal``, ``web``, ``customer``."""
        with self._lock:
            return self._state.sessions.live(self.clock.now())

    def handle(
        self,
        method: str,
        arguments: Mapping[str, str],
        *,
        address: str = "127.0.0.1",
        connection: int = 0,
    ) -> Answer:
        """Carry out one command.

        Empty arguments count as absent. `address` and `connection` are the caller's address and
        port.
        """
        given = {name: value for name, value in arguments.items() if value}
        with self._lock:
            reply = self._reply(given, address)
            command = given.get("command", "")
            self._remember(command, self._record(method, command, given, reply, connection))
            twice = bool(self._twice.take(command, ANY_OPERATION))
            return evolve(self._written(reply), twice=twice)

    def use_clock(self, clock: SandboxClock) -> None:
        """Read the time from another clock from now on."""
        super().use_clock(clock)
        self._state.clock = clock

    def answer_next(
        self,
        command: str,
        status: int,
        times: int = 1,
        error_string: str | None = None,
        payload: Mapping[str, object] | None = None,
    ) -> None:
        """Answer the next `times` requests of `command` with `status`, before anything is done.

        ``*`` stands for every command. `payload` holds further fields of the answer.
        """
        with self._lock:
            self._script.lay(command, _Reply(status, payload or {}, error_string), times)

    def add_user(self, username: str, password: str) -> None:
        """Let one more API user in."""
        with self._lock:
            self._state.users[username] = password

    def add_customer(
        self,
        username: str,
        password: str,
        *,
        customer_id: int | None = None,
        amounts: Amounts | None = None,
    ) -> Customer:
        """Invent a customer, with as many records as `amounts` says (none by default)."""
        with self._lock:
            number = customer_id or self._free_customer_id()
            customer = made_up_customer(username, password, number, amounts or Amounts())
            self._state.customers[username] = customer
            return customer

    def expire_all(self) -> None:
        """Let five idle minutes go by for every session: 507 from now on."""
        with self._lock:
            self._state.sessions.expire_all()

    def forget_all(self) -> None:
        """Forget every session, as after a restart: 508 from now on."""
        with self._lock:
            self._state.sessions.forget_all()

    def reset(self) -> None:
        """Go back to the start: settings, users, customers, sessions, records."""
        with self._lock:
            self._state = self._first_state()
            self._forget_requests()

    def _first_state(self) -> BoxTrackerState:
        return BoxTrackerState(self._first_rules, self.clock, dict(self._first_users))

    def _free_customer_id(self) -> int:
        return max(customer.customer_id for customer in self._state.customers.values()) + 1

    def _reply(self, arguments: Mapping[str, str], address: str) -> _Reply:
        if forced := self._script.take(arguments.get("command", ""), ANY_OPERATION):
            return forced
        try:
            return _Reply(SUCCESS, self._shown_payload(arguments, address))
        except Refusal as refusal:
            return _Reply(refusal.status)

    def _shown_payload(self, arguments: Mapping[str, str], address: str) -> Entry:
        strays = self._for_another.take(arguments.get("command", ""), ANY_OPERATION)
        self._state.strays = bool(strays)
        try:
            return self._payload(arguments, address)
        finally:
            self._state.strays = False

    def _payload(self, arguments: Mapping[str, str], address: str) -> Entry:
        rules = self.rules
        if rules.allowed_addresses is not None and address not in rules.allowed_addresses:
            raise Refusal(WRONG_ADDRESS)
        if "command" not in arguments:
            raise Refusal(rules.missing_command_status)
        if arguments["command"] not in COMMANDS:
            raise Refusal(rules.unknown_command_status)
        return COMMANDS[arguments["command"]](self._state, arguments)

    def _record(
        self,
        method: str,
        command: str,
        arguments: Mapping[str, str],
        reply: _Reply,
        connection: int,
    ) -> Recorded:
        masked = masked_arguments(arguments)
        return Recorded(method, command, masked, reply.status, self.clock.now(), connection)

    def _written(self, reply: _Reply) -> Answer:
        dialect = self.rules.dialect
        text = reply.error_string
        if text is None and reply.status != SUCCESS:
            text = error_text(reply.status)
        body = dialect.write(reply.status, reply.payload, text)
        return Answer(self.rules.http_status, body, dialect.content_type)
