"""Closed shifts on the command line: listed, shown and exported as they were written."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from contextlib import closing
from datetime import UTC, datetime

import pytest
from core.shift.sample_shift import sample_journal

from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.store import database
from xumm_desk.store.group_commit import FactRecord, commit_group
from xumm_desk.store.shifts import shift_table

from .conftest import Shell

pytestmark = pytest.mark.anyio


def close_two(shell: Shell) -> list[ShiftDocument]:
    """A journal with two closed shifts in the data folder."""
    sample = sample_journal()
    sample.close(datetime(2026, 11, 30, 18, 0, tzinfo=UTC), "=Eve", shop="Bakery Sunrise")
    with closing(database.connect(shell.folder / "data" / "journal.sqlite3")) as db:
        records = [FactRecord(name, fact) for name, fact in sample.facts]
        assert not commit_group(db, list(records), lambda: None)
        for shift in sample.closed:
            assert shift_table.add(db, shift)
    return sample.closed


async def test_closed_shifts_are_listed(shell: Shell) -> None:
    shifts = close_two(shell)
    ended = await shell.run("shifts")
    assert ended.code == 0
    rows = [line.split("\t") for line in ended.out.splitlines()]
    assert [(row[0], row[3]) for row in rows] == [(str(s.number), s.hash) for s in shifts]


async def test_the_last_shift_is_shown_as_it_is_printed(shell: Shell) -> None:
    close_two(shell)
    ended = await shell.run("shifts", "show")
    lines = ended.out.splitlines()
    assert lines[0] == "Bakery Sunrise"
    assert any(line.startswith("Takings") and line.endswith("€\u00a0162.04") for line in lines)
    assert ended.out == (await shell.run("shifts", "show", "2")).out
    assert "#1" in (await shell.run("shifts", "show", "1")).out.splitlines()[1]


async def test_a_shift_that_is_not_there_is_refused(shell: Shell) -> None:
    close_two(shell)
    ended = await shell.run("shifts", "show", "3")
    assert ended.code == 2
    assert ended.out == ""
    assert "There is no closed shift #3." in ended.err


async def test_a_journal_without_closed_shifts_is_an_empty_list(shell: Shell) -> None:
    database.connect(shell.folder / "data" / "journal.sqlite3").close()
    assert (await shell.run("shifts")).out == ""
    ended = await shell.run("shifts", "show")
    assert ended.code == 2
    assert "No shift was closed so far." in ended.err


async def test_the_export_has_every_sum_and_payment_and_no_formula(shell: Shell) -> None:
    close_two(shell)
    target = shell.folder / "shifts.csv"
    ended = await shell.run("shifts", "export", "--excel", "--output", str(target))
    assert ended.code == 0
    text = target.read_bytes().decode("utf-8-sig")
    assert text.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["operator"] for row in rows} == {"Ana", "'=Eve"}
    second = [row for row in rows if row["shift"] == "2"]
    [total] = [r for r in second if (r["record"], r["network"]) == ("total_price", "MAINNET")]
    assert (total["net_price"], total["currency"], total["refunds_price"]) == (
        "162.04",
        "EUR",
        "6.00",
    )
    [refund] = [row for row in second if row["record"] == "refund"]
    assert (refund["net"], refund["refunded"], refund["received"]) == ("-2.5", "2.5", "")
    assert {"payment", "change", "unresolved", "decided", "settled", "till_asset"} < {
        row["record"] for row in second
    }


async def test_json_lines_are_the_documents_that_the_hashes_are_of(shell: Shell) -> None:
    shifts = close_two(shell)
    ended = await shell.run("shifts", "export", "--format", "jsonl")
    lines = ended.out.splitlines()
    assert [hashlib.sha256(line.encode()).hexdigest() for line in lines] == [
        shift.hash for shift in shifts
    ]
    assert json.loads(lines[1])["previous"] == shifts[0].hash
