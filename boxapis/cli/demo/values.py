"""What a run of the demo says of itself."""

from collections.abc import Awaitable, Callable, Mapping

from attrs import frozen

__all__ = ["Action", "Check", "Finding", "Outcome", "Plan", "Step"]


@frozen
class Check:
    """One number: what the other side should have counted, and what it did count."""

    name: str
    expected: int
    counted: int

    @property
    def passed(self) -> bool:
        """Whether both are the same."""
        return self.expected == self.counted

    def __str__(self) -> str:
        return f"{self.name}: expected {self.expected}, counted {self.counted}"


@frozen
class Finding:
    """What an action did, in words and in numbers."""

    happened: str
    checks: tuple[Check, ...]


Action = Callable[[], Awaitable[Finding]]


@frozen
class Plan:
    """A step that is still to be taken."""

    service: str
    title: str
    action: Action


@frozen(kw_only=True)
class Step:
    """A step that was taken.

    Attributes:
        service: Which of the two it was taken with.
        title: Its name.
        happened: What was done, with the numbers counted.
        checks: The numbers, each with the one that was expected.
        error: Why the step broke off; empty when it came to its end.
        seconds: How long it took.
    """

    service: str
    title: str
    happened: str
    checks: tuple[Check, ...]
    error: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether it came to its end with every number right."""
        return not self.problems

    @property
    def problems(self) -> tuple[str, ...]:
        """What is off, each in one line."""
        wrong = tuple(str(check) for check in self.checks if not check.passed)
        return (self.error, *wrong) if self.error else wrong


@frozen(kw_only=True)
class Outcome:
    """The whole run.

    Attributes:
        steps: Those that were taken; the last one may have broken off.
        planned: How many there should have been.
        requests: Operation to how often the other side was asked for it.
        seconds: How long all of it took.
    """

    steps: tuple[Step, ...]
    planned: int
    requests: Mapping[str, int]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every step was taken and passed."""
        return len(self.steps) == self.planned and all(step.passed for step in self.steps)
