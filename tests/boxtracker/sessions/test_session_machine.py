"""A state machine over whole clients: logins, calls, expiries, refusals, closes, in any order.

Hypothesis chooses the order; `session_world` carries out the events, and checks the invariants.
``BOXAPIS_STRESS=50`` makes the 2,000 examples 100,000.
"""

import os
import sys
from collections import Counter
from itertools import product
from typing import Any, ClassVar

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.support.session_world import HELD, MANY, REFUSALS, Flavour, World

EXAMPLES = 2000 * int(os.environ.get("BOXAPIS_STRESS", "1"))
STEPS = 16
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)

Event = tuple[Any, ...]
FLAVOURS = tuple(
    Flavour(*columns)
    for columns in product(
        (MANY, MANY, 2, 1), ("same", "new", "place", "bare"), (False, True), (False, True)
    )
)
WHO = range(3)
SECONDS = (1.0, 59.0, 121.0, 181.0, 239.0, 240.0, 300.0, 1e7)
USER: tuple[Event, ...] = (
    *product(("call",), WHO, (1, 1, 1, 2, 5)),
    *product(("pay", "hurry"), WHO),
    *product(("log_in", "log_in", "log_out", "another"), WHO),
    *product(("cancel",), (0, -1, 1)),
    *(("close_or_reopen",),) * 2,
)
SERVICE: tuple[Event, ...] = (
    *product(("lose",), ("all", "all", "api", "customers", "restart", "rival")),
    *product(("refuse",), WHO, REFUSALS),
    *product(("duel",), WHO),
    *product(("trouble",), (200, 200, 900, 500, 509, "lock")),
)
TIME: tuple[Event, ...] = (
    *product(("time",), ("both", "client"), SECONDS),
    *product(("time",), ("service",), (239.0, 300.0)),
    *(("idle",),) * 2,
    *product(("wall_clock",), (-86400.0, 86400.0)),
)
WIRE: tuple[Event, ...] = (
    *product(("answer",), (0, 1, -1), (None, None, None, None, 507, 508, 700, 900, "lost")),
    *product(("answer",), (0, -1), (301, 305, 509, 600)),
    *product(("hold",), ("", "", "")),
    *(("let_go",),) * 10,
    *product(("overtake",), WHO, ("all", "customers", "restart")),
    *product(("linger", "linger"), WHO),
)


class SessionMachine(RuleBasedStateMachine):
    """A world, and one rule for all events in it.

    One rule, because hypothesis leaves out half of the rules of an example, and little happens to a
    client without calls, without time, or without answers that are held.
    """

    examples: ClassVar[Counter[str]] = Counter()

    @initialize(flavour=st.sampled_from(FLAVOURS))
    def begins(self, flavour: Flavour) -> None:
        """Makes a world with one of the sets of options."""
        self.world = World(flavour)

    @rule(event=st.sampled_from(USER * 2 + SERVICE + TIME + WIRE), held=st.sampled_from([*HELD]))
    def happens(self, event: Event, held: str) -> None:
        """An event happens, and the client reacts to it."""
        world, (name, *arguments) = self.world, event
        if name in ("answer", "let_go", "hold") and not (world.line.held or world.line.parked):
            name, arguments = "hold", [held]
        world.happens(name, *arguments)

    def teardown(self) -> None:
        """New calls succeed, and nothing is left."""
        if not hasattr(self, "world"):
            return
        try:
            if sys.exc_info()[0] is None:  # neither failed nor given up half-way
                self.world.check_recovery()
                self.examples["run"] += 1
        finally:
            self.world.leave()


class SharingMachine(SessionMachine):
    """The same with a store that no other process uses."""

    examples: ClassVar[Counter[str]] = Counter()

    @initialize(flavour=st.sampled_from(FLAVOURS))
    def begins(self, flavour: Flavour) -> None:
        """Makes a world with a store."""
        self.world = World(evolve(flavour, shares=True))


@pytest.mark.parametrize(
    ("machine", "share"), [(SessionMachine, 1), (SharingMachine, 5)], ids=["alone", "with a store"]
)
def test_sessions(machine: type[SessionMachine], share: int) -> None:
    """In no order of events does the client send, or a call end in, what the model forbids."""
    machine.examples.clear()
    run_state_machine_as_test(machine, settings=settings(SETTINGS, max_examples=EXAMPLES // share))
    assert machine.examples["run"] >= EXAMPLES // share
