"""The one TLS context of all connections; verification is never off."""

from __future__ import annotations

import asyncio.sslproto
import functools
import os
import ssl
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.wire.api_answers import SettingError

_READ_BUFFER: Final = 1024
"""Bytes of asyncio's read buffer of each TLS connection; its default is 256 KiB. Almost every frame
of the platform fits, and a longer one is read in more steps."""

_KEY_LOG: Final = "SSLKEYLOGFILE"
_CERTIFICATES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@functools.cache
def client_context() -> ssl.SSLContext:
    """The one client context: building one costs 30 ms and half a megabyte, so all share it. Raises
    `SettingError` if a variable of the environment keeps it from being built."""
    asyncio.sslproto.SSLProtocol.max_size = _READ_BUFFER
    try:
        made = ssl.create_default_context()
    except OSError as error:
        if not os.environ.get(_KEY_LOG):
            raise
        raise SettingError(
            Message(
                "{key_log} names a file that cannot be written ({reason}). Correct"
                " the variable or remove it.",
                key_log=_KEY_LOG,
                reason=error.strerror,
            )
        ) from None
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def missing_certificates() -> str:
    """The variable that names certificates which are not there, "" when none does: with it no
    server is trusted."""
    named = ((name, os.environ.get(name)) for name in _CERTIFICATES)
    return next((name for name, path in named if path and not os.path.exists(path)), "")
