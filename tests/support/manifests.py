"""Manifests of credentials for imports, the program on moved time, and the journal it writes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from boxapis.cli.imports.manifest import ManifestFormat, read_manifest
from boxapis.cli.imports.rows import CheckedManifest, check_rows
from boxapis.sandbox import Sandbox
from tests.support.command_line import surroundings
from tests.support.paths import ROOT

PROGRAM = str(ROOT / "tests" / "support" / "moved_time.py")


def start_import(
    sandbox: Sandbox,
    folder: Path,
    *arguments: str,
    stdout: Any = subprocess.PIPE,
    stderr: Any = subprocess.PIPE,
    before: Callable[[], object] | None = None,
    **variables: str,
) -> "subprocess.Popen[str]":
    """Starts the import of ``secrets.csv`` in a process of its own, on the time in ``time``."""
    given = {**sandbox.environment, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder / "s")}
    program = (PROGRAM, str(folder / "time"), "credentials", "import", "secrets.csv")
    return subprocess.Popen(
        [sys.executable, "-W", "error", *program, *arguments],
        cwd=folder,
        env=surroundings(**given, **variables),
        stdout=stdout,
        stderr=stderr,
        preexec_fn=before,  # noqa: PLW1509 - no threads that matter
        encoding="utf-8",
    )


def lay_down(folder: Path, sandbox: Sandbox, rows: int) -> dict[str, str]:
    """Writes a manifest, every second row an update; returns the secrets by the rows' names."""
    secrets = {f"row-{number}": f"rotated-secret-{number}" for number in range(rows)}
    lines = ["id,name,carrier,api_key"]
    for number, (name, secret) in enumerate(secrets.items()):
        old = sandbox.boxc.add_credential("Janio", {"api_key": "old"}) if number % 2 else ""
        lines.append(f"{old},{name},Janio,{secret}")
    (folder / "secrets.csv").write_text("\n".join(lines) + "\n")
    return secrets


def events(folder: Path, *, whole: bool = True) -> list[str]:
    """The events in the journal, in their order; the last line may be cut off if not ``whole``."""
    lines = (folder / "secrets.csv.journal").read_text().split("\n")
    assert not (whole and lines[-1])
    return [json.loads(line).get("event") for line in lines[1:-1]]


def is_quiet(folder: Path) -> bool:
    """Whether the journal has an end for every call that was begun."""
    found = events(folder)
    return found.count("begun") == found.count("done") > 0


def check_manifest(
    folder: Path, content: str | bytes, kind: ManifestFormat = "csv", *, as_is: bool = False
) -> CheckedManifest:
    """Reads and checks a manifest."""
    file = folder / "a.txt"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return check_rows(read_manifest(file, kind), any_carrier=False, as_is=as_is)


def checked_values(checked: CheckedManifest) -> list[tuple[str, str]]:
    """The name and the secrets of each row; there must be no problem."""
    assert not checked.problems
    return [
        (row.key, ",".join(value.reveal() for value in row.params.values())) for row in checked.rows
    ]


def only_problem(folder: Path, content: str | bytes, kind: ManifestFormat = "csv") -> str:
    """Why the only row of a file is refused."""
    checked = check_manifest(folder, content, kind)
    (issue,) = checked.problems
    assert not checked.rows
    assert "-secret" not in issue.text
    return f"{issue.place}: {issue.text}"
