"""How many sockets this process may hold open."""

from __future__ import annotations

import logging
import os
import sys
from typing import Final

log = logging.getLogger(__name__)

_RESERVE: Final = 256
"""Descriptors kept back for the journal, HTTP calls, nodes, fonts and the display."""

_RACING: Final = 32 * 4
"""Those of sockets that are dialled at once (`engine/dial`), for each of which several addresses
of one host may be tried beside each other."""

_LIMIT_CAP: Final = 65_536
"""As many as one window could ever use; some systems call their limit infinite."""


_PREALLOCATED: Final = 16_384
"""Descriptors for which there is room from the start: 128 KB of the system's memory."""


def preallocate_descriptors() -> None:
    """Let the system make room for many descriptors now, while this process has one thread. It
    else makes the table twice as large again and again while sockets are dialled, and in a process
    with several threads each time holds up the one that dials for some 15 ms."""
    if sys.platform == "win32":
        return
    import fcntl  # noqa: PLC0415 - not on every system

    try:
        with open(os.devnull, "rb") as any_file:
            last = fcntl.fcntl(
                any_file, fcntl.F_DUPFD_CLOEXEC, min(_raise_limit(), _PREALLOCATED) - 1
            )
            os.close(last)
    except OSError as error:
        log.info("no room was made for descriptors: %s", error)


def socket_limit() -> int:
    """Raise the limit of open files as far as the system lets a program do that; how many sockets
    fit below it, with room for everything else."""
    return max(_raise_limit() - _RESERVE - _RACING, 64)


def _raise_limit() -> int:
    """The limit of open files after raising it."""
    if sys.platform == "win32":
        return _LIMIT_CAP  # sockets are no file descriptors there
    import resource  # noqa: PLC0415 - not on every system

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _LIMIT_CAP if hard == resource.RLIM_INFINITY else min(hard, _LIMIT_CAP)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
        except (OSError, ValueError) as error:
            log.info("the limit of open files stays at %d: %s", soft, error)
    return _LIMIT_CAP if soft == resource.RLIM_INFINITY else soft
