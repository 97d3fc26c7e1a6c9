"""One window to a folder: the lock ends with its process, and a second start finds the first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from xumm_desk.qt.single_window import SingleWindow

from .conftest import Run, opened, platform

HOLD = """
import os, sys, time
from pathlib import Path
from xumm_desk.qt.single_window import SingleWindow
one = SingleWindow(Path(sys.argv[1]))
print(one.claim(), flush=True)
time.sleep(600)
"""


def test_the_lock_is_free_again_when_its_holder_was_killed(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "True\n"
        mine = SingleWindow(tmp_path)
        assert not mine.claim()
        assert not mine.raise_other_window()  # it has no window that could answer
        child.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
        child.wait(30)
        assert mine.claim()
        mine.release()
    finally:
        child.kill()
        child.wait(30)
        child.stdout.close()


def test_a_lock_file_that_names_a_living_process_locks_nobody_out(tmp_path: Path) -> None:
    """What an older version or a reused process id left behind."""
    (tmp_path / "window.lock").write_text(f"{os.getpid()}\npython3.11\nhost\n")
    one = SingleWindow(tmp_path)
    assert one.claim()
    one.release()


def test_a_folder_that_cannot_be_written_is_not_held_by_anybody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert SingleWindow(tmp_path / "file" / "folder").claim()


def test_a_second_start_raises_the_first_window(run: Run, tmp_path: Path) -> None:
    async def day() -> None:
        async with platform() as sim, opened(sim, tmp_path) as shop:
            await shop.ready()
            shop.window.showMinimized()
            second = subprocess.Popen(  # noqa: ASYNC220 - returns at once
                [sys.executable, "-m", "xumm_desk", "--data-dir", str(tmp_path)],
                env={
                    **os.environ,
                    "QT_QPA_PLATFORM": "offscreen",
                    "XUMM_APIKEY": "a",
                    "XUMM_APISECRET": "b",
                    "XUMM_DESK_API": sim.api,
                },
                stderr=subprocess.PIPE,
                text=True,
            )
            await shop.until(lambda: second.poll() is not None, "the end of the second start")
            assert second.stderr is not None
            assert f"already open on {tmp_path}" in second.stderr.read()
            second.stderr.close()
            assert second.returncode == 2
            await shop.until(lambda: not shop.window.isMinimized(), "the first window")

    run(day)


def test_one_that_cannot_be_raised_is_said_in_a_window(run: Run, tmp_path: Path) -> None:
    async def day() -> None:
        other = SingleWindow(tmp_path)
        assert other.claim()
        async with platform() as sim, opened(sim, tmp_path) as shop:
            await shop.until(lambda: "does not answer" in shop.bar("start"), "the bar")
            assert f"already open on {tmp_path}" in shop.bar("start")
            other.release()
            shop.window.retry_requested.emit()
            await shop.ready()

    run(day)


@pytest.mark.parametrize("name", ["shop", "laden mit leerzeichen é"])
def test_two_folders_are_two_desks(tmp_path: Path, name: str) -> None:
    one, other = SingleWindow(tmp_path / name), SingleWindow(tmp_path / "other")
    assert one.claim()
    assert other.claim()
    one.release()
    other.release()
