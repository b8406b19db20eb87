"""What can happen to an answer's bytes on their way, and to the connection they go over."""

import asyncio
import os
import socket
import struct
from typing import Final, Literal

Mishap = Literal["twice", "half", "never", "reset"]
"""Sent two times over in one piece; cut in its middle, and the connection ended; held back for
good, over a connection that stays open; or lost with the connection, which is reset."""

_HEAD_ENDS: Final = b"\r\n\r\n"
_DROP_AT_ONCE: Final = struct.pack("ii" if os.name == "posix" else "hh", 1, 0)


def let_befall(mishap: Mishap, transport: asyncio.Transport, written: bytes) -> None:
    """Do with a written answer what is to happen to it."""
    match mishap:
        case "twice":
            transport.write(written * 2)
        case "half":
            transport.write(first_half(written))
            transport.close()
        case "reset":
            reset(transport)
        case "never":
            pass


def first_half(written: bytes) -> bytes:
    """The head with half of the body; half of the head where there is no body."""
    head, gap, body = written.partition(_HEAD_ENDS)
    return head + gap + body[: len(body) // 2] if body else head[: len(head) // 2]


def reset(transport: asyncio.Transport) -> None:
    """End a connection as a crash does: what is under way in either direction is lost."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_AT_ONCE)
    transport.abort()
