"""Measure the space on the disk that holds the journal."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from xumm_desk.core.health.disk_space import DiskSpace


def measure(journal: Path) -> DiskSpace | None:
    """The space now, None where the system does not tell. A network drive may take long to answer:
    call it in a thread. Does not raise."""
    try:
        disk = shutil.disk_usage(journal.parent)
    except (OSError, ValueError):
        return None
    size = 0
    for end in ("", "-wal", "-shm"):
        with suppress(OSError, ValueError):
            size += journal.with_name(journal.name + end).stat().st_size
    return DiskSpace(free=disk.free, total=disk.total, journal=size)
