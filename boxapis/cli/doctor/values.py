"""What the doctor says of each thing it looked at."""

from typing import Literal

from attrs import frozen

__all__ = ["Check", "Verdict", "failed", "fine", "skipped"]

Verdict = Literal["ok", "failed", "skipped"]


@frozen
class Check:
    """One line of the report.

    Attributes:
        name: What was looked at.
        verdict: How it was found.
        said: What was found, in plain words.
        advice: What to do; empty where nothing is to be done.
        service: Whose it is.
    """

    name: str
    verdict: Verdict
    said: str
    advice: str = ""
    service: str = ""


def fine(name: str, said: str) -> Check:
    """Nothing to complain of."""
    return Check(name, "ok", said)


def failed(name: str, said: str, advice: str) -> Check:
    """Something is wrong, and what to do."""
    return Check(name, "failed", said, advice)


def skipped(name: str, said: str) -> Check:
    """Not looked at, and why."""
    return Check(name, "skipped", said)
