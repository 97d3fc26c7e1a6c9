"""Daily copies: whole or not there, one a day, kept for a time, and never in the writer's way."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from store.builders import intent, note, run
from xumm_desk.core.journal_error import JournalError
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.keeping import copies

from .shop_journal import content, fill

TODAY = date(2026, 3, 1)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return fill(tmp_path / "journal.sqlite3", 20)


def days(path: Path) -> list[date]:
    return [one.day for one in copies.list_copies(copies.folder_of(path))]


def test_a_copy_holds_everything_and_is_private(shop: Path) -> None:
    made = copies.make_copy(shop, TODAY, keep_days=14)
    assert made.name == "journal-2026-03-01.sqlite3"
    assert content(made) == content(shop)
    assert copies.problem_of(made) == ""
    [listed] = copies.list_copies(copies.folder_of(shop))
    assert (listed.day, listed.requests, listed.problem) == (TODAY, 20, "")
    assert listed.size == made.stat().st_size
    assert [one.name for one in made.parent.iterdir()] == [made.name]
    if sys.platform != "win32":
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
        assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700


def test_there_is_one_copy_a_day_and_old_ones_go(shop: Path) -> None:
    for back in range(20, -1, -1):
        copies.make_copy(shop, TODAY - timedelta(days=back), keep_days=5)
    assert days(shop) == [TODAY - timedelta(days=back) for back in range(5)]
    made = copies.copy_path(copies.folder_of(shop), TODAY)
    before = made.stat().st_mtime_ns
    copies.make_copy(shop, TODAY, keep_days=5)
    assert made.stat().st_mtime_ns == before


def test_the_newest_copy_stays_however_old_it_is(shop: Path) -> None:
    copies.make_copy(shop, TODAY - timedelta(days=90), keep_days=14)
    copies.remove_old(copies.folder_of(shop), TODAY, 14)
    assert days(shop) == [TODAY - timedelta(days=90)]


def test_a_journal_whose_chain_is_broken_gives_no_copy(shop: Path) -> None:
    run(shop, "UPDATE facts SET text = text || ' ' WHERE seq = 7")
    with pytest.raises(JournalError, match=r"not whole: Row 7 of the journal .* was changed"):
        copies.make_copy(shop, TODAY, keep_days=14)
    assert not list(copies.folder_of(shop).iterdir())


def test_a_damaged_copy_is_listed_and_refused(shop: Path) -> None:
    made = copies.make_copy(shop, TODAY, keep_days=14)
    with made.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xee" * 4096)
    assert copies.problem_of(made)
    made.write_bytes(b"nothing" * 1000)
    [listed] = copies.list_copies(copies.folder_of(shop))
    assert "cannot be read" in listed.problem


def test_what_is_stopped_leaves_nothing(shop: Path) -> None:
    class StopError(Exception):
        pass

    def stop(_done: int, _all: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        copies.make_copy(shop, TODAY, keep_days=14, on_progress=stop)
    assert not list(copies.folder_of(shop).iterdir())


def test_facts_about_money_are_written_while_a_copy_is_made(tmp_path: Path) -> None:
    path = fill(tmp_path / "journal.sqlite3", 60)

    async def day() -> None:
        journal = SqliteJournal(path)
        journal.open(asyncio.get_running_loop())
        began, go_on = threading.Event(), threading.Event()

        def held(_done: int, _all: int) -> None:
            began.set()
            assert go_on.wait(60)

        copying = asyncio.ensure_future(
            asyncio.to_thread(copies.make_copy, path, TODAY, keep_days=14, on_progress=held)
        )
        await asyncio.to_thread(began.wait, 60)
        journal.append("late", intent("late"), urgent=True)
        for number in range(50):
            journal.append("late", note(number), urgent=True)
            await journal.durable()
        go_on.set()
        made = await copying
        await journal.close()
        assert "late" in [row[0] for row in content(path)["requests"]]
        assert "late" not in [row[0] for row in content(made)["requests"]], "one moment"
        assert copies.problem_of(made) == ""

    asyncio.run(day())


_SMALL = """
import resource, signal, sys
from datetime import date
from pathlib import Path
from xumm_desk.core.journal_error import JournalError
from xumm_desk.store.keeping import copies
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40960, 40960))
try:
    copies.make_copy(Path(sys.argv[1]), date(2026, 3, 1), keep_days=14)
except JournalError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit for files")
def test_a_disk_that_fills_up_meanwhile_is_said_and_leaves_no_half_file(shop: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", _SMALL, str(shop)], capture_output=True, text=True, check=True
    )
    assert "copy of the journal was not made: the disk is full" in said.stdout, said
    assert not list(copies.folder_of(shop).iterdir())


def test_a_copy_never_takes_the_room_that_the_journal_needs(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    usage = shutil.disk_usage(shop.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    with pytest.raises(JournalError, match="There is no room for today's copy"):
        copies.make_copy(shop, TODAY, keep_days=14)
    assert not list(copies.folder_of(shop).iterdir())


_KILLED = """
import sys
from datetime import date
from pathlib import Path
from xumm_desk.store.keeping import copies

def step(done, _all):
    print(done, flush=True)
    sys.stdin.readline()

copies.make_copy(Path(sys.argv[1]), date(2026, 3, 1), keep_days=14, on_progress=step)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
def test_a_copy_that_was_killed_is_none(shop: Path) -> None:
    for killed_after in (1, 2):
        with subprocess.Popen(
            [sys.executable, "-c", _KILLED, str(shop)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout is not None
            assert child.stdin is not None
            for _ in range(killed_after):
                if not child.stdout.readline():
                    break  # the one before was done when it was killed
                child.stdin.write("\n")
                child.stdin.flush()
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        for one in copies.list_copies(copies.folder_of(shop)):
            assert copies.problem_of(Path(one.path)) == ""
    made = copies.make_copy(shop, TODAY, keep_days=14)
    with closing(sqlite3.connect(made)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
