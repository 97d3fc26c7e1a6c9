"""Salvaging: what a damaged file holds is in the new one, and what it does not hold is named."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.builders import run
from xumm_desk.core.journal_error import JournalError
from xumm_desk.store import database
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.keeping import copies, restore, swap

from .shop_journal import NOW, content, damage, fill

COUNT = 60


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("shop") / "journal.sqlite3", COUNT)


def names(db: Path) -> list[str]:
    return [row[0] for row in content(db)["requests"]]


def test_a_journal_that_is_whole_is_salvaged_as_it_is(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(shop.read_bytes())
    report = restore.salvage(path, ledger=True, now=NOW)
    assert report.whole, report
    assert content(path) == content(shop)
    assert verify_chain(path).whole
    assert report.kept_as is not None
    assert Path(report.kept_as).read_bytes() == shop.read_bytes()
    assert {one.name for one in tmp_path.iterdir()} == {"journal.sqlite3", report.kept_as.name}


@pytest.mark.parametrize("seed", range(24))
def test_a_damaged_page_costs_no_more_than_what_stood_on_it(
    shop: Path, tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "journal.sqlite3"
    damage(shop, path, seed, pages=1 + seed % 4)
    damaged = path.read_bytes()
    report = restore.salvage(path, ledger=True, now=NOW)
    assert report.kept_as is not None
    assert Path(report.kept_as).read_bytes() == damaged
    assert verify_chain(path).whole, verify_chain(path).messages
    database.connect(path).close()
    before, after = content(shop), content(path)
    lost = {seq for first, last in report.lost for seq in range(first, last + 1)}
    kept = [row for row in before["facts"] if row[0] not in lost]
    # A record of what is lost takes the next number, and is no fact.
    assert [row[:-1] for row in after["facts"]] == [row[:-1] for row in kept]
    assert sum(one != other for one, other in zip(after["facts"], kept, strict=True)) <= (
        report.unproven
    ), "only where nothing proves it may a hash be wrong"
    missing = set(before["unmatched"]) - set(after["unmatched"])
    assert not missing or report.other_rows >= len(missing) or not report.whole
    assert set(after["unmatched"]) <= set(before["unmatched"])
    if report.searched_from:
        assert after["seen"][0][1] < 5, "they are looked for again"
    assert len(lost) < len(before["facts"]) // 2
    owners = {row[1] for row in before["facts"] if row[0] in lost}
    if report.owners_known:
        assert owners <= set(report.affected)
    else:
        assert owners
    numbers = dict(after["sale_numbers"])
    assert numbers["front|"] >= COUNT, "no number comes again"
    tags = {row[0] for row in after["tags"]}
    assert tags <= {row[0] for row in before["tags"]}
    said = " ".join(report.sentences())
    if lost:
        assert "could not be read" in said
    else:
        assert ("Everything could be read" in said) is report.whole
        assert after["requests"] == before["requests"]


@pytest.mark.parametrize("seed", range(100, 112))
def test_what_the_damaged_file_lost_comes_from_a_copy(
    shop: Path, tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(shop.read_bytes())
    copies.make_copy(path, NOW.date(), keep_days=14)
    fill(path, 20, first=COUNT + 1)
    whole = content(path)
    damage(path, tmp_path / "damaged", seed, pages=3)
    path.write_bytes((tmp_path / "damaged").read_bytes())
    report = restore.salvage(path, ledger=True, now=NOW)
    assert verify_chain(path).whole
    after = content(path)
    lost = {seq for first, last in report.lost for seq in range(first, last + 1)}
    # Behind a gap no chain tells what the hash was: the damage may have cut it, and only it.
    behind = {last + 1 for _, last in report.lost}

    def told(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return row[:-1] if row[0] in behind else row

    assert list(map(told, after["facts"])) == [
        told(row) for row in whole["facts"] if row[0] not in lost
    ]
    copied = max(row[0] for row in content(shop)["facts"])
    assert all(seq > copied for seq in lost), "the copy has the others"
    assert dict(after["sale_numbers"])["front|"] >= COUNT + 20
    if not lost:
        assert after["requests"] == whole["requests"]
    left = set(whole["unmatched"]) - set(after["unmatched"])
    assert not left & set(content(shop)["unmatched"]), "the copy has the others"
    assert report.other_rows >= len(left)


def test_a_request_that_lost_facts_is_followed_again(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    for seed in range(200, 230):
        damage(shop, path, seed, pages=3)
        report = restore.salvage(path, ledger=True, now=NOW)
        if report.affected:
            break
    with closing(sqlite3.connect(path)) as db:
        for name in report.affected:
            kinds = [
                row[0] for row in db.execute("SELECT kind FROM facts WHERE identifier = ?", (name,))
            ]
            row = db.execute(
                "SELECT finished FROM requests WHERE identifier = ?", (name,)
            ).fetchone()
            if "intent" in kinds and "payment" not in kinds:
                assert row == (0,), "an end that nothing proves any more is none"


def test_a_file_of_which_nothing_can_be_read_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(b"\xee" * 40960)
    with pytest.raises(JournalError, match="Nothing of the journal could be read"):
        restore.salvage(path, ledger=True, now=NOW)
    assert path.read_bytes() == b"\xee" * 40960
    assert [one.name for one in tmp_path.iterdir()] == ["journal.sqlite3"]


def live_files(path: Path, more: int, first: int) -> None:
    """Let the journal at `path` end as by a power cut: its newest sales are in its log alone."""
    aside = path.with_name("aside.sqlite3")
    with closing(sqlite3.connect(path)) as held:
        held.execute("PRAGMA wal_autocheckpoint = 0")
        held.execute("SELECT count(*) FROM facts").fetchone()  # so that no close writes the log out
        fill(path, more, first=first)
        for side in ("", "-wal"):
            shutil.copy(f"{path}{side}", f"{aside}{side}")
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    for side in ("", "-wal"):
        os.replace(f"{aside}{side}", f"{path}{side}")


def test_what_was_leased_to_a_till_does_not_come_back(shop: Path, tmp_path: Path) -> None:
    """A journal that is made anew is another till of its shop."""
    path = shutil.copy(shop, tmp_path / "journal.sqlite3")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO tag_blocks VALUES (7, 9)")
        db.execute("INSERT INTO number_blocks VALUES ('Bar|', 101, 300, 140)")
        db.execute("INSERT OR REPLACE INTO number_wish VALUES (1, 'Bar|')")
    restore.salvage(Path(path), ledger=True, now=NOW)
    with closing(sqlite3.connect(path)) as db:
        for table in ("tag_blocks", "number_blocks", "number_wish"):
            assert db.execute(f"SELECT * FROM {table}").fetchall() == []


def test_what_stands_in_the_log_alone_is_salvaged(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(shop.read_bytes())
    live_files(path, 6, COUNT + 1)
    log = path.with_name("journal.sqlite3-wal")
    assert log.stat().st_size > 0
    with path.open("r+b") as file:
        file.write(b"\xee" * 4096)  # neither the header nor the schema are left
    report = restore.salvage(path, ledger=True, now=NOW)
    assert len(content(path)["requests"]) == COUNT + 6
    assert dict(content(path)["sale_numbers"])["front|"] >= COUNT + 6
    assert verify_chain(path).whole
    assert report.kept_as is not None
    assert Path(f"{report.kept_as}-wal").exists(), "the log is kept with its file"
    assert not log.exists()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_damaged_log_is_said_and_read_as_far_as_it_goes(
    shop: Path, tmp_path: Path, share: float
) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(shop.read_bytes())
    live_files(path, 10, COUNT + 1)
    log = path.with_name("journal.sqlite3-wal")
    with log.open("r+b") as file:
        file.seek(int(log.stat().st_size * share))
        file.write(b"\xee" * 600)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xee" * 4096)
    report = restore.salvage(path, ledger=True, now=NOW)
    assert report.log_damaged
    assert "last moments before the damage" in " ".join(report.sentences())
    assert verify_chain(path).whole
    after = content(path)
    numbers = [int(row[0].split("-")[2]) for row in after["requests"]]
    assert set(range(1, COUNT + 1)) - set(numbers) == set() or report.lost
    assert dict(after["sale_numbers"])["front|"] > max(numbers), "a lost sale's number stays free"


_SALVAGE = """
import sys, os, signal
from datetime import datetime, timezone
from pathlib import Path
from xumm_desk.store.keeping import restore

