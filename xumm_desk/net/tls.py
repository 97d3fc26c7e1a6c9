"""Knows one TLS context for all connections, and that verification is never off."""

from __future__ import annotations

import asyncio.sslproto
import functools
import ssl
from typing import Final

_READ_BUFFER: Final = 1024
"""Bytes that asyncio keeps for each TLS connection to read into; its own choice is 256 KiB. Almost
every frame of the platform fits, and a longer one is read in more steps."""


@functools.cache
def context() -> ssl.SSLContext:
    """The one client context: building one costs 30 ms and half a megabyte, so all share it."""
    asyncio.sslproto.SSLProtocol.max_size = _READ_BUFFER
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made
