"""What the README shows under a heading: its text; and the table of a text."""

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


def section(heading: str) -> str:
    """The text directly below one heading."""
    text = README.read_text(encoding="utf-8").partition(f"# {heading}\n")[2]
    return text.partition("\n#")[0]


def table(text: str) -> dict[str, dict[str, str]]:
    """The only table of a text: each row's cells by the head of their column."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    (_, *columns), _, *rows = ([cell.strip() for cell in line[1:-1].split(" | ")] for line in lines)
    return {name: dict(zip(columns, cells, strict=True)) for name, *cells in rows}
