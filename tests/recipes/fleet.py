"""`Fleet`: worker processes of the recipe, which are restarted when they end, and their queue."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import define, field

from boxapis.sandbox import Sandbox
from tests.recipes.plans import Planned
from tests.support.command_line import surroundings
from tests.support.paths import ROOT

__all__ = ["AT_ONCE", "RECIPE", "Fleet"]

RECIPE = ROOT / "tests" / "recipes" / "rotation_workers.py"
AT_ONCE = 4
"""Number of calls that a worker makes at once."""

_PAUSE = 0.1  # seconds in which a worker may end instead


@define
class Fleet:
    """The workers and what they work with.

    Attributes:
        sandbox: The service.
        planned: The files of the plan.
        database: The URL of the database with the queue.
        heartbeat: Seconds between two signs of life of a worker.
        store: The address of the store that the workers share; empty for none.
        tries: Number of pauses after which `pauses` gives up.
        restarts: Number of workers that had ended and were started again by `pauses`.
    """

    sandbox: Sandbox
    planned: Planned
    database: str
    heartbeat: float = 1
    store: str = ""
    tries: int = 3000
    restarts: int = field(default=0, init=False)
    workers: "list[subprocess.Popen[bytes]]" = field(factory=list, init=False)

    @property
    def log(self) -> Path:
        """Path of the file with all that the workers print."""
        return self.planned.folder / "log.txt"

    def _variables(self) -> dict[str, str]:
        own = {"DATABASE_URL": self.database, "HEARTBEAT": str(self.heartbeat)}
        own |= {**self.planned.variables, "PYTHONPATH": str(ROOT)}
        own |= {"BOXAPIS_STORE": self.store} if self.store else {}
        return surroundings(**self.sandbox.environment, **own)

    def run(self, *arguments: str) -> str:
        """Runs a command of the recipe to its end; returns what it prints."""
        done = subprocess.run(
            [sys.executable, str(RECIPE), *arguments],
            env=self._variables(),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def queue(self) -> None:
        """Makes the tables and queues the plan."""
        self.run("setup")
        self.run("plan", self.planned.variables["PLAN"])

    def report(self) -> dict[str, Any]:
        """Returns the recipe's report."""
        found: dict[str, Any] = json.loads(self.run("report"))
        return found

    def start(self, number: int) -> None:
        """Starts a worker: a further one, or one that has ended."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, str(RECIPE), "work"],
                env=self._variables(),
                stdout=log,
                stderr=log,
            )
        self.workers[number : number + 1] = [process]

    def kill(self, *numbers: int) -> None:
        """Kills workers at once, and waits until they are gone."""
        for number in numbers:
            self.workers[number].kill()
        for number in numbers:
            self.workers[number].wait()

    def hold_all(self, count: int) -> None:
        """Waits until so many workers have as many calls under way as they make at once.

        The calls have been carried out, and their responses are held.
        """
        self.sandbox.boxc.hold_responses(until=1000)
        self.sandbox.boxc.wait_in_flight(count * AT_ONCE, seconds=60)

    def go_on(self) -> None:
        """Sends the held responses, and holds those of further calls."""
        self.sandbox.boxc.release_responses()
        self.sandbox.boxc.hold_responses(until=1000)

    def pauses(self) -> Iterator[None]:
        """Pauses until a test is satisfied; restarts what has ended, as a scheduler does."""
        for tried in range(self.tries):
            yield
            number = tried % len(self.workers)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.workers[number].wait(_PAUSE)
                self.start(number)
                self.restarts += 1
        raise AssertionError(self.log.read_text("utf-8", "replace"))

    def end(self) -> None:
        """Kills what is left."""
        self.sandbox.boxc.release_responses()
        self.kill(*range(len(self.workers)))
