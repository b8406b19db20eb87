"""``boxapis credentials import`` again: what is sent, what is skipped and why, and for whom."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boxapis import Retries
from boxapis._core.client import Client
from boxapis._core.clock import Clock
from boxapis.cli.imports.binding import digest_key_file
from boxapis.cli.imports.plan import make_plan
from boxapis.cli.run import run
from boxapis.sandbox import Fault, Sandbox, SandboxResponse
from tests.support.command_line import boxapis

pytestmark = pytest.mark.servers

Captured = pytest.CaptureFixture[str]
JANUARY = "name,carrier,api_key\nnorth,Janio,january-1\nsouth,Janio,january-2\n"
CHANGED = "name,carrier,api_key\nnorth,Janio,january-1\nsouth,Janio,may-2\neast,Janio,may-3\n"
NOT_CARRIED_OUT = Fault(response=SandboxResponse(503), wire_fault="reset")
CREATE = "POST /credentials"


@pytest.fixture(autouse=True)
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs the test in a folder of its own."""
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def minutes_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many minutes pass for the runs that follow; they sleep without waiting."""

    def pass_by(minutes: float) -> None:
        passed = [minutes * 60]

        async def sleep(seconds: float) -> None:
            passed[0] += seconds

        clock = Clock(sleep=sleep, wall=lambda: time.time() + passed[0])
        monkeypatch.setattr(Client, "_clock", clock)

    return pass_by


def import_rows(text: str, *arguments: str, capsys: Captured) -> tuple[int, dict[str, Any]]:
    """Imports a manifest; returns the exit status and the printed result or plan."""
    Path("shops.csv").write_text(text, "utf-8")
    status = run(["credentials", "import", "shops.csv", "--json", *arguments])
    return status, json.loads(capsys.readouterr().out)


def why(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The action for each row of a result or plan, and its reason."""
    return [(row["action"], row["reason"]) for row in found.get("plan") or found["rows"]]


def stored(sandbox: Sandbox) -> list[str]:
    """All stored secrets, by id."""
    numbers = [int(str(credential["id"])) for credential in sandbox.boxc.credentials]
    return [sandbox.boxc.stored_params(number)["api_key"] for number in numbers]


def test_changed_rows_are_sent_and_unchanged_ones_skipped(served: Sandbox, home: Path) -> None:
    """F179: a second rotation from a longer file sends what changed, and says so."""
    variables = {**served.environment, "XDG_STATE_HOME": str(home / "state")}
    manifest = home / "shops.csv"
    command = ("credentials", "import", str(manifest))
    manifest.write_text(JANUARY)
    assert boxapis(*command, **variables).returncode == 0
    manifest.write_text(CHANGED)
    plan = boxapis(*command, "--dry-run", **variables)
    assert "1 to skip (unchanged), 1 to update (changed), 1 to create. Nothing was" in plan.stdout
    assert stored(served) == ["january-1", "january-2"]
    done = boxapis(*command, **variables)
    assert (done.returncode, done.stdout) == (0, "3 rows: 2 done, 1 unchanged.\n")
    assert done.stderr.startswith("1 to skip (unchanged), 1 to update (changed), 1 to create.\n")
    assert stored(served) == ["january-1", "may-2", "may-3"]
    assert served.boxc.counts == {CREATE: 3, "PUT /credentials/{id}": 1}
    again = boxapis(*command, **variables)
    assert (again.returncode, again.stdout) == (0, "3 rows: 3 unchanged.\n")
    assert served.boxc.counts.total() == 4


def test_a_renamed_row_creates_no_second_credential(served: Sandbox, capsys: Captured) -> None:
    """F179: what is stored under a name that is gone needs its id under another one."""
    assert import_rows(JANUARY, capsys=capsys)[0] == 0
    renamed = JANUARY.replace("north", "north-2")
    status, found = import_rows(renamed, capsys=capsys)
    (number,) = [one["id"] for one in served.boxc.credentials][:1]
    assert (status, [row["status"] for row in found["rows"]]) == (3, ["skipped", "invalid"])
    assert f"it is stored as {number}, under the name 'north': put the id" in str(found)
    assert served.boxc.counts[CREATE] == 2
    added = f"{renamed}north,Janio,january-1\n"  # the old one is there, too: they are two
    assert import_rows(added, capsys=capsys)[0] == 0
    assert served.boxc.counts[CREATE] == 3


