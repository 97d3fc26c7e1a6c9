"""What lies on disk is nobody else's, whatever the umask says."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from xumm_desk.setup import logging_setup
from xumm_desk.simulator.runtime.document_store import DocumentStore
from xumm_desk.store import database, private_files
from xumm_desk.store.settings_file import SettingsFile

from .builders import take_back

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="rights of the profile folder")


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def readable_by_others(folder: Path) -> list[str]:
    return [str(one) for one in (folder, *folder.rglob("*")) if mode(one) & 0o077]


@pytest.mark.usefixtures("umask")
def test_whatever_is_made_is_this_account_s_alone(tmp_path: Path) -> None:
    folder = tmp_path / "share" / "xumm-desk" / "practice"
    with closing(database.connect(folder / "journal.sqlite3")) as db:
        db.execute("INSERT INTO seen VALUES ('r', 1)")
        assert {one.name for one in folder.iterdir()} > {"journal.sqlite3-wal"}
        SettingsFile(folder / "settings.json").change(destination="r")
        DocumentStore(folder / "platform.sqlite3").close()
        handler = logging_setup.PrivateRotatingFileHandler(folder / "xumm-desk.log", maxBytes=1)
        with closing(handler):
            handler.emit(logging.makeLogRecord({"msg": "one"}))
            handler.emit(logging.makeLogRecord({"msg": "two"}))
        with private_files.open_for_writing(folder / "export.csv") as out:
            out.write("\ud800 é")
        assert (folder / "export.csv").read_text("utf-8") == "? é"
        assert readable_by_others(tmp_path / "share") == []


@pytest.mark.usefixtures("umask")
def test_the_copy_before_a_migration_too(tmp_path: Path) -> None:
    path = tmp_path / "shop" / "journal.sqlite3"
    database.connect(path).close()
    take_back(path, 4)
    database.connect(path).close()
    assert (tmp_path / "shop" / "journal-before-5.sqlite3").exists()
    assert readable_by_others(tmp_path / "shop") == []


def of_an_older_version(folder: Path) -> Path:
    """A data folder as it was made before, readable by everybody."""
    (folder / "logs").mkdir(parents=True)
    (folder / "logs" / "xumm-desk.log.1").write_text("x")
    (folder / "localhost_8080").mkdir()
    for path in (folder / "journal.sqlite3", folder / "localhost_8080" / "journal.sqlite3"):
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE t (x)")
    (folder / "settings.json").write_text("{}")
    for one in (folder, *folder.rglob("*")):
        one.chmod(0o755 if one.is_dir() else 0o644)
    return folder


def test_an_older_folder_is_narrowed_and_the_log_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    folder = of_an_older_version(tmp_path / "shop")
    private_files.narrow(folder)
    assert readable_by_others(folder) == []
    assert [r.getMessage() for r in caplog.records] == [
        f"Other accounts of this computer could read 7 files and folders in {folder}."
        " From now on only this one can."
    ]
    private_files.narrow(folder)
    assert len(caplog.records) == 1


def test_what_is_not_the_desk_s_keeps_its_rights(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    folder = of_an_older_version(tmp_path / "shop")
    other = folder / "holiday.jpg"
    other.write_text("x")
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    (folder / "window.lock").symlink_to(outside)
    for one in (other, outside):
        one.chmod(0o644)
    private_files.narrow(folder)
    left = {str(one) for one in (folder, other, folder / "window.lock")}
    assert set(readable_by_others(folder)) == left
    assert mode(outside) == 0o644
    assert len(caplog.records) == 1


def test_a_file_that_is_written_over_is_narrowed_and_a_device_is_not(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("old and longer")
    path.chmod(0o666)
    with private_files.open_for_writing(path) as out:
        out.write("new")
    assert (path.read_text(), mode(path)) == ("new", 0o600)
    before = mode(Path(os.devnull))
    with private_files.open_for_writing(Path(os.devnull)) as out:
        out.write("x")
    assert mode(Path(os.devnull)) == before


def test_a_folder_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    private_files.narrow(tmp_path / "none")
