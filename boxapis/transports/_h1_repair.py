"""Repairs the head of an HTTP/1.1 response where it breaks rules on which no length depends.

Promises: a folded line is joined to the one before it, a control character becomes a blank, and a
``Content-Length`` that is repeated with the same value is given once. Headers that say where a
response ends are never folded, blanked, added or removed: bare CR or LF, different lengths, and a
length beside a transfer coding stay as they are, for the parser to refuse.
"""

__all__ = ["REPAIRABLE", "repaired_head"]

REPAIRABLE = frozenset(
    {
        "Duplicate Content-Length",
        "Invalid character in Content-Length",
        "Invalid header value char",
        "Unexpected whitespace after header value",
    }
)
"""What llhttp says of heads that may be repaired."""

_LENGTH = b"content-length"
_FRAMING = (_LENGTH, b"transfer-encoding")
_CONTROLS = bytes(byte for byte in (*range(1, 32), 127) if byte not in b"\t\r\n")
_BLANKED = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))


def repaired_head(head: bytes) -> bytes | None:
    """Returns a head, given without its last empty line, repaired; None if there is no way.

    The result is to be parsed as strictly as any other, and the connection not to be used again.
    """
    status_line, *lines = head.split(b"\r\n")
    repaired = [status_line]
    lengths: set[bytes] = set()
    place = 0
    for line in _unfolded(lines) or ():
        name, colon, value = line.partition(b":")
        if name.lower() == _LENGTH:
            if not lengths:
                place = len(repaired)
                repaired.append(line)
            lengths |= {length.strip(b" \t") for length in value.split(b",")}
        elif _is_framing(line):
            repaired.append(line)
        else:
            repaired.append(name + colon + value.translate(_BLANKED))
    if lengths:  # different ones are refused as they were
        repaired[place] = b"Content-Length: " + b",".join(lengths)
    result = b"\r\n".join(repaired)
    return None if len(repaired) == 1 or result == head else result


def _unfolded(lines: list[bytes]) -> list[bytes] | None:
    """Returns the lines with folded ones joined; None if one touches a length or a coding."""
    joined: list[bytes] = []
    for line in lines:
        if line[:1] not in (b" ", b"\t"):
            joined.append(line)
        elif joined and not _is_framing(joined[-1]) and not _is_framing(line):
            joined[-1] += b" " + line.strip(b" \t")
        else:
            return None
    return joined


def _is_framing(line: bytes) -> bool:
    """Whether a line is, or could be read as, a header that says where the response ends."""
    return any(name in line.partition(b":")[0].lower() for name in _FRAMING)
