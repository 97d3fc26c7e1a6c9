"""The journal is tried in the shop's own place; the keyring with an entry that is worth nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.self_test import storage
from xumm_desk.self_test.check import FailedError, NoteError
from xumm_desk.store import database


def test_a_journal_is_written_and_nothing_is_left_of_it(tmp_path: Path) -> None:
    told = storage.check_journal(tmp_path)
    assert sqlite3.sqlite_version in told
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    assert str(tmp_path) in storage.check_journal(tmp_path / "new" / "folder")
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_nothing_can_be_written_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryDirectory", refuse)
    with pytest.raises(FailedError, match=r"Permission denied.*--data-dir"):
        storage.check_journal(tmp_path)


def test_a_disk_without_a_write_ahead_log_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def as_on_a_network_drive(path: Path) -> sqlite3.Connection:
        return sqlite3.connect(path)

    monkeypatch.setattr(database, "connect", as_on_a_network_drive)
    with pytest.raises(FailedError, match="write-ahead log"):
        storage.check_journal(tmp_path)


def test_a_full_disk_is_told_in_the_journals_own_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(path: Path) -> sqlite3.Connection:
        raise database.journal_error(sqlite3.OperationalError("database or disk is full"), path)

    monkeypatch.setattr(database, "connect", full)
    with pytest.raises(FailedError, match="The disk is full"):
        storage.check_journal(tmp_path)


@pytest.fixture
def memory() -> Iterator[MemoryKeyring]:
    with memory_keyring() as made:
        yield made


def test_a_keyring_that_works_is_named_and_left_as_it_was(memory: MemoryKeyring) -> None:
    memory.kept["xumm-desk", "xumm.app"] = "the shop's keys"
    assert "MemoryKeyring" in storage.check_keyring()
    assert memory.kept == {("xumm-desk", "xumm.app"): "the shop's keys"}


class Refusing(MemoryKeyring):
    def set_password(self, *_: str) -> None:
        raise keyring.errors.PasswordSetError("it is locked")


class Forgetful(MemoryKeyring):
    def get_password(self, *_: str) -> str | None:
        return None


class Silent(MemoryKeyring):
    answered = threading.Event()

    def set_password(self, *_: str) -> None:
        self.answered.wait(60)


@pytest.mark.parametrize(
    ("made", "words"),
    [(Refusing, "PasswordSetError: it is locked"), (Forgetful, "does not give back")],
)
def test_a_keyring_that_does_not_work_is_told(
    memory: MemoryKeyring, made: type[MemoryKeyring], words: str
) -> None:
    keyring.set_keyring(made())
    with pytest.raises(FailedError, match=words):
        storage.check_keyring()


def test_a_keyring_that_never_answers_is_not_waited_for(memory: MemoryKeyring) -> None:
    keyring.set_keyring(Silent())
    try:
        with pytest.raises(FailedError, match="has not answered"):
            storage.check_keyring(limit=0.05)
    finally:
        Silent.answered.set()


def test_a_computer_without_a_keyring_sells_all_the_same(memory: MemoryKeyring) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    with pytest.raises(NoteError, match="XUMM_APIKEY"):
        storage.check_keyring()
