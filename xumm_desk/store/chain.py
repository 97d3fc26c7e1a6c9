"""Links facts by hash, so that a changed or missing row is found; must not know a database."""

from __future__ import annotations

import hashlib
from typing import Final

CHAIN_START: Final = bytes(32)
"""What stands before the first row."""


def hash_link(before: bytes, columns: tuple[str, ...]) -> bytes:
    """The 32 bytes that a row carries: of the row before it and of all its own columns."""
    parts = [before]
    for column in columns:
        raw = column.encode("utf-8", "surrogatepass")
        parts += (len(raw).to_bytes(8, "big"), raw)
    return hashlib.sha256(b"".join(parts)).digest()
