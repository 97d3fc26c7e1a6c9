"""The chain of each till is checked as far as its facts are here; a known gap is no fault."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.history.stories import BEGIN, payment, sale_spec
from xumm_desk.core.keeping.letting_go import ErasureChoices
from xumm_desk.core.replication.replicated_fact import ChainEnd
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.store import database
from xumm_desk.store.group_commit import FactRecord, commit_group
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.keeping import archive, erasure
from xumm_desk.store.replication import (
    catching_up,
    local_facts,
    remote_requests,
    taking_in,
    till_chains,
)

NOW = datetime(2027, 6, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two journals, each with a sale of its own and one of the other's."""
    with (
        closing(connect(tmp_path / "a.sqlite3")) as one,
        closing(connect(tmp_path / "b.sqlite3")) as two,
    ):
        for db, till, number in ((one, "till-a", 1), (two, "till-b", 2)):
            local_facts.join(db, till)
            for fact in sale(number):
                write(db, sale_spec(number).identifier, fact)
        pass_on(one, "till-a", two)
        pass_on(two, "till-b", one)
    return tmp_path


def connect(path: Path) -> sqlite3.Connection:
    db = database.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    return db


def sale(number: int) -> Iterator[Fact]:
    spec = sale_spec(number)
    yield make_fact(BEGIN, Source.OPERATOR, FactKind.INTENT, spec.to_json())
    yield payment(spec, number, f"{number:02X}" * 32)


def write(db: sqlite3.Connection, identifier: str, fact: Fact) -> None:
    assert not commit_group(db, [FactRecord(identifier, fact)], lambda: None)


def pass_on(source: sqlite3.Connection, till: str, target: sqlite3.Connection) -> None:
    """Bring all facts of a till to another journal, and note that the shop has them."""
    while local_facts.name_facts(source, 10):
        pass
    facts = local_facts.named_facts(source, till, ChainEnd(), 100)
    assert not taking_in.take_in(target, facts, ledger=True).faults
    local_facts.set_shipped(source, till, ChainEnd(facts[-1].number, facts[-1].hash))


def problems(path: Path) -> list[str]:
    with closing(connect(path)) as db:
        return list(till_chains.problems(db))


def test_whole_chains_of_all_tills_are_whole(folder: Path) -> None:
    for name in ("a.sqlite3", "b.sqlite3"):
        assert verify_chain(folder / name).whole
    with closing(connect(folder / "a.sqlite3")) as db:
        assert [one.end.number for one in till_chains.chains(db)] == [2, 2]


def test_own_facts_that_the_shop_does_not_have_are_not_compared(folder: Path) -> None:
    with closing(connect(folder / "a.sqlite3")) as db:
        write(db, "sale-3", next(sale(3)))
        local_facts.name_facts(db, 10)
    assert not problems(folder / "a.sqlite3")


def test_a_changed_fact_names_its_till(folder: Path) -> None:
    path = folder / "a.sqlite3"
    with closing(connect(path)) as db:
        db.execute(
            "UPDATE facts SET text = text || ' ' WHERE identifier = ?", (sale_spec(2).identifier,)
        )
    [sentence] = problems(path)
    assert "The facts of the till till-b" in sentence
    assert "up to number 2" in sentence
    assert not verify_chain(path).whole


def test_a_chain_that_was_made_anew_with_the_journals_own_is_noticed(folder: Path) -> None:
    """Whoever recomputes the journal's chain still does not know what the shop has."""
    path = folder / "a.sqlite3"
    with closing(connect(path)) as db:
        db.execute("UPDATE tills SET hash = ? WHERE till = 'till-b'", (bytes(31) + b"x",))
    report = verify_chain(path)
    assert [*report.messages] == problems(path)
    assert "till-b" in report.messages[0]


def test_a_fact_that_is_gone_without_a_reason_is_named(folder: Path) -> None:
    path = folder / "a.sqlite3"
    with closing(connect(path)) as db:
        db.execute("DELETE FROM replicated WHERE till = 2 AND number = 2")
    [sentence] = problems(path)
    assert sentence.startswith("Fact 2 of the till till-b")


def test_what_was_archived_is_no_fault(folder: Path) -> None:
    path = folder / "a.sqlite3"
    report = archive.archive(path, NOW - timedelta(days=1), folder / "old.jsonl", now=NOW)
    assert report.requests == 1
    assert verify_chain(path).whole
    with closing(connect(path)) as db:
        assert [one.excused for one in till_chains.chains(db)] == [False, True]


def test_what_was_erased_is_no_fault(folder: Path) -> None:
    path = folder / "a.sqlite3"
    name = sale_spec(2).identifier
    report = erasure.erase(path, name, ErasureChoices(txid=True), ledger=True, now=NOW)
    assert report.requests == 1
    assert verify_chain(path).whole


def test_a_journal_of_before_has_no_tills_to_check(folder: Path) -> None:
    with closing(connect(folder / "a.sqlite3")) as db:
        db.execute("DROP TABLE replicated")
        db.execute("DROP TABLE tills")
        db.execute("PRAGMA user_version = 11")
        assert not list(till_chains.problems(db))


def test_leaving_takes_names_away_and_nothing_else(folder: Path) -> None:
    path = folder / "a.sqlite3"
    with closing(connect(path)) as db:
        before = db.execute("SELECT * FROM facts").fetchall()
        local_facts.leave(db)
        assert db.execute("SELECT * FROM facts").fetchall() == before
        assert local_facts.own_till(db) is None
        assert local_facts.ends(db) == {}
        assert local_facts.unsent(db) == 4
        other = sale_spec(2).identifier
        assert remote_requests.remote_requests(db, [other]) == {other: "till-b"}
    assert verify_chain(path).whole


def test_facts_that_are_still_to_be_sent_are_counted_with_and_without_names(folder: Path) -> None:
    with closing(connect(folder / "a.sqlite3")) as db:
        assert local_facts.unsent(db) == 0
        assert local_facts.unsent(db, 1) == 1
        write(db, "sale-3", next(sale(3)))
        assert local_facts.unsent(db) == 1
        local_facts.name_facts(db, 10)
        assert local_facts.unsent(db) == 1


def test_a_till_is_elsewhere_when_all_its_facts_have_another_name_too(folder: Path) -> None:
    with (
        closing(connect(folder / "a.sqlite3")) as one,
        closing(connect(folder / "b.sqlite3")) as two,
    ):
        assert not catching_up.is_elsewhere(one, "till-b", frozenset({"till-c"}))
        local_facts.begin_again(two, "till-c", ChainEnd())
        pass_on(two, "till-c", one)
        assert catching_up.is_elsewhere(one, "till-b", frozenset({"till-c"}))
        assert not catching_up.is_elsewhere(one, "till-b", frozenset({"till-a"}))
