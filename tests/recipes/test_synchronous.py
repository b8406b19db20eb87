"""The recipes for synchronous programs: real servers with threads, a real worker, real kernels."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import frozen
from celery import Celery
from jupyter_client.manager import start_new_kernel

from boxapis import BoxTracker, ConfigurationError
from boxapis.sandbox import Sandbox
from tests.engines.redis import RedisServer
from tests.recipes.blocking import Blocking
from tests.servers.program import Program, free_port
from tests.support.command_line import surroundings
from tests.support.moving import forked
from tests.support.paths import ROOT

pytestmark = pytest.mark.servers

HERE = Path(__file__).parent
THREADS, WORKERS = 8, 2
PORTAL, CUSTOMER = "cmdBoxTPortalHandShake", "cmdBoxTPortalCustomerHandShake"
JOB_SITES = "cmdBoxTPortalJobsiteList"
PROGRAM = """
import atexit
from blocking import Blocking
from boxapis import BoxTracker

async def used(client):
    await client.handshakes.portal()
    return client

atexit.register(lambda: print(client))  # the last one to be called
tracker = Blocking(BoxTracker.from_env)
client = tracker.run(used)
print(client)
raise SystemExit(7)
"""
TASKS = ("count_job_sites", "order_number")


def handshakes(sandbox: Sandbox) -> tuple[int, int]:
    """The numbers of portal and of customer handshakes so far."""
    return sandbox.boxtracker.counts[PORTAL], sandbox.boxtracker.counts[CUSTOMER]


def credentials(sandbox: Sandbox) -> tuple[str, str]:
    """User name and password of the customer."""
    names = ("BOXTRACKER_CUSTOMER_USERNAME", "BOXTRACKER_CUSTOMER_PASSWORD")
    username, password = (sandbox.environment[name] for name in names)
    return username, password


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Both services."""
    with Sandbox() as started:
        yield started


@frozen
class Served:
    """A recipe behind gunicorn, and what it calls."""

    url: str
    sandbox: Sandbox
    log: Path

    def ask(self, password: str = "") -> int:
        """Sends a request over a connection of its own; returns the status."""
        username, right = credentials(self.sandbox)
        auth = (username, password or right)
        return httpx.get(self.url, auth=auth, trust_env=False, timeout=60).status_code

    def ask_at_once(self, count: int) -> set[int]:
        """Sends so many requests at the same time; returns their statuses."""
        with ThreadPoolExecutor(count) as pool:
            return set(pool.map(lambda _: self.ask(), range(count)))


@pytest.fixture(params=["flask_service:app", "django_blocking:application"])
def served(request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path) -> Iterator[Served]:
    """Each recipe in two worker processes of eight threads."""
    port, log = free_port(), tmp_path / "log.txt"
    options = f"--threads={THREADS} --workers={WORKERS} --bind=127.0.0.1:{port} --chdir={HERE}"
    program = Program(
        [sys.executable, "-m", "gunicorn", *options.split(), request.param],
        port,
        log,
        variables={**sandbox.environment, "BOXAPIS_STORE": f"sqlite:{tmp_path}/store.db"},
    )
    program.start()
    try:
        yield Served(f"http://127.0.0.1:{port}/job-sites", sandbox, log)
    finally:
        program.stop()
    assert "Traceback" not in log.read_text("utf-8")


def test_one_handshake_for_all_threads(served: Served) -> None:
    """F266: threads of forked workers that begin at once share a session, and are not queued."""
    assert served.ask_at_once(2 * THREADS) == {200}
    assert handshakes(served.sandbox) == (1, 1)
    served.sandbox.boxtracker.hold_responses(until=THREADS)  # none comes before all are asked for
    assert served.ask_at_once(THREADS) == {200}
    assert handshakes(served.sandbox) == (1, 1)
    assert served.sandbox.boxtracker.counts[JOB_SITES] == 3 * THREADS


def test_a_wrong_password(served: Served) -> None:
    """F266: it gets 401, and the right one goes on working."""
    assert [served.ask("a guess"), served.ask(), served.ask("a guess")] == [401, 200, 401]


@pytest.mark.parametrize("given", ["Basic", "Basic !!!", "Basic //4=", "Basic Og==", "Bearer amFu"])
def test_what_is_no_log_in(served: Served, given: str) -> None:
    """F274: it gets 401, be it malformed, of another kind or empty, and nothing is sent."""
    answer = httpx.get(served.url, headers={"Authorization": given}, trust_env=False)
    assert answer.status_code == 401
    assert handshakes(served.sandbox) == (0, 0)


def test_a_service_that_does_not_answer(served: Served) -> None:
    """F266: an error of the call is an answer of the server, and the thread is free again."""
    served.sandbox.boxtracker.fault("server_error", times=3, operation=JOB_SITES)
    assert served.ask() == 502
    assert f"ServerError: '{JOB_SITES}" in served.log.read_text("utf-8")
    assert served.ask_at_once(THREADS) == {200}


def test_the_password_of_the_service(served: Served) -> None:
    """F280: if the service's own is refused, no customer is told to correct theirs."""
    for username in served.sandbox.boxtracker.users:
        served.sandbox.boxtracker.add_user(username, "another")
    assert served.ask() == 502
    assert f"AuthenticationError: '{PORTAL}" in served.log.read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_after_the_first_use(sandbox: Sandbox) -> None:
    """F266: the child has a loop and a client of its own; the parent's go on."""
    user = next(iter(sandbox.boxtracker.users.items()))
    tracker = Blocking(lambda: BoxTracker(*user, base_url=sandbox.boxtracker_url))
    login = credentials(sandbox)

    def names() -> int:
        profile = tracker.run(lambda client: client.customer(*login).profile.get())
        return 0 if profile.name else 1

    def in_child() -> int:
        status = names()
        tracker.close()
        return status

    assert names() == 0
    assert forked(in_child) == 0
    assert names() == 0
    assert handshakes(sandbox)[0] == 2
    tracker.close()
    assert names() == 0  # a closed one begins anew
    tracker.close()


