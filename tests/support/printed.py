"""The code that the README shows under a heading, word for word."""

from tests.support.paths import README

FENCE = "```"


def printed(heading: str) -> list[str]:
    """The Python blocks directly below one heading."""
    blocks: list[str] = []
    current = ""
    block: list[str] | None = None
    for line in README.read_text(encoding="utf-8").splitlines():
        if block is not None:
            if line == FENCE:
                blocks += ["\n".join((*block, ""))] if current == heading else []
                block = None
            else:
                block.append(line)
        elif line.startswith(FENCE):
            block = []
        elif line.startswith("#"):
            current = line.lstrip("# ")
    return blocks
