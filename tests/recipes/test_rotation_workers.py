"""The recipe for workers on many machines, with PostgreSQL; the sandbox counts what they do."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxapis.sandbox import BoxCService, RateLimit, Sandbox
from tests.engines.postgres import PostgresServer
from tests.recipes.fleet import AT_ONCE, Fleet
from tests.recipes.plans import VALUE, Planned

ROTATIONS, CREATIONS = 60, 40
ENDING = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%finish_job%'"
UNFINISHED = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"


@pytest.fixture
def fleet(postgres: PostgresServer, tmp_path: Path) -> Iterator[Fleet]:
    """Workers with a store, none of them started, and a plan that is queued."""
    with Sandbox(boxc=BoxCService(rate_limit=RateLimit(size=10_000))) as sandbox:
        planned = Planned(sandbox.boxc, tmp_path)
        planned.write(ROTATIONS, CREATIONS)
        fleet = Fleet(sandbox, planned, postgres.url, store=f"sqlite:{tmp_path / 'store.db'}")
        try:
            fleet.queue()
            yield fleet
        finally:
            fleet.end()


def start_three(fleet: Fleet) -> None:
    """Starts three workers, whose first calls are carried out and get no responses."""
    fleet.sandbox.boxc.hold_responses(until=1000)
    for number in range(3):
        fleet.start(number)


def work_to_the_end(fleet: Fleet, postgres: PostgresServer) -> None:
    """Lets the workers finish what is queued."""
    fleet.sandbox.boxc.release_responses()
    for _ in fleet.pauses():
        if postgres.query(UNFINISHED) == "0":
            return


def assert_accounted_for(fleet: Fleet, postgres: PostgresServer) -> set[str]:
    """Checks service, queue and report against each other; returns creations to look at."""
    planned, report = fleet.planned, fleet.report()
    planned.assert_rotated()
    again = report["begun again"]
    for number, times in planned.sent_twice.items():
        assert again[f"{number} {planned.rotated[number]}"] >= times
    assert set(planned.creations.values()) == {1}
    look = {one["item"] for one in report["look at"]}
    jobs = Counter(report["jobs"])
    assert look <= set(planned.created)
    assert set(planned.created) - set(planned.creations) <= look
    assert jobs == Counter(
        {
            "rotate succeeded": len(planned.rotated),
            "create succeeded": len(planned.created) - len(look),
            "create aborted": len(look),
        }
    )
    noted = postgres.query("SELECT item, credential FROM rotation_items WHERE credential > 0")
    for item, _, made in (line.partition("|") for line in noted.splitlines()):
        assert planned.stored(int(made)) == item
    return look


def test_two_of_three_workers_are_killed_twice(fleet: Fleet, postgres: PostgresServer) -> None:
    """F241: rotations are sent again until each is done; creations that were cut off are reported.

    At each kill every worker has calls under way that the service has carried out.
    """
    start_three(fleet)
    for _ in range(2):
        fleet.hold_all(3)
        fleet.kill(0, 1)
        fleet.go_on()
        fleet.start(0)
        fleet.start(1)
    work_to_the_end(fleet, postgres)
    look = assert_accounted_for(fleet, postgres)
    assert look
    assert fleet.planned.sent_twice
    assert Path(fleet.store.removeprefix("sqlite:")).exists()
    rows = "SELECT * FROM procrastinate_jobs, rotation_items"
    assert VALUE not in postgres.query(rows) + fleet.log.read_text("utf-8")


def test_a_worker_is_asked_to_stop(fleet: Fleet, postgres: PostgresServer) -> None:
    """Calls under way end and are recorded, so that nothing is begun again."""
    fleet.sandbox.boxc.hold_responses(until=1000)
    fleet.start(0)
    fleet.hold_all(1)
    fleet.workers[0].send_signal(signal.SIGTERM)
    fleet.sandbox.boxc.release_responses()
    assert fleet.workers[0].wait() == 0
    fleet.start(0)
    work_to_the_end(fleet, postgres)
    assert assert_accounted_for(fleet, postgres) == set()
    assert fleet.report()["begun again"] == {}


def test_a_worker_that_was_believed_dead_wakes(fleet: Fleet, postgres: PostgresServer) -> None:
    """F242: others have done its rotations; the ids of its creations are noted, and it ends."""
    start_three(fleet)
    fleet.hold_all(3)
    fleet.workers[0].send_signal(signal.SIGSTOP)
    work_to_the_end(fleet, postgres)
    fleet.workers[0].send_signal(signal.SIGCONT)
    for _ in fleet.pauses():
        if fleet.restarts and all(one["credential"] for one in fleet.report()["look at"]):
            break
    assert_accounted_for(fleet, postgres)


def test_the_end_of_a_job_cannot_be_written(fleet: Fleet, postgres: PostgresServer) -> None:
    """F243: the database ends connections meanwhile; the worker ends, and the jobs are judged."""
    import psycopg  # noqa: PLC0415 - a server's package, missing where these tests are not run

    start_three(fleet)
    fleet.hold_all(3)
    with psycopg.connect(postgres.url, autocommit=True) as locking, locking.transaction():
        locking.execute("LOCK TABLE procrastinate_jobs IN EXCLUSIVE MODE")
        fleet.sandbox.boxc.release_responses()
        for _ in fleet.pauses():
            if int(postgres.query(f"SELECT count(*) {ENDING}")) >= AT_ONCE:
                break
        postgres.query(f"SELECT pg_terminate_backend(pid) {ENDING}")
    work_to_the_end(fleet, postgres)
    assert_accounted_for(fleet, postgres)
    assert fleet.restarts


def test_the_database_crashes(fleet: Fleet, postgres: PostgresServer) -> None:
    """F243: the same while it is away: jobs end later, or are judged."""
    start_three(fleet)
    fleet.hold_all(3)
    postgres.kill()
    fleet.sandbox.boxc.release_responses()
    postgres.start()
    work_to_the_end(fleet, postgres)
    assert_accounted_for(fleet, postgres)


def test_what_every_job_would_meet(fleet: Fleet, postgres: PostgresServer) -> None:
    """F244: a refused token ends the worker; its jobs wait for a worker with another one."""
    boxc = fleet.sandbox.boxc
    boxc.revoke_tokens()
    fleet.start(0)
    assert fleet.workers[0].wait() == 1
    assert boxc.counts.total() <= AT_ONCE * 2
    assert postgres.query(UNFINISHED) == str(ROTATIONS + CREATIONS)
    boxc.ready_token = boxc.issue_token()
    fleet.start(0)
    work_to_the_end(fleet, postgres)
    assert assert_accounted_for(fleet, postgres) == set()


def test_a_plan_is_queued_once(fleet: Fleet, postgres: PostgresServer) -> None:
    """It may be given again; one that is faulty is not queued in part."""
    plan = Path(fleet.planned.variables["PLAN"])
    fleet.run("plan", str(plan))
    with plan.open("a", encoding="utf-8") as file:
        file.write(",one-more,Janio,made-0\nno-number,,Janio,made-0\n")
    with pytest.raises(AssertionError, match="invalid literal"):
        fleet.run("plan", str(plan))
    for count in (UNFINISHED, "SELECT count(*) FROM rotation_items"):
        assert postgres.query(count) == str(ROTATIONS + CREATIONS)
