"""Tills that tell each other what they know of an account end with the same lists, in any order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from store.history.stories import BEGIN, PAYER, sale_spec
from xumm_desk.core.decision.needs import needs_person
from xumm_desk.core.keeping.letting_go import ErasureChoices
from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.state.lifecycle import Request, replay
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.store import ledger_tables, queries
from xumm_desk.store.group_commit import LedgerReadRecord, commit_group
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.journal_reader import JournalReader
from xumm_desk.store.keeping import archive, erasure, restore
from xumm_desk.store.replication import account_facts, local_facts

from .test_local_facts import heard, intent, open_journal, shipped, take_in, write

TILLS = ("till-a", "till-b", "till-c")
TXID = "AB" * 32
NOW = BEGIN + timedelta(days=400)
SHOP = str(sale_spec(1).destination)


def transaction(txid: str = TXID) -> JsonObject:
    """A payment of 0.50 XRP to the shop, as a node reports it."""
    return {
        "hash": txid,
        "validated": True,
        "ledger_index": 98_000_000,
        "meta": {"TransactionResult": "tesSUCCESS", "delivered_amount": "500000"},
        "tx_json": {"TransactionType": "Payment", "Account": PAYER, "Destination": SHOP},
    }


def found(
    db: sqlite3.Connection, txid: str = TXID, *, seconds: int = 0, why: str = "No tag."
) -> None:
    """A till finds a payment that names no request."""
    raw = transaction(txid)
    at = BEGIN + timedelta(seconds=seconds)
    assert not commit_group(
        db, [UnmatchedPayment(raw, LedgerTx.from_json(raw), why, at)], lambda: None
    )


def given(txid: str = TXID, how: str = "hand", seconds: int = 0) -> Fact:
    """The fact that the payment is a request's."""
    at = BEGIN + timedelta(seconds=seconds)
    value: JsonObject = {**transaction(txid), "paired": how}
    if how == "hand":
        value["assigned_at"] = at.isoformat()
    return make_fact(at, Source.LEDGER, FactKind.PAYMENT, value)


def dismissed(db: sqlite3.Connection, txid: str = TXID, *, seconds: int, yes: bool = True) -> None:
    """A person dismisses a payment at a till."""
    at = account_facts.next_moment(db, txid, BEGIN + timedelta(seconds=seconds))
    ledger_tables.set_dismissed(db, txid, yes, at)


def read(db: sqlite3.Connection, after: int | None, index: int) -> None:
    """A till has read the account up to this ledger."""
    assert not commit_group(db, [LedgerReadRecord(SHOP, index, after)], lambda: None)


def told(db: sqlite3.Connection, till: str) -> list[ReplicatedFact]:
    """All that the till has to tell."""
    local_facts.tell_and_settle(db, ledger=True)
    while local_facts.name_facts(db, 100):
        pass
    return local_facts.named_facts(db, till, ChainEnd(), 10_000)


def request(db: sqlite3.Connection, name: str) -> Request:
    """A request as the journal has it."""
    ((_, facts),) = queries.load_requests(db, "WHERE identifier = ?", (name,))
    made = replay(list(facts))
    assert made is not None
    return made


def lists(db: sqlite3.Connection) -> Any:
    """What a person sees: the payments and whose they are, dismissals, and what requests have."""
    rows = db.execute("SELECT txid, why, at, assigned_to FROM unmatched ORDER BY txid").fetchall()
    last: dict[str, tuple[int, str]] = dict(
        (txid, (aside, at))
        for txid, aside, at in db.execute("SELECT txid, aside, at FROM set_aside ORDER BY seq")
    )
    names = [
        row[0]
        for row in db.execute(
            "SELECT identifier FROM requests WHERE identifier <> ? ORDER BY 1", (SUBJECT,)
        )
    ]
    requests = {
        name: ([one.tx.txid for one in made.payments], [one.tx.txid for one in made.lost_payments])
        for name in names
        if (made := request(db, name))
    }
    return rows, last, requests, account_facts.read_up_to(db, SHOP)


@pytest.fixture
def journals(tmp_path: Path) -> Iterator[list[sqlite3.Connection]]:
    """Two tills of a shop."""
    with (
        closing(open_journal(tmp_path / "a.sqlite3")) as first,
        closing(open_journal(tmp_path / "b.sqlite3")) as second,
    ):
        for db, till in zip((first, second), TILLS, strict=False):
            local_facts.join(db, till)
        yield [first, second]


def exchange(journals: list[sqlite3.Connection]) -> None:
    """Both hear all of each other, and what follows from that."""
    for _ in range(2):
        for place, db in enumerate(journals):
            for other, till in zip(journals, TILLS, strict=False):
                if other is not db:
                    assert not take_in(db, told(other, till)).faults, place