@pytest.mark.parametrize("pool", ["prefork", "threads", "solo"])
def test_celery(pool: str, sandbox: Sandbox, redis_server: RedisServer, tmp_path: Path) -> None:
    """F266: the tasks of a worker share one session, in forked processes and in threads."""
    url = redis_server.url
    app = Celery(broker=url, backend=url, set_as_current=False)
    command = ["-A", "celery_tasks", "worker", f"--pool={pool}", "--concurrency=4"]
    program = Program(
        [sys.executable, "-m", "celery", *command],
        0,
        tmp_path / "log.txt",
        variables={
            **sandbox.environment,
            "CELERY_BROKER_URL": url,
            "CELERY_RESULT_BACKEND": url,
            "BOXAPIS_STORE": f"sqlite:{tmp_path}/store.db",
        },
        is_ready=lambda: bool(app.control.ping(timeout=1)),
        folder=HERE,
    )
    program.start()
    try:
        count, read = (app.signature(f"celery_tasks.{name}") for name in TASKS)
        found = [count.delay().get(timeout=60)]
        if pool != "solo":
            sandbox.boxtracker.hold_responses(until=4)  # none comes before four are asked for
        found += [result.get(timeout=60) for result in [count.delay() for _ in range(20)]]
        shipment = sandbox.boxc.add_record("/shipments", {"order_number": "A-1001"})
        found.append(read.delay(shipment).get(timeout=60))
    finally:
        program.stop()
        app.close()
    assert found == [*[120] * 21, "A-1001"]
    assert handshakes(sandbox) == (1, 1)
    assert "Traceback" not in (tmp_path / "log.txt").read_text("utf-8")


def test_the_script(sandbox: Sandbox) -> None:
    """The script runs as it stands; a wrong password is one line."""
    right = run_script(sandbox, HERE / "script.py")
    assert (right.returncode, right.stderr) == (0, "")
    assert right.stdout.endswith(" has 120 job sites\n")
    assert handshakes(sandbox) == (1, 1)
    wrong = run_script(sandbox, HERE / "script.py", BOXTRACKER_CUSTOMER_PASSWORD="a guess")
    assert wrong.returncode == 1
    assert len(wrong.stderr.splitlines()) == 1


CUSTOMER_SCRIPTS = ("script", "move_a_container", "pay_an_invoice", "run_a_report")
MISSING = [
    *((name, "BOXTRACKER_CUSTOMER_PASSWORD") for name in CUSTOMER_SCRIPTS),
    *((name, "BOXTRACKER_USERNAME") for name in (*CUSTOMER_SCRIPTS, "order_page")),
    ("ship_with_a_credential", "BOXC_CLIENT_ID"),
]


@pytest.mark.parametrize(("name", "variable"), MISSING)
def test_a_variable_that_is_missing(name: str, variable: str, sandbox: Sandbox) -> None:
    """A script says in one line which one it is."""
    ended = run_script(sandbox, HERE / f"{name}.py", **{variable: "", "BOXC_TOKEN": ""})
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith(f"set the environment variable {variable}")


def test_the_end_of_a_program(sandbox: Sandbox, tmp_path: Path) -> None:
    """F266: the client in a thread is closed when the program ends, by an error, too."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, "utf-8")
    ended = run_script(sandbox, program, PYTHONPATH=f"{ROOT}:{HERE}")
    assert (ended.returncode, ended.stderr) == (7, "")
    used, closed = ended.stdout.splitlines()
    assert "closed" not in used
    assert closed.endswith(" closed>")
    with pytest.raises(ConfigurationError, match="BOXTRACKER_USERNAME"):
        Blocking(BoxTracker.from_env).run(lambda client: client.handshakes.portal())


def run_script(
    sandbox: Sandbox, program: Path, **variables: str
) -> "subprocess.CompletedProcess[str]":
    """Runs a program with warnings as errors, those of what was never closed included."""
    path = {"PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [sys.executable, "-W", "error", str(program)],
        env=surroundings(**{**sandbox.environment, **path}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_notebook(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells run one after the other in a kernel, whose loop runs, with one log-in."""
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    notebook = json.loads((HERE / "notebook.ipynb").read_text("utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    manager, client = start_new_kernel(env=surroundings(**sandbox.environment))
    try:
        shown = [shown_by(client, cell) for cell in [*cells, "import asyncio; asyncio.run(main())"]]
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    assert shown[:2] == ["", "'Jane Contracting'"]
    assert shown[2].startswith("['Job 001'")
    assert shown[3:] == ["", "NameError"]
    assert handshakes(sandbox) == (1, 1)


def shown_by(client: Any, cell: str) -> str:
    """Runs a cell; returns the text of its value, or the name of its error."""
    texts: list[str] = []

    def show(message: Any) -> None:
        match message["content"]:
            case {"data": {"text/plain": text}} | {"ename": text}:
                texts.append(text)

    client.execute_interactive(cell, output_hook=show, timeout=60)
    return "".join(texts)
