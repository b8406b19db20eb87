"""The result of one check of the doctor."""

from typing import Literal

from attrs import frozen

__all__ = ["Check", "Verdict", "failed", "passed", "skipped"]

Verdict = Literal["ok", "failed", "skipped"]


@frozen
class Check:
    """One line of the report.

    Attributes:
        name: What was checked, such as ``"DNS"``.
        verdict: ``"ok"``, ``"failed"`` or ``"skipped"``.
        message: What was found, or why the check was skipped.
        advice: What to do about a failure, else an empty string.
        service: Name of the service, or an empty string for the settings as a whole.
    """

    name: str
    verdict: Verdict
    message: str
    advice: str = ""
    service: str = ""


def passed(name: str, message: str) -> Check:
    """A check that passed."""
    return Check(name, "ok", message)


def failed(name: str, message: str, advice: str) -> Check:
    """A check that failed, with advice."""
    return Check(name, "failed", message, advice)


def skipped(name: str, message: str) -> Check:
    """A check that was not made, with the reason."""
    return Check(name, "skipped", message)