@pytest.mark.parametrize("results", ["made.csv", "made.json"])
def test_a_result_file_knows_what_is_stored(
    served: Sandbox, capsys: Captured, results: str
) -> None:
    """F179: without the journal the result file tells ids, and what has changed."""
    assert import_rows(JANUARY, "--output", results, capsys=capsys)[0] == 0
    Path("shops.csv.journal").unlink()
    status, plan = import_rows(CHANGED, "--dry-run", "--output", results, capsys=capsys)
    expected = [("skip", "unchanged"), ("update", "changed"), ("create", "new")]
    assert (status, why(plan)) == (0, expected)
    status, found = import_rows(CHANGED, "--output", results, capsys=capsys)
    assert (status, why(found)) == (0, expected)
    assert stored(served) == ["january-1", "may-2", "may-3"]


def test_all_is_sent_again_on_request(served: Sandbox, capsys: Captured) -> None:
    """``--again`` sends unchanged rows, too; a row that was moved to another id has changed."""
    import_rows(JANUARY, capsys=capsys)
    reason = "unchanged, sent again on request"
    assert why(import_rows(JANUARY, "--again", capsys=capsys)[1]) == [("update", reason)] * 2
    other = served.boxc.add_credential("Janio", {"api_key": "old"})
    moved = JANUARY.replace("name", "id,name").replace("north", f"{other},north")
    moved = moved.replace("south", ",south")
    assert why(import_rows(moved, capsys=capsys)[1]) == [
        ("update", "changed"),
        ("skip", "unchanged"),
    ]
    assert stored(served) == ["january-1", "january-2", "january-1"]


def test_neither_journal_nor_key_tells_a_value(served: Sandbox, capsys: Captured) -> None:
    """Digests are keyed: equal rows look equal to the key's owner alone, who alone can read it."""
    import_rows(JANUARY, "--output", "made.csv", capsys=capsys)
    text = Path("shops.csv.journal").read_text() + Path("made.csv").read_text()
    assert "january" not in text
    assert digest_key_file().stat().st_mode & 0o777 == 0o600
    assert len(digest_key_file().read_bytes()) == 32
    digest_key_file().unlink()
    import_rows(JANUARY, "--journal", "other", "--output", "other.csv", capsys=capsys)
    digests = {line.split(",")[-3] for line in Path("made.csv").read_text().splitlines()[1:]}
    assert len(digests) == 2
    assert not [digest for digest in digests if digest in Path("other.csv").read_text()]


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
@pytest.mark.parametrize("key", [None, b"too short", b"x" * 32])
def test_a_journal_needs_its_key(
    served: Sandbox, capsys: Captured, arguments: tuple[str, ...], key: bytes | None
) -> None:
    """F180: a journal whose key is missing, damaged or another one is refused, and kept."""
    import_rows(JANUARY, capsys=capsys)
    before = Path("shops.csv.journal").read_bytes()
    digest_key_file().unlink()
    if key is not None:
        digest_key_file().write_bytes(key)
    status, found = import_rows(JANUARY, *arguments, capsys=capsys)
    assert (status, Path("shops.csv.journal").read_bytes()) == (2, before)
    assert "key" in found["error"]["message"]
    assert served.boxc.counts.total() == 2


def test_the_key_is_made_once(served: Sandbox, capsys: Captured) -> None:
    """A key that cannot be kept is an error before anything is sent; a dry run makes none."""
    import_rows(JANUARY, "--dry-run", capsys=capsys)
    assert not digest_key_file().parent.exists()
    digest_key_file().parent.parent.write_text("no folder")
    assert import_rows(JANUARY, capsys=capsys)[0] == 2
    assert served.boxc.counts.total() == 0


