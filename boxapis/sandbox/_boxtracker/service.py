"""The Box Tracker stand-in: takes arguments, gives answers, and can be watched and steered."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve, field, frozen

from boxapis.sandbox._answer import Answer, json_or_none
from boxapis.sandbox._boxtracker.commands import COMMANDS
from boxapis.sandbox._boxtracker.data import Amounts, Customer, Entry, made_up_customer
from boxapis.sandbox._boxtracker.faults import (
    USUAL_COMMANDS,
    BoxTrackerFault,
    boxtracker_troubles,
)
from boxapis.sandbox._boxtracker.refusals import SUCCESS, WRONG_ADDRESS, Refusal, error_text
from boxapis.sandbox._boxtracker.rules import BoxTrackerRules
from boxapis.sandbox._boxtracker.state import BoxTrackerState
from boxapis.sandbox._clock import SandboxClock
from boxapis.sandbox._faults import Trouble, checked
from boxapis.sandbox._prepared import ANY_OPERATION
from boxapis.sandbox._records import Recorded, masked_arguments
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
        reused: bool = False,
    ) -> Answer:
        """Carry out one command.

        Empty arguments count as absent. `address` and `connection` are the caller's address and
        port; `reused` tells whether a request came over that connection before.
        """
        given = {name: value for name, value in arguments.items() if value}
        command = given.get("command", "")
        with self._lock:
            trouble = self._befalling(command, ANY_OPERATION, reused=reused)
            status, answer = self._answer(given, address, trouble)
            self._remember(command, self._record(method, command, given, status, connection))
            return evolve(answer, mishap=trouble.mishap)

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

    def fault(self, name: BoxTrackerFault, *, times: int = 1, operation: str | None = None) -> None:
        """Let something go wrong with the next `times` requests.

        Without an `operation`, the name of a command, every request counts, handshakes included;
        a declined card is the answer to ``cmdBoxTPortalProcessPayment`` alone. The names:

        - ``expire_key``: five idle minutes go by for every session, and then it is looked at.
        - ``forget_sessions``: the service is started anew and knows no session any more.
        - ``card_declined``: status 340, and nothing is charged.
        - ``server_error``: status 900.
        - ``bad_gateway``: HTTP status 502 with a page.
        - ``html_page``: HTTP status 200 with a page.
        - ``rate_limit_storm``: HTTP status 429.
        - ``wrong_customer``: carried out, but answered with another customer's data.
        - ``answer_twice``: carried out, and answered two times over.
        - ``lost_answer``: carried out, and the connection is reset before the answer.
        - ``half_body``: carried out, and the connection is closed in the middle of the answer.
        - ``stall``: carried out, and never answered, over a connection that stays open.
        - ``reset_on_reuse``: the connection is reset before anything is carried out; only requests
          count that come over a connection which has been used before.

        Raises ValueError for an unknown name or operation, and for fewer than one time.
        """
        troubles = boxtracker_troubles(self.expire_all, self.forget_all, self._refused)
        command = checked(operation, COMMANDS, USUAL_COMMANDS.get(name, ANY_OPERATION))
        self._lay_fault(troubles, name, command, times)

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

    def _answer(
        self, arguments: Mapping[str, str], address: str, trouble: Trouble
    ) -> tuple[int, Answer]:
        """The status in the body, 0 where it has none, and the answer."""
        if trouble.instead is not None:
            return _status_in(trouble.instead), trouble.instead
        reply = self._reply(arguments, address, another=trouble.another)
        return reply.status, self._written(reply)

    def _reply(self, arguments: Mapping[str, str], address: str, *, another: bool) -> _Reply:
        if forced := self._script.take(arguments.get("command", ""), ANY_OPERATION):
            return forced
        try:
            return _Reply(SUCCESS, self._shown_payload(arguments, address, another=another))
        except Refusal as refusal:
            return _Reply(refusal.status)

    def _shown_payload(self, arguments: Mapping[str, str], address: str, *, another: bool) -> Entry:
        self._state.strays = another
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
        status: int,
        connection: int,
    ) -> Recorded:
        masked = masked_arguments(arguments)
        return Recorded(method, command, masked, status, self.clock.now(), connection)

    def _refused(self, status: int) -> Answer:
        return self._written(_Reply(status))

    def _written(self, reply: _Reply) -> Answer:
        dialect = self.rules.dialect
        text = reply.error_string
        if text is None and reply.status != SUCCESS:
            text = error_text(reply.status)
        body = dialect.write(reply.status, reply.payload, text)
        return Answer(self.rules.http_status, body, dialect.content_type)


def _status_in(answer: Answer) -> int:
    match json_or_none(answer.body):
        case {"status": int() | str() as status}:
            return int(status)
        case _:
            return 0