def test_a_payment_is_listed_at_every_till_and_leaves_every_list(
    journals: list[sqlite3.Connection],
) -> None:
    ours, theirs = journals
    found(ours)
    told_now = take_in(theirs, told(ours, TILLS[0]))
    assert told_now.identifiers == (SUBJECT,)
    assert [one.txid for one in ledger_tables.unmatched(theirs)] == [TXID]
    assert ledger_tables.unmatched(theirs) == ledger_tables.unmatched(ours)
    dismissed(theirs, seconds=5)
    exchange(journals)
    assert list(ledger_tables.dismissed(ours)) == [TXID]
    dismissed(ours, seconds=0, yes=False)  # by a clock that is slow
    exchange(journals)
    assert not ledger_tables.dismissed(theirs)
    write(theirs, "sale-1", intent(sale_spec(1)))
    write(theirs, "sale-1", given())
    exchange(journals)
    assert not ledger_tables.unmatched(ours)
    assert not ledger_tables.unmatched(theirs)
    assert lists(ours) == lists(theirs)


def test_a_dismissal_that_comes_before_its_payment_waits_for_it(
    journals: list[sqlite3.Connection], tmp_path: Path
) -> None:
    ours, theirs = journals
    found(ours)
    take_in(theirs, told(ours, TILLS[0]))
    dismissed(theirs, seconds=9)
    with closing(open_journal(tmp_path / "c.sqlite3")) as third:
        local_facts.join(third, TILLS[2])
        take_in(third, told(theirs, TILLS[1]))
        assert not ledger_tables.unmatched(third)
        take_in(third, told(ours, TILLS[0]))
        assert list(ledger_tables.dismissed(third)) == [TXID]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (given(how="hand", seconds=1), given(how="hand", seconds=2), "sale-1"),
        (given(how="hand", seconds=2), given(how="hand", seconds=1), "sale-2"),
        (given(how="hand", seconds=1), given(how="hand", seconds=1), "sale-1"),
        (given(how="hand", seconds=1), given(how="tag", seconds=9), "sale-2"),
        (given(how="tag", seconds=1), given(how="invoice", seconds=9), "sale-2"),
    ],
)
def test_a_payment_given_to_two_sales_apart_pays_the_same_one_at_both_tills(
    journals: list[sqlite3.Connection], first: Fact, second: Fact, kept: str
) -> None:
    for number, (db, fact) in enumerate(zip(journals, (first, second), strict=True), 1):
        found(db)
        write(db, f"sale-{number}", intent(sale_spec(1)) if number == 1 else intent(_second()))
        write(db, f"sale-{number}", fact)
    exchange(journals)
    ours, theirs = journals
    assert lists(ours) == lists(theirs)
    lost = "sale-2" if kept == "sale-1" else "sale-1"
    for db in journals:
        assert [one.tx.txid for one in request(db, kept).payments] == [TXID]
        assert request(db, lost).lost_its_payment
        assert judge(request(db, kept), ledger=True).status is Status.PAID
        assert judge(request(db, lost), ledger=True).status is Status.CREATING
        assert needs_person(request(db, lost), judge(request(db, lost), ledger=True))
        assert db.execute("SELECT assigned_to FROM unmatched").fetchall() == [(kept,)]


def test_a_sale_that_loses_its_payment_is_read_whole_though_only_a_hint_came_about_it(
    journals: list[sqlite3.Connection],
) -> None:
    ours, theirs = journals
    found(theirs)
    write(theirs, "sale-1", intent(sale_spec(1)))
    write(theirs, "sale-2", intent(_second()))
    write(theirs, "sale-2", given())
    exchange(journals)
    ours.execute("UPDATE requests SET finished = 0")
    known = len(shipped(theirs, TILLS[1]))
    write(theirs, "sale-2", heard(1))
    write(theirs, "sale-1", given(how="tag", seconds=9))
    # What their till concludes from it comes with the next ones.
    taken = take_in(ours, shipped(theirs, TILLS[1])[known:])
    assert request(ours, "sale-2").lost_its_payment
    assert "sale-2" in taken.identifiers
    assert not taken.hints


def _second() -> RequestSpec:
    return replace(sale_spec(1), identifier="sale-2")


