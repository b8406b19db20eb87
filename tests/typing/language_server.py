"""A client for a language server: JSON-RPC over stdin and stdout, as editors speak it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, Self

__all__ = ["LanguageServer"]

_SERVER = "from basedpyright.langserver import main; main()"


class LanguageServer:
    """basedpyright's language server, asked as an editor asks it.

    Args:
        folder: An empty folder as the workspace.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._requests = 0
        command = [sys.executable, "-c", _SERVER, "--stdio"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin: IO[bytes] = self._process.stdin
        self._stdout: IO[bytes] = self._process.stdout
        workspace = [{"uri": folder.as_uri(), "name": "workspace"}]
        able = {"workspace": {"configuration": True}}
        self._ask(
            "initialize",
            processId=None,
            rootUri=None,
            workspaceFolders=workspace,
            capabilities=able,
        )
        self._tell("initialized")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ask("shutdown")
        self._tell("exit")
        self._process.communicate()

    def completions(self, code: str) -> set[str]:
        """What an editor offers at the end of a file."""
        uri = (self._folder / f"file{self._requests}.py").as_uri()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": code}
        self._tell("textDocument/didOpen", textDocument=document)
        *before, last = code.split("\n")
        answer = self._ask(
            "textDocument/completion",
            textDocument={"uri": uri},
            position={"line": len(before), "character": len(last)},
        )
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"] for item in items or []}

    def _ask(self, method: str, **params: Any) -> Any:
        self._requests += 1
        number = self._requests
        self._send(id=number, method=method, params=params or None)
        while True:
            message = self._receive()
            if message.get("id") == number and "method" not in message:
                return message["result"]
            if "id" in message:
                self._send(id=message["id"], result=_answer(message))

    def _tell(self, method: str, **params: Any) -> None:
        self._send(method=method, params=params)

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._stdin.flush()

    def _receive(self) -> Any:
        length = 0
        while (line := self._stdout.readline().strip()) or not length:
            assert line, "the language server is gone"
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self._stdout.read(length))


def _answer(request: Any) -> Any:
    """What an editor answers to a request of the server: the Python to use, and nothing else."""
    if request["method"] != "workspace/configuration":
        return None
    python = {"pythonPath": sys.executable}
    return [
        python if item.get("section") == "python" else {} for item in request["params"]["items"]
    ]
