"""Where websocket frames end (RFC 6455 §5.2), so that the commonest ones need no parser.

Knows the head of a frame and the end of HTTP headers; must not know connections or messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_TEXT: Final = 0x81
"""A whole message of text: the last frame of it, and no extension."""

_LONG: Final = 126
"""Instead of a length: it stands in the next two bytes. Above is what no status socket sends: a
longer one, or the bit of a mask."""

_HEADERS_END: Final = b"\r\n\r\n"


def is_short_text_frame(data: Sequence[int], count: int) -> bool:
    """Whether the first `count` bytes of `data` are one whole text message of less than 126 bytes,
    which then are all but the first two. `data` must begin where a frame does."""
    return data[1] == count - 2 and data[0] == _TEXT and data[1] < _LONG


def ends_at_frame(data: bytes) -> bool:
    """Whether `data`, which begins where a frame does, ends where one does. Frames of 64 KiB and
    more, or with a mask, are taken for unfinished."""
    at, end = 0, len(data)
    while at + 1 < end and data[at + 1] <= _LONG:
        if data[at + 1] < _LONG:
            at += 2 + data[at + 1]
        else:
            at += 4 + int.from_bytes(data[at + 2 : at + 4], "big")
    return at == end


def body_after_headers(data: bytes) -> bytes | None:
    """What follows the answer to an upgrade; None if it cannot be told from `data` alone, since
    the end of the headers, a word that texts may hold too, is not in it or may begin before it."""
    _, found, rest = data.partition(_HEADERS_END)
    return rest if found and data[:1] not in (b"\r", b"\n") else None