def test_what_the_tables_of_an_older_program_hold_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    with closing(open_journal(path)) as db:
        for number in range(3):
            found(db, f"{number}A" * 32, seconds=number)
        dismissed(db, "0A" * 32, seconds=9)
        read(db, None, 98_000_100)
        assert db.execute("SELECT count(*) FROM facts").fetchone() == (0,)
        local_facts.join(db, TILLS[0])
        facts = told(db, TILLS[0])
        assert sorted(fact.kind for fact in facts) == [
            "dismissed", "ledger-read", "unmatched", "unmatched", "unmatched",
        ]  # fmt: skip
        assert told(db, TILLS[0]) == facts
        assert ledger_tables.ledgers_read(db) == {SHOP: 98_000_100}
    assert verify_chain(path).whole


def test_the_reading_goes_on_where_nobody_has_read(
    journals: list[sqlite3.Connection],
) -> None:
    ours, theirs = journals
    read(ours, None, 5_000)
    exchange(journals)
    assert account_facts.read_up_to(theirs, SHOP) == 5_000
    # A till that was alone, and stopped before the others began.
    read(theirs, None, 1_000)
    exchange(journals)
    assert account_facts.read_up_to(ours, SHOP) == 1_000
    read(ours, 1_000, 6_000)
    exchange(journals)
    assert account_facts.read_up_to(theirs, SHOP) == 6_000
    # Not every step is told.
    read(ours, 6_000, 6_100)
    exchange(journals)
    assert account_facts.read_up_to(theirs, SHOP) == 6_000
    assert account_facts.read_up_to(ours, SHOP) == 6_100


def test_what_a_program_kept_that_did_not_know_these_facts_is_used_by_a_newer_one(
    journals: list[sqlite3.Connection],
) -> None:
    ours, theirs = journals
    found(ours)
    facts = told(ours, TILLS[0])
    # As it wrote them: a request that never says what it asks for.
    take_in(theirs, [])
    theirs.execute("DROP TRIGGER facts_to_settle")
    take_in(theirs, facts)
    theirs.execute("UPDATE requests SET finished = 0, status = 'creating'")
    assert not ledger_tables.unmatched(theirs)
    script = (Path(local_facts.__file__).parent.parent / "schema" / "0015.sql").read_text("utf-8")
    begin = script.index("INSERT OR IGNORE INTO payments_to_settle", script.index("END;"))
    theirs.executescript(script[begin : script.index(";", begin) + 1])
    assert local_facts.tell_and_settle(theirs, ledger=True) == (SUBJECT,)
    assert [one.txid for one in ledger_tables.unmatched(theirs)] == [TXID]


def test_a_monitor_lists_all_and_records_nothing(
    journals: list[sqlite3.Connection], tmp_path: Path
) -> None:
    for number, db in enumerate(journals, 1):
        found(db)
        write(db, f"sale-{number}", intent(sale_spec(1)) if number == 1 else intent(_second()))
        write(db, f"sale-{number}", given(seconds=number))
    with closing(open_journal(tmp_path / "m.sqlite3")) as monitor:
        for db, till in zip(journals, TILLS, strict=False):
            take_in(monitor, told(db, till))
        kinds = {row[0] for row in monitor.execute("SELECT kind FROM facts")}
        assert FactKind.PAYS_ANOTHER.value not in kinds
        exchange(journals)
        for db, till in zip(journals, TILLS, strict=False):
            take_in(monitor, told(db, till))
        assert lists(monitor)[:3] == lists(journals[0])[:3]


def test_keeping_takes_these_facts_for_no_request(tmp_path: Path) -> None:
    """Whose payment it was is erased from them with his request; a salvaged journal has them."""
    path = tmp_path / "journal.sqlite3"
    with closing(open_journal(path)) as db:
        local_facts.join(db, TILLS[0])
        found(db)
        write(db, "sale-1", intent(sale_spec(1)))
        write(db, "sale-1", given())
        told(db, TILLS[0])
        db.execute("UPDATE requests SET finished = 1")
        local_facts.leave(db)  # what a shop has stays as it is there
    assert archive.plan(path, NOW, NOW).requests == 1
    report = erasure.erase(path, "sale-1", ErasureChoices(), ledger=True, now=NOW)
    assert (report.requests, report.facts) == (1, 3)
    assert erasure.erase(path, PAYER, ErasureChoices(), ledger=True, now=NOW).refused == ()
    with JournalReader(path) as reader:
        assert [name for name, _ in reader.requests()] == ["sale-1"]
    assert restore.salvage(path, ledger=True, now=NOW).headless == ()
    with closing(open_journal(path)) as db:
        texts = db.execute("SELECT kind, text FROM facts").fetchall()
        assert not any(PAYER in text for _, text in texts)
        assert sorted(kind for kind, _ in texts) == ["intent", "payment", "unmatched"]
    assert verify_chain(path).whole


