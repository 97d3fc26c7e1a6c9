"""Archiving: a file that proves itself, a whole chain, and nothing gone that matters."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from store.builders import START, run
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.keeping import archive, archive_file, copies, restore

from .shop_journal import NOW, content, fill, name_of, txid_of

LATER = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
BEFORE = datetime(2026, 1, 1, 12, 31, tzinfo=UTC)
"""Sales 1 to 30 are older."""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return fill(tmp_path / "journal.sqlite3", 50)


def facts_in(file: Path) -> list[tuple[Any, ...]]:
    """The facts of an archive as the journal had them."""
    names = ("seq", "identifier", "at", "source", "kind", "text")
    return [
        (*(line[name] for name in names), bytes.fromhex(line["hash"]))
        for line in archive_file.read(file)
        if "seq" in line
    ]


def old_paid() -> list[str]:
    """What may go: paid, and old."""
    return [name_of(number) for number in range(1, 31) if number % 3]


def test_what_is_archived_is_in_the_file_and_the_chain_is_whole(shop: Path, tmp_path: Path) -> None:
    before = content(shop)
    planned = archive.plan(shop, BEFORE, LATER)
    file = tmp_path / "archive.jsonl"
    report = archive.archive(shop, BEFORE, file, now=LATER, who="Ann")
    assert (report.requests, report.facts) == (planned.requests, planned.facts)
    assert report.requests == 20
    assert report.kept_back == 10, "those that nobody paid are still open"
    paid = sum(1_000_000 + n for n in range(1, 31) if n % 3)
    assert report.sums == {"XRP": Decimal(paid) / 1_000_000}
    after = content(shop)
    assert facts_in(file) == [row for row in before["facts"] if row[1] in old_paid()]
    assert after["facts"] == [row for row in before["facts"] if row[1] not in old_paid()]
    assert sorted([*after["facts"], *facts_in(file)]) == before["facts"]
    assert [row[0] for row in after["requests"]] == [
        row[0] for row in before["requests"] if row[0] not in old_paid()
    ]
    assert archive_file.problem_of(file) == ""
    assert verify_chain(shop).whole, verify_chain(shop).messages
    assert after["sale_numbers"] == before["sale_numbers"]
    assert b'note 1"' not in shop.read_bytes(), "the bytes are gone"


def test_the_journal_goes_on_after_it(shop: Path, tmp_path: Path) -> None:
    archive.archive(shop, BEFORE, tmp_path / "archive.jsonl", now=LATER)
    fill(shop, 5, first=51)
    assert verify_chain(shop).whole
    second = tmp_path / "second.jsonl"
    later = datetime(2026, 1, 1, 12, 41, tzinfo=UTC)
    assert archive.archive(shop, later, second, now=LATER).requests
    assert verify_chain(shop).whole
    assert archive_file.problem_of(second) == ""


def test_a_transaction_of_an_archived_sale_stays_known(shop: Path, tmp_path: Path) -> None:
    archive.archive(shop, BEFORE, tmp_path / "archive.jsonl", now=LATER)

    async def ask() -> None:
        journal = SqliteJournal(shop)
        journal.open(asyncio.get_running_loop())
        txid = txid_of(7)
        assert await journal.requests_for_txids([txid]) == [(txid, name_of(7))]
        assert await journal.known_unmatched([txid, txid_of(48)]) == {txid}
        await journal.close()

    asyncio.run(ask())


def test_nothing_goes_while_its_refund_is_open(shop: Path, tmp_path: Path) -> None:
    async def refund() -> None:
        from xumm_desk.core.request import request_spec
        from xumm_desk.core.request.request_spec import RequestSpec

        journal = SqliteJournal(shop)
        journal.open(asyncio.get_running_loop())
        blob: Any = {"sale": {"number": 1, "refund_of": name_of(1)}}
        made = request_spec.parse_body(
            {
                "txjson": {
                    "TransactionType": "Payment",
                    "Destination": "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe",
                    "Amount": "5",
                },
                "custom_meta": {"identifier": "refund-1", "blob": blob},
            },
            identifier="refund-1",
            network="TESTNET",
        )
        assert isinstance(made, RequestSpec)
        fact = make_fact(START, Source.OPERATOR, FactKind.INTENT, made.to_json())
        journal.append("refund-1", fact, urgent=True)
        await journal.durable()
        await journal.close()

    asyncio.run(refund())
    report = archive.archive(shop, BEFORE, tmp_path / "archive.jsonl", now=LATER)
    assert report.requests == 19
    names = [row[0] for row in content(shop)["requests"]]
    assert name_of(1) in names
    assert name_of(2) not in names


def test_a_tag_that_is_quarantined_keeps_its_request(shop: Path, tmp_path: Path) -> None:
    soon = datetime(2026, 1, 1, 18, 0, tzinfo=UTC)
    assert archive.plan(shop, BEFORE, soon).requests == 0


@pytest.mark.parametrize(
    "forgery",
    [
        "DELETE FROM facts WHERE seq = (SELECT max(seq) - 3 FROM facts)",
        "UPDATE chain_gaps SET last_seq = last_seq + 1",
        "UPDATE chain_gaps SET hash = zeroblob(32) WHERE first_seq < 20",
        "UPDATE chain_records SET text = replace(text, '\"facts\"', '\"fact\"')",
        "DELETE FROM chain_records",
        "DELETE FROM chain_gaps WHERE first_seq = (SELECT max(first_seq) FROM chain_gaps)",
        "INSERT INTO chain_anchors SELECT 100, min(record), zeroblob(32) FROM chain_gaps",
    ],
)
def test_a_gap_that_nobody_recorded_is_found(shop: Path, tmp_path: Path, forgery: str) -> None:
    archive.archive(shop, BEFORE, tmp_path / "archive.jsonl", now=LATER)
    assert verify_chain(shop).whole
    run(shop, forgery)
    assert not verify_chain(shop).whole


def test_a_fact_cannot_be_hidden_by_a_gap_of_ones_own(shop: Path, tmp_path: Path) -> None:
    archive.archive(shop, BEFORE, tmp_path / "archive.jsonl", now=LATER)
    run(
        shop,
        "INSERT INTO chain_gaps SELECT seq, seq, hash, (SELECT min(record) FROM chain_gaps)"
        " FROM facts WHERE kind = 'payment' ORDER BY seq DESC LIMIT 1",
        "DELETE FROM facts WHERE seq = (SELECT max(seq) FROM facts WHERE kind = 'payment')",
    )
    [said] = verify_chain(shop).messages
    assert "says of missing rows was changed" in said


def test_a_changed_archive_is_found(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    archive.archive(shop, BEFORE, file, now=LATER)
    whole = file.read_bytes()
    chance = random.Random(4)
    for _ in range(40):
        place = chance.randrange(len(whole) - 1)
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        file.write_bytes(changed)
        assert archive_file.problem_of(file)
    file.write_bytes(whole[: len(whole) // 2])
    assert archive_file.problem_of(file)


def test_a_journal_with_gaps_is_salvaged_and_restored_without_what_is_archived(
    shop: Path, tmp_path: Path
) -> None:
    copies.make_copy(shop, NOW.date(), keep_days=14)
    archive.archive(shop, BEFORE, tmp_path / "archive.jsonl", now=LATER)
    before = content(shop)
    del before["tag_rests"]  # those of archived requests are over
    report = restore.salvage(shop, ledger=True, now=LATER)
    assert report.whole
    assert report.from_copies == 0, "what was archived does not come back"
    assert {name: content(shop)[name] for name in before} == before
    assert verify_chain(shop).whole


def test_an_archive_is_never_written_over(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    file.write_text("an older one")
    with pytest.raises(JournalError, match="already"):
        archive.archive(shop, BEFORE, file, now=LATER)
    assert file.read_text() == "an older one"
    with pytest.raises(JournalError, match="cannot be written"):
        archive.archive(shop, BEFORE, tmp_path / "none" / "archive.jsonl", now=LATER)
    assert verify_chain(shop).whole


_KILLED = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from xumm_desk.store.keeping import archive
archive._AT_ONCE = 3
def step(done, _all):
    print(done, flush=True)
archive.archive(
    Path(sys.argv[1]), datetime(2026, 1, 1, 12, 31, tzinfo=timezone.utc), Path(sys.argv[2]),
    now=datetime(2027, 3, 1, 9, 0, tzinfo=timezone.utc), on_progress=step,
)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
def test_killed_at_any_moment_each_fact_is_in_the_journal_or_in_a_file(
    shop: Path, tmp_path: Path
) -> None:
    before = content(shop)["facts"]
    chance = random.Random(3)
    for attempt in range(6):
        file = tmp_path / f"archive-{attempt}.jsonl"
        with subprocess.Popen(
            [sys.executable, "-c", _KILLED, str(shop), str(file)],
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout is not None
            for _ in range(chance.choice((5, 21, 24))):
                child.stdout.readline()
            time.sleep(chance.uniform(0, 0.03))
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        assert verify_chain(shop).whole
        kept = {row[0]: row for row in content(shop)["facts"]}
        for one in tmp_path.glob("archive-*.jsonl"):
            assert archive_file.problem_of(one) == ""
            kept |= {row[0]: row for row in facts_in(one)}
        assert [kept[seq] for seq in sorted(kept)] == before
