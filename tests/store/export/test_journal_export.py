"""Exports of a real journal to real files: order, choice, progress, cancellation, faults."""

from __future__ import annotations

import asyncio
import csv
import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from store.builders import START, intent, run
from store.test_atomic_file import disk_that_takes, names
from xumm_desk.core.export.job import (
    ExportCancelledError,
    ExportError,
    ExportFormat,
    ExportJob,
    ExportProgress,
)
from xumm_desk.core.export.selection import Selection
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.status import Status
from xumm_desk.store import database
from xumm_desk.store.export.journal_export import JournalExport
from xumm_desk.store.history import indexing
from xumm_desk.store.journal import SqliteJournal

COUNT = 20


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    """A journal of some requests, one a minute, named so that their order is not that of their
    names."""

    async def write(path: Path) -> None:
        journal = SqliteJournal(path)
        journal.open(asyncio.get_running_loop())
        for number in range(COUNT):
            name = f"{(number * 7) % COUNT:02}"
            journal.append(name, intent(name, number * 60), urgent=False)
        await journal.durable()
        await journal.close()

    folder = tmp_path / "data"
    folder.mkdir()
    asyncio.run(write(folder / "journal.sqlite3"))
    with closing(database.connect(folder / "journal.sqlite3")) as db:
        indexing.catch_up(db)
        assert indexing.progress(db).is_complete
    return folder / "journal.sqlite3"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The folder for what is written."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def no_news(_progress: ExportProgress) -> None:
    pass


def never() -> bool:
    return False


def identifiers(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [row["identifier"] for row in csv.DictReader(lines)]


ORDER = [f"{(number * 7) % COUNT:02}" for number in range(COUNT)]


def test_requests_come_oldest_first_and_progress_ends_at_their_number(
    journal_path: Path, out: Path
) -> None:
    told: list[ExportProgress] = []
    job = ExportJob(out / "a.csv", mark=True)
    result = JournalExport(journal_path, ledger=True).run(job, told.append, never)
    assert (result.written, result.path) == (COUNT, out / "a.csv")
    assert identifiers(out / "a.csv") == ORDER
    assert (out / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert told[-1] == ExportProgress(COUNT, COUNT, COUNT)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(since=START + timedelta(minutes=18)), ORDER[18:]),
        (Selection(until=START + timedelta(minutes=2)), ORDER[:2]),
        (Selection(statuses=frozenset({Status.PAID})), []),
        (Selection(statuses=frozenset({Status.CREATING})), ORDER),
        (Selection(identifiers=("05", "none", "03")), ["05", "03"]),
        (Selection(identifiers=()), []),
        (Selection(query=HistoryQuery(text="05")), ["05"]),
        (Selection(query=HistoryQuery(statuses=frozenset({Status.PAID}))), []),
        (Selection(query=HistoryQuery(since=START + timedelta(minutes=17))), ORDER[17:]),
        (
            Selection(since=START + timedelta(minutes=18), query=HistoryQuery(text="xrp")),
            ORDER[18:],
        ),
    ],
)
def test_what_is_chosen_is_written(
    journal_path: Path, out: Path, selection: Selection, expected: list[str]
) -> None:
    job = ExportJob(out / "a.csv", selection=selection)
    assert JournalExport(journal_path, ledger=True).run(job, no_news, never).written == len(
        expected
    )
    assert identifiers(out / "a.csv") == expected


def test_a_filter_means_the_same_while_the_index_is_not_made(journal_path: Path, out: Path) -> None:
    run(journal_path, "DELETE FROM request_index", "INSERT OR IGNORE INTO index_todo VALUES ('05')")
    query = HistoryQuery(since=START + timedelta(minutes=10))
    job = ExportJob(out / "a.csv", selection=Selection(query=query))
    assert JournalExport(journal_path, ledger=True).run(job, no_news, never).written == COUNT - 10
    assert identifiers(out / "a.csv") == ORDER[10:]


def test_the_same_stands_in_every_kind_of_file(journal_path: Path, out: Path) -> None:
    export, chosen = JournalExport(journal_path, ledger=True), ("identifier", "status", "amount")
    for kind in ExportFormat:
        export.run(ExportJob(out / f"a.{kind}", kind, chosen), no_news, never)
    with (out / "a.csv").open(newline="") as lines:
        _, *of_csv = csv.reader(lines)
    lines_of_json = (out / "a.jsonl").read_text().splitlines()
    of_json = [list(json.loads(line).values()) for line in lines_of_json]
    sheet = openpyxl.load_workbook(out / "a.xlsx")["Requests"]
    of_book = [list(map(str, row)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert of_csv == of_json
    assert [row[:2] for row in of_book] == [row[:2] for row in of_csv]
    assert names(out) == ["a.csv", "a.jsonl", "a.xlsx"]


@pytest.mark.parametrize("kind", ExportFormat)
def test_a_cancelled_export_leaves_what_was_there(
    journal_path: Path, out: Path, kind: ExportFormat
) -> None:
    file = out / "a.out"
    file.write_text("before")
    asked = iter([False] * 5)
    with pytest.raises(ExportCancelledError):
        JournalExport(journal_path, ledger=True).run(
            ExportJob(file, kind), no_news, lambda: next(asked, True)
        )
    assert file.read_text() == "before"
    assert names(out) == ["a.out"]


@pytest.mark.parametrize("kind", ExportFormat)
def test_a_full_disk_leaves_what_was_there_and_says_so(
    journal_path: Path, out: Path, kind: ExportFormat
) -> None:
    file = out / "a.out"
    file.write_text("before")
    export = JournalExport(journal_path, ledger=True)
    with (
        pytest.raises(ExportError, match=r"cannot be written \(File too large\)") as full,
        disk_that_takes(2000),
    ):
        export.run(ExportJob(file, kind), no_news, never)
    assert "Choose another place." in str(full.value)
    assert file.read_text() == "before"
    assert names(out) == ["a.out"]


def test_a_journal_that_is_not_there_or_is_none_is_said(tmp_path: Path, out: Path) -> None:
    job = ExportJob(out / "a.csv")
    with pytest.raises(ExportError, match="There is no journal at"):
        JournalExport(tmp_path / "none", ledger=True).run(job, no_news, never)
    bad = tmp_path / "bad.sqlite3"
    bad.write_bytes(b"no database" * 1000)
    with pytest.raises(ExportError):
        JournalExport(bad, ledger=True).run(job, no_news, never)
    assert names(out) == []


def test_a_folder_that_is_not_there_is_said(journal_path: Path, out: Path) -> None:
    with pytest.raises(ExportError, match="The folder is not there"):
        JournalExport(journal_path, ledger=True).run(
            ExportJob(out / "no" / "a.csv"), no_news, never
        )