def test_what_is_said_of_a_payment_is_found_by_index(journals: list[sqlite3.Connection]) -> None:
    db = journals[0]
    found(db)
    seen: list[str] = []
    db.set_trace_callback(seen.append)
    told(db, TILLS[0])
    take_in(db, [])
    db.set_trace_callback(None)
    for statement in seen:
        if statement.startswith("SELECT") and "facts" in statement and "WHERE" in statement:
            for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"):
                assert not row[3].startswith("SCAN facts") or "seq >" in statement, statement


PAYMENTS = st.sampled_from(["0A" * 32, "0B" * 32])
MOMENTS = st.integers(0, 4)
PLACES = st.integers(0, 2)


class Accounts(RuleBasedStateMachine):
    """Three tills that find, give, dismiss and read apart, and hear of it in any order."""

    @initialize()
    def begin(self) -> None:
        """Make the tills, each with a sale that the others may know."""
        self.folder = TemporaryDirectory()
        self.journals = [open_journal(Path(self.folder.name) / f"{till}.sqlite3") for till in TILLS]
        self.shop: dict[str, list[ReplicatedFact]] = {till: [] for till in TILLS}
        for number, (db, till) in enumerate(zip(self.journals, TILLS, strict=True), 1):
            local_facts.join(db, till)
            write(db, f"sale-{number}", intent(sale_spec(number)))

    @rule(place=PLACES, txid=PAYMENTS, seconds=MOMENTS, why=st.sampled_from(["No tag.", "Two."]))
    def find(self, place: int, txid: str, seconds: int, why: str) -> None:
        """A till that reads the account lists a payment."""
        db = self.journals[place]
        if txid not in ledger_tables.known_unmatched(db, [txid]):
            found(db, txid, seconds=seconds, why=why)

    @rule(
        place=PLACES,
        txid=PAYMENTS,
        of=PLACES,
        how=st.sampled_from(["hand", "tag", "invoice", "txid"]),
        seconds=MOMENTS,
    )
    def give(self, place: int, txid: str, of: int, how: str, seconds: int) -> None:
        """A till finds whose a payment is, or a person says so."""
        db, name = self.journals[place], f"sale-{of + 1}"
        if db.execute("SELECT 1 FROM requests WHERE identifier = ?", (name,)).fetchone():
            write(db, name, given(txid, how, seconds))

    @rule(place=PLACES, txid=PAYMENTS, seconds=MOMENTS, yes=st.booleans())
    def dismiss(self, place: int, txid: str, seconds: int, yes: bool) -> None:
        """A person dismisses a payment of the list, or brings it back."""
        db = self.journals[place]
        if txid in ledger_tables.known_unmatched(db, [txid]):
            dismissed(db, txid, seconds=seconds, yes=yes)

    @rule(place=PLACES, first=st.integers(0, 3), count=st.integers(0, 3))
    def read(self, place: int, first: int, count: int) -> None:
        """A till has read some of the ledger."""
        read(self.journals[place], first * 500 if count else None, (first + count) * 500)

    @rule(place=PLACES)
    def tell(self, place: int) -> None:
        """A till tells what it has."""
        self.shop[TILLS[place]] = told(self.journals[place], TILLS[place])

    @rule(place=PLACES, of=PLACES, first=st.integers(0, 9), most=st.integers(1, 9))
    def hear(self, place: int, of: int, first: int, most: int) -> None:
        """A till hears some of another, from anywhere up to where it stands."""
        db, till = self.journals[place], TILLS[of]
        begin = min(first, local_facts.ends(db).get(till, ChainEnd()).number)
        assert not take_in(db, self.shop[till][begin : begin + most]).faults

    def teardown(self) -> None:
        """All agree in the end, and no payment counts for two."""
        if not hasattr(self, "journals"):
            return
        for _ in range(4):  # what follows from what was heard is told again
            for place in range(3):
                self.tell(place)
            for place in range(3):
                for of in range(3):
                    self.hear(place, of, 10_000, 10_000)
        seen = [lists(db) for db in self.journals]
        # How far the own reading is that was not told is the till's own.
        assert all(one[:3] == seen[0][:3] for one in seen), seen
        spans = [db.execute("SELECT * FROM ledgers_read_by_all").fetchall() for db in self.journals]
        assert all(one == spans[0] for one in spans)
        paid = [txid for payments, _ in seen[0][2].values() for txid in payments]
        assert len(paid) == len(set(paid))
        for db, till in zip(self.journals, TILLS, strict=True):
            db.close()
            assert verify_chain(Path(self.folder.name) / f"{till}.sqlite3").whole
        self.folder.cleanup()


TestAccounts = Accounts.TestCase
TestAccounts.settings = settings(max_examples=8, stateful_step_count=30, deadline=None)
