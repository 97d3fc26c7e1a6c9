"""The space on a real disk, and of a real journal's files."""

from __future__ import annotations

from pathlib import Path

from xumm_desk.store import disk_space


def test_the_journal_s_own_files_are_counted(tmp_path: Path) -> None:
    journal = tmp_path / "journal.sqlite3"
    journal.write_bytes(b"x" * 4096)
    journal.with_name("journal.sqlite3-wal").write_bytes(b"x" * 1000)
    (tmp_path / "another").write_bytes(b"x" * 9999)
    found = disk_space.measure(journal)
    assert found is not None
    assert found.journal == 5096
    assert 0 < found.free <= found.total


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path) -> None:
    assert disk_space.measure(tmp_path / "gone" / "journal.sqlite3") is None
    assert disk_space.measure(Path("/\0/journal")) is None
