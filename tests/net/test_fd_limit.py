"""The limit of open files, and the room that the system has made for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from xumm_desk.net import fd_limit


def test_the_limit_of_open_files_is_raised_and_leaves_room() -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1024), hard))
        most = fd_limit.socket_limit()
        now = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert now == min(hard, 65_536)
        assert 64 <= most < now
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells")
def test_the_system_has_room_for_many_descriptors_before_the_first_is_dialled() -> None:
    code = """
import re
from xumm_desk.net import fd_limit
fd_limit.preallocate_descriptors()
size = re.search(r"FDSize:\\s*(\\d+)", open("/proc/self/status").read())[1]
print(size, fd_limit._raise_limit())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    room, limit = map(int, done.stdout.split())
    assert room >= min(limit, 16_384)
