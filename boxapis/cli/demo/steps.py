"""The steps of the demo and their results."""

from collections.abc import Awaitable, Callable, Mapping

from attrs import frozen

__all__ = ["Action", "ActionResult", "CountCheck", "DemoResult", "Step", "StepResult"]


@frozen
class CountCheck:
    """A number that the sandbox counted, compared with the expected one."""

    name: str
    expected: int
    counted: int

    @property
    def passed(self) -> bool:
        """Whether the two numbers are equal."""
        return self.expected == self.counted

    def __str__(self) -> str:
        return f"{self.name}: expected {self.expected}, counted {self.counted}"


@frozen
class ActionResult:
    """What an action did, in words and in checked numbers."""

    summary: str
    checks: tuple[CountCheck, ...]


Action = Callable[[], Awaitable[ActionResult]]


@frozen
class Step:
    """A step of the demo: the name of its service, a title, and what it does."""

    service: str
    title: str
    action: Action


@frozen(kw_only=True)
class StepResult:
    """The result of a step.

    Attributes:
        service: Name of the service.
        title: Title of the step.
        summary: What was done, with the numbers counted.
        checks: The numbers counted, each with the expected one.
        error: The error that ended the step, or an empty string.
        seconds: Duration of the step.
    """

    service: str
    title: str
    summary: str
    checks: tuple[CountCheck, ...]
    error: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether the step ended without an error and with every number as expected."""
        return not self.problems

    @property
    def problems(self) -> tuple[str, ...]:
        """The error and the unexpected numbers, each in one line."""
        wrong = tuple(str(check) for check in self.checks if not check.passed)
        return (self.error, *wrong) if self.error else wrong


@frozen(kw_only=True)
class DemoResult:
    """The result of the whole demo.

    Attributes:
        steps: Results of the steps that ran; an error in a step ends the demo.
        planned: Number of steps in the demo.
        requests: Number of requests by operation, as the sandbox counted them.
        seconds: Duration of the demo.
    """

    steps: tuple[StepResult, ...]
    planned: int
    requests: Mapping[str, int]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every step ran and passed."""
        return len(self.steps) == self.planned and all(step.passed for step in self.steps)
