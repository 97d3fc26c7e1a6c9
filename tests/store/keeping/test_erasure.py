"""Erasing a customer: his data is gone from every byte, and no sum and no outcome has changed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from xumm_desk.core.keeping.letting_go import MARK, ErasureChoices
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.journal_reader import JournalReader
from xumm_desk.store.keeping import archive, archive_file, copies, erasure, restore

from .shop_journal import NOW, PAYER, content, fill, name_of, txid_of
from .test_archive import BEFORE, LATER

BOTH = ErasureChoices()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return fill(tmp_path / "journal.sqlite3", 20)


def takings(path: Path) -> dict[str, Decimal]:
    """What was delivered by request, as an export shows it."""
    from xumm_desk.core.export.record import make_record
    from xumm_desk.core.state.lifecycle import replay

    found = {}
    with JournalReader(path) as reader:
        for name, facts in reader.requests():
            request = replay(list(facts))
            assert request is not None
            record = make_record(request, ledger=True)
            found[name] = (record["status"], record["delivered"], record["amount"])
    return found  # type: ignore[return-value]


def whole_files(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in path.parent.glob("journal.sqlite3*"))


def test_the_payer_and_the_note_are_gone_and_the_sums_are_not(shop: Path) -> None:
    before = takings(shop)
    assert b"note 5" in whole_files(shop)
    report = erasure.erase(shop, name_of(5), BOTH, ledger=True, now=NOW, who="Ann")
    assert (report.requests, report.refused) == (1, ())
    assert takings(shop) == before
    texts = [row[5] for row in content(shop)["facts"] if row[1] == name_of(5)]
    assert not any(PAYER in text or "note 5" in text for text in texts)
    assert any(txid_of(5) in text for text in texts)
    assert any(MARK in text for text in texts)
    assert b'note 5"' not in whole_files(shop), "the bytes are gone"
    assert verify_chain(shop).whole, verify_chain(shop).messages


def test_all_requests_of_an_account_are_erased(shop: Path) -> None:
    before = takings(shop)
    report = erasure.erase(shop, PAYER, BOTH, ledger=True, now=NOW)
    paid = [number for number in range(1, 21) if number % 3]
    assert report.requests == len(paid)
    assert takings(shop) == before
    facts = [row[5] for row in content(shop)["facts"]]
    assert not any(PAYER in text for text in facts)
    assert verify_chain(shop).whole


def test_the_transaction_goes_only_if_that_is_chosen(shop: Path) -> None:
    before = takings(shop)
    erasure.erase(shop, name_of(5), ErasureChoices(txid=True), ledger=True, now=NOW)
    erasure.erase(shop, name_of(7), ErasureChoices(txid=True), ledger=True, now=NOW)
    assert takings(shop) == before
    assert txid_of(5).encode() not in whole_files(shop)
    marks = {row[5] for row in content(shop)["facts"] if "ERASED-" in row[5]}
    assert len(marks) == 2
    assert verify_chain(shop).whole


def test_an_open_request_is_not_erased(shop: Path) -> None:
    before = content(shop)
    report = erasure.erase(shop, name_of(3), BOTH, ledger=True, now=NOW)
    assert (report.requests, report.refused) == (0, (name_of(3),))
    assert content(shop) == before


def test_erasing_twice_and_going_on_keeps_the_chain(shop: Path) -> None:
    erasure.erase(shop, name_of(5), ErasureChoices(note=False), ledger=True, now=NOW)
    erasure.erase(shop, name_of(5), BOTH, ledger=True, now=NOW)
    assert erasure.erase(shop, name_of(5), BOTH, ledger=True, now=NOW).requests == 0
    fill(shop, 3, first=21)
    assert verify_chain(shop).whole


def test_a_text_that_somebody_else_erased_is_found(shop: Path) -> None:
    from store.builders import run

    erasure.erase(shop, name_of(5), BOTH, ledger=True, now=NOW)
    run(shop, f"UPDATE facts SET text = replace(text, '{MARK}', 'x') WHERE text LIKE '%{MARK}%'")
    assert not verify_chain(shop).whole


def test_copies_that_still_hold_it_are_counted_and_can_go(shop: Path) -> None:
    copies.make_copy(shop, NOW.date(), keep_days=14)
    assert erasure.erase(shop, name_of(5), BOTH, ledger=True, now=NOW).copies == 1
    erasure.erase(shop, name_of(7), ErasureChoices(copies=True), ledger=True, now=NOW)
    assert copies.list_copies(copies.folder_of(shop)) == []


def test_what_was_erased_does_not_come_back_from_a_copy(shop: Path) -> None:
    copies.make_copy(shop, NOW.date(), keep_days=14)
    erasure.erase(shop, PAYER, BOTH, ledger=True, now=NOW)
    before = content(shop)
    report = restore.salvage(shop, ledger=True, now=NOW)
    assert report.whole
    assert content(shop)["facts"] == before["facts"]
    assert not any(PAYER in row[5] for row in content(shop)["facts"])


def test_an_erased_request_can_be_archived(shop: Path, tmp_path: Path) -> None:
    erasure.erase(shop, name_of(5), BOTH, ledger=True, now=NOW)
    file = tmp_path / "archive.jsonl"
    report = archive.archive(shop, BEFORE, file, now=LATER)
    assert report.requests
    assert archive_file.problem_of(file) == ""
    assert verify_chain(shop).whole
    assert b'note 5"' not in file.read_bytes()
