"""Closed shifts never change, follow each other without a gap, and are closed by one process."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from core.shift.shift_facts import START, intent, money_fact, sale_spec

from store.builders import run, take_back
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.shift import document
from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.core.shift.report import Closing
from xumm_desk.core.shift.share import ShiftRules
from xumm_desk.core.state.account_facts import PaysAnother
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.wire.json_fields import parse_object
from xumm_desk.store import database
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.shifts.shift_reader import ShiftReader

pytestmark = pytest.mark.anyio
RULES = ShiftRules(True, "MAINNET")


async def closing_document(journal: SqliteJournal, operator: str = "Ana") -> ShiftDocument:
    """What would close the open shift."""
    await journal.durable()
    found = await journal.shifts.read_open(RULES)
    return document.close(
        found.report, Closing(operator, START + timedelta(hours=1)), claims=found.claims
    )


def sell(journal: SqliteJournal, name: str, drops: int = 1_000_000) -> None:
    """A paid sale."""
    spec = sale_spec(name, XrpAmount(drops))
    journal.append(name, intent(spec), urgent=True)
    txid = name.encode().hex().upper().rjust(64, "0")
    paid = money_fact(spec, txid, XrpAmount(drops), kind=FactKind.PAYMENT)
    journal.append(name, paid, urgent=True)


async def test_a_closed_shift_is_read_back_as_it_was_written(
    journal: SqliteJournal, path: Path
) -> None:
    sell(journal, "s1")
    made = await closing_document(journal)
    assert await journal.shifts.add(made)
    sell(journal, "s2")
    await journal.durable()
    assert await journal.shifts.document(1) == replace(made, claims=())
    assert await journal.shifts.document(2) is None
    [listed] = await journal.shifts.closed(10)
    assert (listed.number, listed.operator, listed.hash) == (1, "Ana", made.hash)
    await journal.close()
    assert verify_chain(path).whole


async def test_what_is_appended_while_a_shift_is_closed_falls_into_the_next_one(
    journal: SqliteJournal,
) -> None:
    sell(journal, "s1")
    made = await closing_document(journal)
    sell(journal, "s2", 7_000_000)
    await journal.durable()
    assert await journal.shifts.add(made)
    report = (await journal.shifts.read_open(RULES)).report
    assert [line.identifier for line in report.lines] == ["s2"]
    assert report.span.after == made.to


async def test_no_statement_changes_or_removes_a_closed_shift(
    journal: SqliteJournal, path: Path
) -> None:
    sell(journal, "s1")
    assert await journal.shifts.add(await closing_document(journal))
    await journal.close()
    with closing(sqlite3.connect(path)) as db:
        for statement in (
            "UPDATE shifts SET operator = 'Eve'",
            "DELETE FROM shifts",
            "INSERT OR REPLACE INTO shifts SELECT * FROM shifts",
            "UPDATE shift_transactions SET identifier = 's2'",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(statement)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE shifts SET document = replace(document, 'Ana', 'Eve') WHERE number = 1", "#1 was"),
        ("UPDATE shifts SET lines = replace(lines, '2', '3') WHERE number = 2", "#2 was changed"),
        ("UPDATE shifts SET to_seq = to_seq - 1 WHERE number = 2", "#2 was changed"),
        ("DELETE FROM shifts WHERE number = 1", "#1 is missing"),
    ],
)
async def test_whoever_changes_a_shift_behind_the_program_is_found(
    journal: SqliteJournal, path: Path, change: str, said: str
) -> None:
    for number in (1, 2):
        sell(journal, f"s{number}", number * 1_000_000)
        assert await journal.shifts.add(await closing_document(journal))
    await journal.close()
    run(
        path,
        "DROP TRIGGER shifts_kept",
        "DROP TRIGGER shifts_not_deleted",
        "PRAGMA foreign_keys = OFF",
        change,
    )
    messages = verify_chain(path).messages
    assert any(said in message for message in messages), messages


async def test_two_processes_that_close_at_once_close_one_shift(
    journal: SqliteJournal, path: Path
) -> None:
    for number in range(20):
        sell(journal, f"s{number}")
    await journal.durable()
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from store.shifts.test_shift_table import closing_document\n"
        "from xumm_desk.store.journal import SqliteJournal\n"
        "async def main():\n"
        "    journal = SqliteJournal(Path(sys.argv[1]))\n"
        "    journal.open(asyncio.get_running_loop())\n"
        "    made = await closing_document(journal, sys.argv[2])\n"
        "    print('ready', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    print(await journal.shifts.add(made), flush=True)\n"
        "    await journal.close()\n"
        "asyncio.run(main())\n"
    )
    tests = str(Path(__file__).parents[2])
    root = str(Path(__file__).parents[3])
    both = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            code,
            str(path),
            who,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": f"{root}:{tests}"},
        )
        for who in ("Ana", "Ben")
    ]
    for one in both:
        assert one.stdout is not None
        assert await one.stdout.readline() == b"ready\n"
    ended = await asyncio.gather(*(one.communicate(b"\n") for one in both))
    answers = [out.decode().strip() for out, _ in ended]
    assert sorted(answers) == ["False", "True"]
    [shift] = await journal.shifts.closed(10)
    assert shift.operator == ("Ana" if answers[0] == "True" else "Ben")
    report = (await journal.shifts.read_open(RULES)).report
    assert report.lines == ()


async def test_a_journal_of_an_older_program_begins_its_first_shift_at_its_beginning(
    journal: SqliteJournal, path: Path
) -> None:
    sell(journal, "s1")
    await journal.durable()
    await journal.close()
    take_back(path, 9)
    database.connect(path).close()
    again = SqliteJournal(path)
    again.open(asyncio.get_running_loop())
    try:
        report = (await again.shifts.read_open(RULES)).report
        assert [line.identifier for line in report.lines] == ["s1"]
        assert (report.span.number, report.span.after) == (1, 0)
    finally:
        await again.close()


async def test_only_facts_of_the_shift_and_what_they_refer_to_are_read(
    journal: SqliteJournal, path: Path
) -> None:
    for number in range(30):
        sell(journal, f"old-{number}")
        journal.set_status(f"old-{number}", "paid", True)
    assert await journal.shifts.add(await closing_document(journal))
    sell(journal, "new")
    await journal.durable()
    read: list[str] = []
    with closing(database.connect(path)) as db:
        db.set_trace_callback(read.append)
        ShiftReader(path)._read(db, RULES, None)
        db.set_trace_callback(None)
        for statement in dict.fromkeys(read):
            if "facts" not in statement or not statement.startswith("SELECT"):
                continue
            for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"):
                assert not row[3].startswith("SCAN facts"), (statement, row[3])
    assert not [statement for statement in read if "old-" in statement]


async def test_a_payment_that_counts_for_another_sale_is_counted_there_and_once(
    journal: SqliteJournal,
) -> None:
    """Tills that were apart have both taken it; the other one's sale has the better claim."""
    txid = "AB" * 32
    for name, how in (("s1", "hand"), ("s2", "tag")):
        spec = sale_spec(name, XrpAmount(1_000_000))
        journal.append(name, intent(spec), urgent=True)
        paid = money_fact(spec, txid, XrpAmount(1_000_000), kind=FactKind.PAYMENT)
        value = parse_object(paid.text)
        assert not isinstance(value, str)
        told = make_fact(paid.at, paid.source, paid.kind, {**value, "paired": how})
        journal.append(name, told, urgent=True)
        if name == "s1":
            await journal.durable()
            before = await journal.shifts.read_open(RULES)
            assert before.claims == ((txid, "s1"),)
    await journal.durable()
    assert (await journal.shifts.read_open(RULES)).claims == ((txid, "s1"),)
    rival = PaysAnother(txid, "s2", (2, "")).to_json()
    journal.append("s1", make_fact(START, Source.DESK, FactKind.PAYS_ANOTHER, rival), urgent=True)
    await journal.durable()
    assert (await journal.shifts.read_open(RULES)).claims == ((txid, "s2"),)


