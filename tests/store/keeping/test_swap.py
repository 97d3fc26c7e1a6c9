"""Exchanging the journal: killed at any moment, one of the two files is there, with its log."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from xumm_desk.core.journal_error import JournalError
from xumm_desk.store import private_files
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.keeping import swap

from .shop_journal import content, fill


class KilledError(BaseException):
    """The program ends here."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("old") / "journal.sqlite3", 12)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("new") / "journal.sqlite3", 3)


def lay_out(folder: Path, old: Path, new: Path) -> Path:
    """The old file with a log that holds a sale which the file itself lacks, and the new one."""
    path = folder / "journal.sqlite3"
    shutil.copy(old, path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO audit (at, kind, who, detail) VALUES ('', 'in the log', '', '')")
        db.commit()
        for side in ("", "-wal", "-shm"):
            shutil.copy(f"{path}{side}", f"{path}{side}.left")
    for side in ("", "-wal", "-shm"):
        os.replace(f"{path}{side}.left", f"{path}{side}")
    shutil.copy(new, swap.new_path(path))
    return path


def steps(monkeypatch: pytest.MonkeyPatch, die_at: int) -> Callable[[], int]:
    """End before the change number `die_at` of the folder; counts them."""
    count = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == die_at:
                raise KilledError
            return real(*values, **named)

        return call

    monkeypatch.setattr(os, "replace", counted(os.replace))
    monkeypatch.setattr(os, "link", counted(os.link))
    monkeypatch.setattr(os, "unlink", counted(os.unlink))
    monkeypatch.setattr(Path, "unlink", counted(Path.unlink))
    monkeypatch.setattr(private_files, "open_for_writing", counted(private_files.open_for_writing))
    return lambda: count


@pytest.mark.parametrize("die_at", range(1, 16))
def test_killed_at_any_step_the_old_or_the_new_journal_is_there(
    old: Path, new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, die_at: int
) -> None:
    path = lay_out(tmp_path, old, new)
    with monkeypatch.context() as patched:
        counted = steps(patched, die_at)
        try:
            swap.replace_journal(path, tmp_path / "kept.sqlite3")
            assert counted() < die_at
        except KilledError:
            assert counted() >= die_at
    # The next start.
    swap.finish(path)
    assert verify_chain(path).whole
    is_new = len(content(path)["requests"]) == 3
    kept = tmp_path / "kept.sqlite3"
    if not is_new:
        assert content(path)["audit"][-1][2] == "in the log"
        assert len(content(path)["requests"]) == 12
    else:
        assert content(path) == content(new)
        assert content(kept)["audit"][-1][2] == "in the log"
        assert len(content(kept)["requests"]) == 12


def test_a_journal_that_another_program_uses_is_not_exchanged(
    old: Path, new: Path, tmp_path: Path
) -> None:
    import subprocess
    import sys

    path = lay_out(tmp_path, old, new)
    code = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]);"
        "print(db.execute('SELECT count(*) FROM facts').fetchone(), flush=True);"
        "sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises((JournalError, OSError)):
            swap.replace_journal(path, None)
        other.communicate(b"\n")
    assert len(content(path)["requests"]) == 12
    swap.replace_journal(path, None)
    assert len(content(path)["requests"]) == 3
