"""A crash of the interpreter leaves a trace that the next start finds; a usual end leaves none."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from xumm_desk.setup.crash_trace import FILE, KEPT, CrashTrace

CHILD = """
import os, signal, sys
from pathlib import Path
from xumm_desk.setup.crash_trace import CrashTrace
trace = CrashTrace()
print(trace.begin(Path(sys.argv[1])))
def deep():
    if sys.argv[2] == "end":
        trace.end()
    else:
        os.kill(os.getpid(), int(sys.argv[2]))
deep()
"""


def run(folder: Path, how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), how],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT], ids=lambda one: one.name)
def test_a_crash_is_found_by_the_next_start_and_only_by_that(
    tmp_path: Path, number: signal.Signals
) -> None:
    crashed = run(tmp_path, str(int(number)))
    assert crashed.returncode == -number
    trace = CrashTrace()
    found = trace.begin(tmp_path)
    assert found is not None
    assert found.title.startswith("Fatal Python error")
    assert "in deep" in found.text
    assert found.text.startswith("xumm-desk ")
    assert (tmp_path / KEPT).exists()
    trace.end()
    again = CrashTrace()
    assert again.begin(tmp_path) is None
    again.end()


def test_a_usual_end_leaves_no_file(tmp_path: Path) -> None:
    assert run(tmp_path, "end").stdout == "None\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_program_that_was_killed_has_not_crashed(tmp_path: Path) -> None:
    run(tmp_path, str(int(signal.SIGKILL)))
    assert (tmp_path / FILE).exists()
    trace = CrashTrace()
    assert trace.begin(tmp_path) is None
    trace.end()


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files")
def test_the_file_is_this_accounts_alone(tmp_path: Path) -> None:
    trace = CrashTrace()
    trace.begin(tmp_path / "logs")
    assert stat.S_IMODE((tmp_path / "logs" / FILE).stat().st_mode) == 0o600
    trace.end()


def test_another_folder_takes_over(tmp_path: Path) -> None:
    trace = CrashTrace()
    trace.begin(tmp_path / "one")
    trace.begin(tmp_path / "two")
    assert not (tmp_path / "one" / FILE).exists()
    assert (tmp_path / "two" / FILE).exists()
    trace.end()


def test_a_folder_that_takes_no_file_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    trace = CrashTrace()
    assert trace.begin(tmp_path / "logs") is None
    trace.end()


def test_whatever_lies_in_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"xumm-desk\n\xff\xfe odd" + os.urandom(200))
    trace = CrashTrace()
    found = trace.begin(tmp_path)
    trace.end()
    assert found is not None
    assert found.title