async def test_a_payment_without_a_request_is_listed_until_it_is_dismissed_or_assigned(
    journal: SqliteJournal,
) -> None:
    for txid in ("A", "B"):
        spec = sale_spec("nobody", XrpAmount(3_000_000))
        raw = parse_object(money_fact(spec, txid * 64, XrpAmount(3_000_000)).text)
        assert not isinstance(raw, str)
        journal.add_unmatched(UnmatchedPayment(raw, LedgerTx.from_json(raw), "No tag.", START))
    assert await journal.shifts.add(await closing_document(journal))
    report = (await journal.shifts.read_open(RULES)).report
    assert [(one.item.key[0], one.carried_from) for one in report.unresolved] == [
        ("A", 1),
        ("B", 1),
    ]
    await journal.set_dismissed("A" * 64, True, START)
    spec = sale_spec("s1", XrpAmount(3_000_000))
    paid = money_fact(spec, "B" * 64, XrpAmount(3_000_000), kind=FactKind.PAYMENT, by="hand")
    journal.append("s1", intent(spec), urgent=True)
    journal.append("s1", paid, urgent=True)
    await journal.durable()
    report = (await journal.shifts.read_open(RULES)).report
    assert report.unresolved == ()
    assert [line.txid[0] for line in report.lines] == ["B"]
    assert [str(one.became) for one in report.settled] == ["dismissed", "assigned to s1"]
    assert [(str(one.label), str(one.what)) for one in report.decided] == [
        ("Payment of 3.00 XRP", "dismissed")
    ]
    found = await journal.shifts.read_open(RULES)
    made = document.close(
        found.report, Closing("Ana", START), claims=found.claims, dismissals_to=found.dismissals_to
    )
    assert await journal.shifts.add(made)
    assert (await journal.shifts.read_open(RULES)).report.decided == ()