@pytest.mark.parametrize("kind", ["user", "service", "oauth"])
@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
def test_two_accounts(served: Sandbox, home: Path, arguments: tuple[str, ...], kind: str) -> None:
    """F178: the manifest is refused for another account, both named, until --journal differs."""
    manifest = home / "shops.csv"
    manifest.write_text(JANUARY)
    variables = {**served.environment, "XDG_STATE_HOME": str(home / "state")}
    command = ("credentials", "import", str(manifest))
    assert boxapis(*command, **variables).returncode == 0
    with Sandbox() as other:
        mine, theirs = "user 12006", "user 12007"
        variables["BOXC_TOKEN"] = served.boxc.issue_token(user_id=12007)
        if kind == "service":
            variables |= other.environment
            mine, theirs = f"service {served.boxc_url}", f"service {other.boxc_url}"
        if kind == "oauth":  # the same user, for whom a token is fetched
            variables.pop("BOXC_TOKEN")
            assert boxapis(*command, *arguments, **variables).returncode == 0
            return
        refused = boxapis(*command, *arguments, **variables)
        assert refused.returncode == 2
        assert f"shops.csv.journal is the journal of {mine}, not of {theirs}" in refused.stderr
        assert other.boxc.counts.total() + served.boxc.counts.total() == 2
        done = boxapis(*command, "--journal", str(home / "other.journal"), **variables)
        assert (done.returncode, done.stdout) == (0, "2 rows: 2 done.\n")


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
def test_the_result_file_of_another_account(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """F178: ids of another account would overwrite credentials that are not meant."""
    import_rows(JANUARY, "--output", "made.csv", capsys=capsys)
    before = Path("made.csv").read_bytes()
    monkeypatch.setenv("BOXC_TOKEN", served.boxc.issue_token(user_id=12007))
    other = ("--journal", "other.journal", "--output", "made.csv", *arguments)
    status, found = import_rows(JANUARY, *other, capsys=capsys)
    assert status == 2
    assert (
        f"made.csv cannot be used for results: it is of user 12006 at {served.boxc_url}"
        in (found["error"]["message"])
    )
    assert "user 12007" in found["error"]["message"]
    assert (served.boxc.counts.total(), Path("made.csv").read_bytes()) == (2, before)


def test_a_journal_of_version_1_is_refused(served: Sandbox, capsys: Captured) -> None:
    """F177: a journal that knows names alone is named, and what to do with it; it is kept."""
    old = '{"journal": "boxapis.batch", "version": 1}\n{"event": "begun", "key": "north"}\n'
    Path("shops.csv.journal").write_text(old)
    status, found = import_rows(JANUARY, capsys=capsys)
    assert status == 2
    assert "shops.csv.journal is a journal that another version" in found["error"]["message"]
    assert "begin another one" in found["error"]["next_step"]
    assert (served.boxc.counts.total(), Path("shops.csv.journal").read_text()) == (0, old)


@pytest.mark.parametrize("was_carried_out", [True, False])
def test_a_creation_of_unknown_outcome_is_looked_up(
    served: Sandbox,
    capsys: Captured,
    minutes_later: Callable[[float], None],
    was_carried_out: bool,  # noqa: FBT001 - a case
) -> None:
    """F186: what was created is found by carrier, parameters and time, and not created again."""
    served.boxc.add_credential("Janio", {"api_key": "another"}, user_id=12007)
    served.boxc.add_credential("DHLeC", {"client_id": "another"})
    for _ in range(2):
        if was_carried_out:
            served.boxc.fault("lost_response", operation=CREATE)
        else:
            served.boxc.inject(NOT_CARRIED_OUT, operation=CREATE)
    assert import_rows(JANUARY, capsys=capsys)[0] == 4
    minutes_later(0.5)
    status, plan = import_rows(JANUARY, "--dry-run", "--adopt", capsys=capsys)
    action = "update" if was_carried_out else "create"
    assert [row[0] for row in why(plan)] == [action, action]
    minutes_later(0.5)
    status, found = import_rows(JANUARY, "--adopt", capsys=capsys)
    assert (status, found["done"], why(found)) == (0, 2, why(plan))
    own = [one for one in served.boxc.credentials if one["user_id"] == 12006]
    assert [served.boxc.stored_params(int(str(one["id"]))) for one in own] == [
        {"client_id": "another"},
        {"api_key": "january-1"},
        {"api_key": "january-2"},
    ]
    for row in found["rows"]:
        expected = {"north": "january-1", "south": "january-2"}[row["name"]]
        assert served.boxc.stored_params(row["id"]) == {"api_key": expected}


def stranger(sandbox: Sandbox) -> str:
    """Another program creates a credential of the same carrier."""
    return str(sandbox.boxc.add_credential("Janio", {"api_key": "another"}))


def test_what_may_be_anothers_is_left_alone(
    served: Sandbox, capsys: Captured, minutes_later: Callable[[float], None]
) -> None:
    """F186: where more credentials were made than rows, their ids are shown, none is sent."""
    served.boxc.fault("lost_response", operation=CREATE)
    assert import_rows(JANUARY, capsys=capsys)[0] == 4
    number = stranger(served)
    minutes_later(2)
    status, found = import_rows(JANUARY, "--adopt", capsys=capsys)
    assert (status, found["unknown"], found["skipped"]) == (4, 1, 1)
    (row,) = [row for row in found["rows"] if row["status"] == "unknown"]
    assert row["action"] == "look up"
    assert number in row["error"]
    assert "put its id into the row, let --adopt do so, or give --repeat-unknown" in row["error"]
    assert "another" in stored(served)
    assert served.boxc.counts[CREATE] == 2
    assert import_rows(JANUARY, "--repeat-unknown", capsys=capsys)[0] == 0
    assert served.boxc.counts[CREATE] == 3


def test_no_credential_is_taken_unasked(
    served: Sandbox, capsys: Captured, minutes_later: Callable[[float], None]
) -> None:
    """F186: what another program made in the same minute is not written to without --adopt."""
    for _ in range(2):
        served.boxc.inject(NOT_CARRIED_OUT, operation=CREATE)
    assert import_rows(JANUARY, capsys=capsys)[0] == 4
    number = stranger(served)
    minutes_later(2)
    status, found = import_rows(JANUARY, capsys=capsys)
    assert (status, found["unknown"]) == (4, 2)
    assert all(number in row["error"] for row in found["rows"])
    assert stored(served) == ["another"]


def test_a_changed_row_of_unknown_outcome(
    served: Sandbox, capsys: Captured, minutes_later: Callable[[float], None]
) -> None:
    """F186: a row that changed meanwhile may have had another carrier: it takes no credential."""
    served.boxc.fault("lost_response", operation=CREATE)
    assert import_rows(JANUARY, capsys=capsys)[0] == 4
    minutes_later(2)
    status, found = import_rows(JANUARY.replace("january", "may"), capsys=capsys)
    assert (status, sorted(row[0] for row in why(found))) == (4, ["look up", "update"])


def test_a_look_up_that_fails(
    served: Sandbox,
    capsys: Captured,
    minutes_later: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A token that may not list leaves the row to the user, and the others are sent."""
    served.boxc.fault("lost_response", operation=CREATE)
    assert import_rows(JANUARY.partition("south")[0], capsys=capsys)[0] == 4
    minutes_later(2)
    monkeypatch.setenv("BOXC_TOKEN", served.boxc.issue_token(["write_credentials"]))
    status, found = import_rows(CHANGED, capsys=capsys)
    assert (status, found["unknown"], found["unknown"] + found["done"]) == (
        4,
        1,
        3 - found["skipped"],
    )
    (row,) = [row for row in found["rows"] if row["status"] == "unknown"]
    assert "cannot be looked up" in row["error"]


def test_an_update_of_unknown_outcome_is_sent_again(served: Sandbox, capsys: Captured) -> None:
    """Repeating an update does no harm."""
    number = served.boxc.add_credential("Janio", {"api_key": "old"})
    served.boxc.fault("lost_response", times=Retries().attempts, operation="PUT /credentials/{id}")
    text = f"id,name,carrier,api_key\n{number},a,Janio,first-secret\n"
    assert import_rows(text, capsys=capsys)[0] == 4
    status, found = import_rows(text, capsys=capsys)
    assert (status, why(found)) == (0, [("update", "its outcome was unknown")])
    assert served.boxc.stored_params(number) == {"api_key": "first-secret"}


def test_the_same_name_in_another_form(served: Sandbox, capsys: Captured) -> None:
    """F187: a name typed with combining accents is the name that was stored."""
    import_rows("name,carrier,api_key\ncaf\u00e9,Janio,x\n", capsys=capsys)
    status, found = import_rows("name,carrier,api_key\ncafe\u0301,Janio,x\n", capsys=capsys)
    assert (status, found["skipped"], served.boxc.counts.total()) == (0, 1, 1)


def test_a_plan_that_another_run_has_overtaken(
    served: Sandbox, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan made before another run ended is not carried out."""
    name = "boxapis.cli.imports.run.make_plan"

    def overtaken(*arguments: Any, **options: Any) -> Any:
        """Another run imports the same manifest while the plan is made."""
        plan = make_plan(*arguments, **options)
        monkeypatch.setattr(name, make_plan)
        variables = {**served.environment, "XDG_STATE_HOME": os.environ["XDG_STATE_HOME"]}
        done = boxapis("credentials", "import", str(Path("shops.csv").resolve()), **variables)
        assert done.returncode == 0
        return plan

    monkeypatch.setattr(name, overtaken)
    status, found = import_rows(JANUARY, capsys=capsys)
    assert status == 2
    assert "another run has used the journal" in found["error"]["message"]
    assert served.boxc.counts.total() == 2
