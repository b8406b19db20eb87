"""Looks up the credentials that a run may have created before it was cut off.

Promises: nothing is created a second time, and no credential that may be another's is written to
unless the user says so. The service gives a creation no name, so a credential is known by its
carrier, the names of its parameters and its time, and another program may make one like it at the
same time. If none was made near that time, the rows were not created. Else the user is asked to
look, or adopts what fits: it was made while the row was under way, and no more were made near that
time, under ids that this import does not know, than there are rows. Which of several rows made one
does not matter, as its parameters are replaced.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

from attrs import frozen

from boxapis import BoxAPIError, Credential
from boxapis._core.clock import Clock
from boxapis.cli.imports.plan import Finding
from boxapis.cli.imports.rows import Row

__all__ = ["UnknownRow", "look_up"]

_SETTLED = 60.0
"""Seconds after which a request that was cut off cannot arrive any more."""

_NEAR = 60.0
"""Seconds by which the service's clock and this one may differ."""

_DOUBTFUL = 3600.0
"""Seconds before and after a call within which a foreign credential is not simply ruled out."""


@frozen
class UnknownRow:
    """A row that may have been created, and when; None if that is not recorded.

    Attributes:
        row: The row as it is now.
        begun_at: When it was begun, in seconds since 1970.
        is_unchanged: Whether it is as it was then, so that its carrier is known.
    """

    row: Row
    begun_at: float | None
    is_unchanged: bool


async def look_up(
    rows: Mapping[str, UnknownRow],
    list_credentials: Callable[[], Awaitable[Sequence[Credential]]],
    known_ids: Collection[int],
    clock: Clock,
    notify: Callable[[str], None],
    *,
    adopt: bool,
) -> dict[str, Finding]:
    """Finds out, by name, which of the rows were created.

    Args:
        rows: The rows by name.
        list_credentials: Returns all credentials of the user.
        known_ids: Ids that belong to rows for certain.
        clock: Source of time.
        notify: Called with a line for the user before it waits.
        adopt: Whether to take what fits for a row's.
    """
    if not rows:
        return {}
    latest = max(unknown.begun_at or 0.0 for unknown in rows.values())
    wait = min(latest + _SETTLED - clock.wall(), _SETTLED)
    if wait > 0:
        notify(f"waiting {wait:.0f} s for calls that were cut off, to look up what they did")
        await clock.sleep(wait)
    try:
        listed = await list_credentials()
    except BoxAPIError as error:
        finding = Finding("look up", f"it may exist, and cannot be looked up: {error}")
        return dict.fromkeys(rows, finding)
    strangers = [one for one in listed if one.id not in known_ids and one.deleted is None]
    return _findings(rows, strangers, adopt=adopt)


def _findings(
    rows: Mapping[str, UnknownRow], strangers: Iterable[Credential], *, adopt: bool
) -> dict[str, Finding]:
    times = [unknown.begun_at for unknown in rows.values()]
    suspects = [one for one in strangers if _is_near(one, times, _DOUBTFUL)]
    if not suspects:
        return dict.fromkeys(rows, Finding("create", "an earlier run did not create it"))
    if adopt and all(unknown.is_unchanged for unknown in rows.values()):
        groups: dict[str, list[str]] = {}
        for name, unknown in rows.items():
            groups.setdefault(unknown.row.carrier or "", []).append(name)
        matches = {
            carrier: [one for one in suspects if one.carrier == carrier] for carrier in groups
        }
        return {
            name: finding
            for carrier, names in groups.items()
            for name, finding in _match(names, rows, matches[carrier]).items()
        }
    return dict.fromkeys(rows, _doubt(suspects))


def _match(
    names: list[str], rows: Mapping[str, UnknownRow], suspects: list[Credential]
) -> dict[str, Finding]:
    """Gives the rows of one carrier the credentials of that carrier, or leaves all to the user."""
    findings = dict.fromkeys(names, Finding("create", "an earlier run did not create it"))
    free = list(names)
    for one in sorted(suspects, key=lambda one: one.id):
        fitting = [name for name in free if _fits(one, rows[name])]
        if not fitting:
            return dict.fromkeys(names, _doubt(suspects))
        free.remove(fitting[0])
        findings[fitting[0]] = Finding("update", "an earlier run created it", one.id)
    return findings


def _fits(one: Credential, unknown: UnknownRow) -> bool:
    """Whether a credential can be a row's: its parameters' names, as far as shown, and its time."""
    names = set(one.params)
    if unknown.begun_at is None or (names and names != set(unknown.row.params)):
        return False
    return _is_near(one, [unknown.begun_at], _NEAR)


def _is_near(one: Credential, times: Iterable[float | None], seconds: float) -> bool:
    created = one.created.timestamp()
    return any(time is None or -seconds <= created - time <= seconds + _SETTLED for time in times)


def _doubt(suspects: Sequence[Credential]) -> Finding:
    numbers = ", ".join(str(one.id) for one in suspects)
    return Finding("look up", f"it may exist as {numbers}")
