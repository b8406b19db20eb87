"""The session machine's reference model: what a client may send, given what it was answered.

A plain model of one client, which sees only what passes over the wire, the clock, and what the
test itself asked for. Whatever the client sends must be what the model allows at that moment: a
command only with the pair of keys that the last handshake of its customer brought, and only while
both are fresh; a handshake only when there is a reason for it, one at a time, and not within the
cool-down after one that failed. What it does not allow becomes an entry in ``faults``.
"""

from typing import Any

from attrs import define, field

from boxapis import BoxAPIError, SessionExpiredError
from tests.support import doubles
from tests.support.doubles import CUSTOMER, PAYMENT, FakeClock, mark_in
from tests.support.session_notes import (
    CREDENTIALS,
    DEAD,
    FRESH,
    REFUSED,
    SOONEST_KEPT,
    TRUSTED,
    UPDATE_FAILED,
    Call,
    Holder,
    kind_of,
    status_of,
)
from tests.support.session_service import Answer, Watcher, Wire

__all__ = ["Book"]


@define(eq=False)
class Book(Watcher):
    """The model's state of one client.

    Attributes:
        clock: The client's clock.
        keep_alive: Whether the client keeps sessions alive.
        crowded: Whether requests may have to wait for a connection slot.
        blurred: Whether something happened that the wire does not show; then faults are ignored.
        holders: The customers, by name.
        calls: The calls under way, by number.
        api_key: The key of the current API session.
        api_refused: Whether the service refused that session to a command.
        api_used: The start of the last request that was properly answered, by API session.
        api_cool_down_until: The end of the cool-down after a failed API handshake.
        api_failure: The error of that handshake, by class name.
        portal: The API handshake under way.
        standby: The key of the newest standby: the API session beside the current one.
        is_begun: Whether a standby may have been begun that the wire does not show yet.
        beside: The keys of every API session that was opened as a standby.
        closing: Whether the user has closed the client.
        closed: Whether the close has ended.
        faults: Everything the client did that was not allowed.
    """

    clock: FakeClock
    keep_alive: bool = False
    crowded: bool = False
    blurred: bool = False
    holders: dict[str, Holder] = field(factory=dict)
    calls: dict[int, Call] = field(factory=dict)
    api_key: str = ""
    api_refused: bool = False
    api_used: dict[str, float] = field(factory=dict)
    api_cool_down_until: float = 0.0
    api_failure: str = ""
    portal: Wire | None = None
    standby: str = ""
    is_begun: bool = False
    beside: set[str] = field(factory=set)
    closing: bool = False
    closed: bool = False
    faults: list[str] = field(factory=list)

    @property
    def now(self) -> float:
        """The current time, on the client's clock."""
        return self.clock.moment

    def api_is_fresh(self, key: str) -> bool:
        """Whether an API session is young enough."""
        return key in self.api_used and self.now - self.api_used[key] < FRESH

    @property
    def api_stands(self) -> bool:
        """Whether the current API session may be used."""
        return not self.api_refused and self.api_is_fresh(self.api_key)

    def is_fresh(self, holder: Holder) -> bool:
        """Whether a command may be sent without a handshake."""
        young = holder.state == "live" and self.now - holder.used < FRESH
        return young and self.api_stands and holder.base == self.api_key

    def wants_key(self, holder: Holder) -> bool:
        """Whether a renewal must use the key, because the password need not be sent."""
        if holder.key is None or not holder.has_password:
            return holder.key is not None
        alive = holder.state == "live" and self.now - holder.used < DEAD
        return alive or holder.state == "given"

    def check(self, holds: bool, rule: str, wire: Wire) -> None:  # noqa: FBT001 - an assertion
        """Notes a fault when a rule does not hold."""
        if not holds and not self.blurred:
            self.faults.append(f"{wire.name}: {rule}")

    # Requests

    def leaves(self, wire: Wire) -> None:
        """Checks that a request is allowed when it leaves the client."""
        self.check(not self.closed, "sent after the end", wire)
        match wire.name:
            case doubles.PORTAL:
                self._portal_leaves(wire)
            case doubles.CUSTOMER:
                self._customer_leaves(wire, self.holders[wire.user])
            case doubles.LOG_OUT:
                self._log_out_leaves(wire, self.holders[wire.user])
            case _:
                self._command_leaves(wire, self.holders[wire.user])

    def _portal_leaves(self, wire: Wire) -> None:
        self.check(not self.closing, "a handshake begun while closing", wire)
        self.check(self.portal is None, "two handshakes at once", wire)
        self.portal, is_begun, self.is_begun = wire, self.is_begun, False
        wire.again = self.api_stands
        if not wire.again:
            self.check(self.now >= self.api_cool_down_until, "a handshake in the cool-down", wire)
            return
        needed = is_begun or self._is_doubted(self.api_key)
        self.check(needed, "a handshake beside a valid session", wire)
        self.check(not self.is_standby_kept, "a second standby", wire)

    @property
    def is_standby_kept(self) -> bool:
        """Whether the standby is young enough to be used a second time."""
        return bool(self.standby) and self.now - self.api_used[self.standby] < TRUSTED

    def _waits_for_another(self, holder: Holder) -> bool:
        """Whether a renewal goes on as soon as there is another API session."""
        return holder.handshake is None and bool(holder.chain) and not self._to_password(holder)

    def _to_password(self, holder: Holder) -> bool:
        """Whether a refused key must be followed by the password."""
        return holder.has_password and holder.chain[-1].key is not None

    def _is_doubted(self, base: str) -> bool:
        """Whether a customer was refused on this API session, so that either key may be over."""
        return any(
            base in (holder.refused_on, *(wire.api for wire in holder.chain[-1:]))
            for holder in self.holders.values()
        )

    def _customer_leaves(self, wire: Wire, holder: Holder) -> None:
        wire.generation = holder.generation
        last = holder.chain[-1] if holder.chain else None
        if last is not None and self._has_moved(last):
            holder.sure = False
        wire.again = last is not None and holder.sure and wire.api != last.api
        wire.over = last.api if last is not None else ""
        known = wire.api == self.api_key and self.api_stands
        self.check(not self.closing, "a handshake begun while closing", wire)
        self.check(holder.state != "out", "a handshake after the log-out", wire)
        self.check(holder.handshake is None, "two handshakes at once", wire)
        self.check(known or bool(last), "on an API session of another generation", wire)
        self.check(self.api_is_fresh(wire.api), "on an API session that may be dead", wire)
        self.check(wire.key in (None, holder.key), "with a key of another generation", wire)
        if holder.sure:
            with_key = self._goes_on(wire, holder) if holder.chain else self._begins(wire, holder)
            self.check(with_key == (wire.key is not None), "key and password mixed up", wire)
        holder.handshake = wire

    def _has_moved(self, last: Wire) -> bool:
        """Whether the API session has changed since a refusal: then the renewal may start over."""
        return last.api != self.api_key or not self.api_stands

    def _begins(self, wire: Wire, holder: Holder) -> bool:
        """The first handshake of a renewal needs a reason; returns whether it must use the key."""
        kept = self.keep_alive and not holder.has_password and holder.idled
        reason = not self.is_fresh(holder) or holder.asked or kept
        quiet = self.now < holder.cool_down_until and not holder.asked
        self.check(reason, "a handshake beside a valid session", wire)
        self.check(not quiet, "a handshake in the cool-down", wire)
        return self.wants_key(holder)

    def _goes_on(self, wire: Wire, holder: Holder) -> bool:
        """After a refusal: with the password at once, else once more on another API session."""
        last = holder.chain[-1]
        to_password = self._to_password(holder)
        self.check(wire.again != to_password, "the wrong API session after a refusal", wire)
        return last.key is not None and not to_password

    def _log_out_leaves(self, wire: Wire, holder: Holder) -> None:
        wanted = wire.key in holder.late_keys or wire.key in holder.leaving
        self.check(wanted, "a log-out that was not asked for", wire)
        holder.late_keys.discard(wire.key or "")

    def _command_leaves(self, wire: Wire, holder: Holder) -> None:
        call = self.calls[int(mark_in(wire.arguments))]
        wire.generation = holder.generation
        one = (wire.api, wire.key) == (holder.base, holder.key)
        same_customer = wire.arguments.get("customer_id", str(holder.number)) == str(holder.number)
        proven = [status_of(answer) in (*REFUSED, UPDATE_FAILED) for answer in call.verdicts]
        self.check(not self.closing, "a command begun while closing", wire)
        self.check(one and same_customer, "fields of two generations", wire)
        self.check(self.is_fresh(holder), "with a session that may be dead", wire)
        self.check(call.sent == len(proven), "two requests of one call at once", wire)
        self.check(all(proven) and len(proven) < 2, "repeated without need", wire)
        call.sent += 1

    # Answers

    def arrives(self, wire: Wire, answer: Answer) -> None:
        """Updates the model when an answer arrives."""
        match wire.name:
            case doubles.PORTAL:
                self._portal_arrives(wire, answer)
            case doubles.CUSTOMER:
                self._customer_arrives(wire, answer, self.holders[wire.user])
            case doubles.LOG_OUT:
                self._log_out_arrives(wire, answer, self.holders[wire.user])
            case _:
                self._command_arrives(wire, answer, self.holders[wire.user])

    def is_cut(self, wire: Wire) -> None:
        """The client has given up waiting for the answer."""
        holder = self.holders.get(wire.user)
        if holder is not None and holder.handshake is wire:
            holder.handshake = None

    def _portal_arrives(self, wire: Wire, answer: Answer) -> None:
        self.portal = None
        if status_of(answer) != 200 or isinstance(answer, BoxAPIError):
            self._portal_fails(kind_of(answer), beside=wire.again and self.api_stands)
            return
        key = str(answer["sessionKey"])
        self.api_used[key] = wire.started
        if self.api_stands and wire.again:
            self.standby = key
            self.beside.add(key)
        elif not self.api_stands:
            self.api_key, self.api_refused, self.api_cool_down_until = key, False, 0.0

    def _portal_fails(self, failure: str, *, beside: bool) -> None:
        """A standby that fails ends the renewals that wait for it; another failure ends all."""
        if not beside:
            self.api_failure = failure
            self.api_cool_down_until = self.now + (60.0 if failure in CREDENTIALS else 1.0)
        for holder in self.holders.values():
            if beside and self._waits_for_another(holder):
                self._fail(holder, failure)
            elif not beside:
                self._let(holder, failure)
                if holder.handshake is None:
                    holder.chain.clear()
                    holder.asked = False

    def _customer_arrives(self, wire: Wire, answer: Answer, holder: Holder) -> None:
        if holder.handshake is wire:
            holder.handshake = None
        status = status_of(answer)
        if status == 200 and isinstance(answer, dict):
            if wire.dropped and holder.key is None and "customerID" not in answer:
                return  # without a number, and after the log-out none is known to compare with
            self.api_used[wire.api] = max(self.api_used[wire.api], wire.started)
            key = answer.get("sessionKey") or answer.get("key") or wire.key
            self._opens(wire, str(key), holder)
        elif wire.dropped:
            pass
        elif status not in (*REFUSED, UPDATE_FAILED):
            self._fail(holder, kind_of(answer))
        elif wire.again:
            self._refused_for_good(wire, status, holder)
        else:
            holder.chain.append(wire)
            holder.sure = holder.sure and wire.started == self.now
            if not holder.sure:
                self._let(holder, "SessionExpiredError")
                self._let(holder, "AuthenticationError")

    def _opens(self, wire: Wire, key: str, holder: Holder) -> None:
        self._promote(wire.api, wire.over, holder)
        if wire.dropped:
            holder.late_keys |= {key} - holder.leaving
            return
        holder.key, holder.base, holder.used, holder.state = key, wire.api, wire.started, "live"
        holder.generation += 1
        holder.asked, holder.sure, holder.idled, holder.cool_down_until = False, True, False, 0.0
        holder.chain.clear()

    def _promote(self, api: str, over: str, holder: Holder) -> None:
        """A standby that proved good for a customer replaces the session that did not."""
        if api == over or api not in self.beside or self.api_key != over:
            return
        # A handshake may have been begun that is not on the wire yet, because another customer was
        # refused just before; where requests wait for a slot, it may stay so for long.
        self.is_begun = any(
            other is not holder and self._waits_for_another(other) and other.chain[-1].api == over
            for other in self.holders.values()
        )
        self.blurred |= self.crowded and (self.is_begun or not self.api_stands)
        if self.api_stands or self.portal is None:
            self.api_key, self.api_refused, self.standby = api, False, ""

    def _refused_for_good(self, wire: Wire, status: int, holder: Holder) -> None:
        wrong_user = wire.key is None and status == 600
        if wire.key is not None and status != UPDATE_FAILED:
            holder.key, holder.state = None, "none"
        self._fail(holder, "AuthenticationError" if wrong_user else "SessionExpiredError")

    def _fail(self, holder: Holder, failure: str) -> None:
        holder.failure = failure
        holder.cool_down_until = self.now + (60.0 if failure in CREDENTIALS else 1.0)
        holder.asked = False
        holder.chain.clear()
        self._let(holder, failure)

    def _let(self, holder: Holder, failure: str) -> None:
        for call in self.calls.values():
            if call.holder is holder:
                call.allowed.add(failure)

    def _log_out_arrives(self, wire: Wire, answer: Answer, holder: Holder) -> None:
        status = status_of(answer)
        if status in REFUSED:
            holder.refused_on = wire.api
        elif status == 200 and holder.refused_on not in ("", wire.api):
            self._promote(wire.api, holder.refused_on, holder)

    def _command_arrives(self, wire: Wire, answer: Answer, holder: Holder) -> None:
        call, status = self.calls[int(mark_in(wire.arguments))], status_of(answer)
        call.verdicts.append(answer)
        current = wire.generation == holder.generation and holder.state == "live"
        unproven = status == UPDATE_FAILED and call.name == PAYMENT
        if unproven or not status:
            return
        if status not in (*REFUSED, UPDATE_FAILED):
            self.api_used[wire.api] = max(self.api_used[wire.api], wire.started)
            if wire.generation == holder.generation:
                holder.used = max(holder.used, wire.started)
        elif current:
            holder.state = "refused"
            self._api_is_refused(wire.api)

    def _api_is_refused(self, api: str) -> None:
        if api != self.api_key or self.api_refused:
            return
        if self.is_standby_kept:
            self.api_key, self.standby = self.standby, ""
        else:
            self.api_refused = True

    # The user

    def begins(self, call: Call) -> None:
        """The user begins a call."""
        holder = call.holder
        self.calls[call.number] = call
        if holder.state == "out" or self.closing:
            call.allowed.add("ClientClosedError")
        if not holder.sure:  # it may have failed for good, and be in its cool-down
            call.allowed |= {"SessionExpiredError", "AuthenticationError"}
        if self.now < holder.cool_down_until:
            call.allowed.add(holder.failure)
        if self.now < self.api_cool_down_until:
            call.allowed.add(self.api_failure)

    def _is_hopeless(self, holder: Holder) -> bool:
        """Whether there may be no credential to open a session with."""
        return not holder.has_password and (holder.key is None or not holder.sure)

    def asks(self, holder: Holder) -> None:
        """The user asks for a handshake: it ends a cool-down and a log-out."""
        holder.asked = True
        holder.cool_down_until = self.api_cool_down_until = 0.0
        if holder.state == "out":
            holder.state = "none"

    def ends(self, holder: Holder) -> bool:
        """The user logs out; returns whether the service must get a log-out."""
        alive = holder.state == "given" or (
            holder.state == "live" and self.now - holder.used < DEAD
        )
        if alive and holder.key is not None:
            holder.leaving.add(holder.key)
        holder.key, holder.state, holder.asked, holder.refused_on = None, "out", False, ""
        self._drop(holder)
        self._let(holder, "ClientClosedError")
        return alive

    def _drop(self, holder: Holder) -> None:
        if holder.handshake is not None:
            holder.handshake.dropped = True
            holder.handshake = None
        holder.chain.clear()

    def closes(self) -> None:
        """The user closes the client."""
        self.closing = True
        for holder in self.holders.values():
            self._drop(holder)
            self._let(holder, "ClientClosedError")

    def time_passes(self) -> None:
        """The client's clock has moved: a renewal that is not finished may start over."""
        for holder in self.holders.values():
            holder.idled = holder.idled or self.now - holder.used >= SOONEST_KEPT
            if holder.chain:
                holder.sure = False

    # Outcomes

    def judge(self, call: Call, outcome: Any) -> None:
        """Checks that a call ended in an outcome that is allowed."""
        name = call.name or CUSTOMER
        kind = type(outcome).__name__ if isinstance(outcome, BaseException) else "answer"
        wanted = self._wanted(call)
        if kind not in wanted and not self.blurred:
            self.faults.append(f"{name}: ended in {kind}, not in {sorted(wanted)}")
        if isinstance(outcome, BoxAPIError):
            chained = outcome.__cause__ or outcome.__context__
            self.faults += [f"{name}: {kind} drags another along"] if chained else []
        if isinstance(outcome, SessionExpiredError) and len(call.verdicts) == 2:
            self.faults += [] if outcome.attempts == 2 else [f"{name}: {outcome.attempts} attempts"]
        if isinstance(outcome, dict) and mark_in(outcome["arguments"]) != str(call.number):
            self.faults.append(f"{name}: the answer of another call")

    def _wanted(self, call: Call) -> set[str]:
        more = {"CancelledError"} if call.cancelled else set()
        if self._is_hopeless(call.holder):
            more.add("SessionExpiredError")
        if call.is_late(self.now):
            more.add("RequestTimeoutError")
        answer = call.verdicts[-1] if call.verdicts else None
        if answer is None:
            return call.allowed | more | (set() if call.name else {"answer"})
        status, kind = status_of(answer), kind_of(answer)
        unproven = status in (0, UPDATE_FAILED)
        if call.name == PAYMENT and unproven:
            return more | {"OutcomeUnknownError"}
        if not status and self.closing:
            return more | {"ClientClosedError"}
        if kind == "SessionExpiredError" and len(call.verdicts) < 2:
            return more | call.allowed
        return more | {kind}