def step(done, _all):
    print(done, flush=True)

now = datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc)
restore.salvage(Path(sys.argv[1]), ledger=True, now=now, on_progress=step)
print("done", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
def test_a_salvage_that_is_killed_is_begun_anew(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    damage(shop, path, 5, pages=3)
    damaged = path.read_bytes()
    chance = random.Random(8)
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", _SALVAGE, str(path)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(chance.uniform(0, 0.15))
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        swap.finish(path)
        assert path.read_bytes() == damaged or verify_chain(path).whole
    report = restore.salvage(path, ledger=True, now=NOW)
    assert verify_chain(path).whole
    assert report.facts
    left = {one.name for one in tmp_path.iterdir()}
    assert all(name.startswith(("journal.sqlite3", "journal-damaged-")) for name in left), left


def test_a_disk_that_is_full_leaves_the_damaged_file(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.sqlite3"
    damage(shop, path, 5, pages=3)
    damaged = path.read_bytes()
    connect = database.connect

    def small(where: Path, *, check: bool = True) -> sqlite3.Connection:
        db = connect(where, check=check)
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages + 20}")
        return db

    monkeypatch.setattr(database, "connect", small)
    with pytest.raises(JournalError, match="disk is full"):
        restore.salvage(path, ledger=True, now=NOW)
    assert [one.name for one in tmp_path.iterdir()] == ["journal.sqlite3"]
    assert path.read_bytes() == damaged


def test_a_copy_is_restored_with_all_that_came_after_it(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(shop.read_bytes())
    copy = copies.make_copy(path, NOW.date(), keep_days=14)
    fill(path, 9, first=COUNT + 1)
    before = content(path)
    report = restore.restore(path, copy, ledger=True, now=NOW)
    assert report.whole
    assert content(path) == before, "nothing that was newer is lost"
    assert report.kept_as is not None
    assert "replaced" in report.kept_as.name


def test_a_copy_is_restored_where_the_journal_is_gone(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(shop.read_bytes())
    copy = copies.make_copy(path, NOW.date(), keep_days=14)
    path.unlink()
    report = restore.restore(path, copy, ledger=True, now=NOW)
    assert report.kept_as is None
    after, before = content(path), content(shop)
    assert {**after, "sale_numbers": []} == {**before, "sale_numbers": []}
    assert dict(after["sale_numbers"])["front|"] > COUNT, "what the lost file handed out is unknown"


def test_rows_that_somebody_changed_come_from_the_copy(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(shop.read_bytes())
    copy = copies.make_copy(path, NOW.date(), keep_days=14)
    fill(path, 3, first=COUNT + 1)
    whole = content(path)
    run(path, "UPDATE facts SET text = replace(text, '1000005', '9') WHERE text LIKE '%1000005%'")
    assert not verify_chain(path).whole
    report = restore.restore(path, copy, ledger=True, now=NOW)
    assert verify_chain(path).whole
    assert content(path)["facts"] == whole["facts"]
    assert report.from_copies > 0


def test_a_copy_that_is_damaged_is_not_restored(shop: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(shop.read_bytes())
    copy = copies.make_copy(path, NOW.date(), keep_days=14)
    with copy.open("r+b") as file:
        file.seek(20000)
        file.write(b"\xee" * 9000)
    with pytest.raises(JournalError):
        restore.restore(path, copy, ledger=True, now=NOW)
    assert path.read_bytes() == shop.read_bytes()


@pytest.mark.parametrize("first", range(0, 60, 5))
def test_a_journal_that_was_salvaged_can_be_salvaged_again(
    shop: Path, tmp_path: Path, first: int
) -> None:
    path = tmp_path / "journal.sqlite3"
    shutil.copy(shop, path)
    for seed in range(first, first + 5):
        damage(path, tmp_path / "damaged", seed, pages=2)
        os.replace(tmp_path / "damaged", path)
        restore.salvage(path, ledger=True, now=NOW)
        assert content(path)["sale_numbers"]
        assert verify_chain(path).whole
