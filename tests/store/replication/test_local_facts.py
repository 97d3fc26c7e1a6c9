"""Journals that pass their facts on end with the same facts, whatever is repeated or comes late."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from store.history.stories import BEGIN, payment, sale_spec
from xumm_desk.core.replication.replicated_fact import (
    ChainEnd,
    ChainFault,
    ReplicatedFact,
    chained,
    columns_of,
)
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.numbering import count_key
from xumm_desk.core.state.facts import Fact, FactKind, Source, fact_from_frame, make_fact
from xumm_desk.core.status import Status
from xumm_desk.core.wire.frames import parse_frame
from xumm_desk.store import database, sale_numbers
from xumm_desk.store.group_commit import FactRecord, commit_group
from xumm_desk.store.history import indexing
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.replication import local_facts, remote_requests, taking_in

TILLS = ("till-a", "till-b", "till-c")


def open_journal(path: Path) -> sqlite3.Connection:
    """A journal whose power is never cut."""
    db = database.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    return db


@pytest.fixture
def journals(tmp_path: Path) -> Iterator[list[sqlite3.Connection]]:
    """One for each till, joined."""
    with (
        closing(open_journal(tmp_path / "a.sqlite3")) as first,
        closing(open_journal(tmp_path / "b.sqlite3")) as second,
    ):
        for db, till in zip((first, second), TILLS, strict=False):
            local_facts.join(db, till)
        yield [first, second]


def write(db: sqlite3.Connection, identifier: str, fact: Fact) -> None:
    """Write a fact as the engine does."""
    assert not commit_group(db, [FactRecord(identifier, fact)], lambda: None)


def intent(spec: RequestSpec) -> Fact:
    """The fact that the request is made."""
    return make_fact(BEGIN, Source.OPERATOR, FactKind.INTENT, spec.to_json())


def note(number: int) -> Fact:
    """Something that any till may find out about a request."""
    at = BEGIN + timedelta(seconds=number)
    return make_fact(at, Source.PLATFORM, FactKind.NOT_FOUND, {"n": number})


def contents(db: sqlite3.Connection) -> set[tuple[str, ...]]:
    """All facts, without their numbers."""
    return set(db.execute("SELECT identifier, at, witness, kind, text FROM facts"))


def shipped(
    db: sqlite3.Connection, till: str, after: ChainEnd | None = None
) -> list[ReplicatedFact]:
    """All of a till's own facts, named."""
    while local_facts.name_facts(db, 3):
        pass
    return local_facts.named_facts(db, till, after or ChainEnd(), 1000)


def take_in(db: sqlite3.Connection, facts: list[ReplicatedFact]) -> taking_in.TakenIn:
    """Take facts in where a ledger node is set up."""
    return taking_in.take_in(db, facts, ledger=True)


def test_a_request_of_another_till_is_there_with_all_that_it_is_found_by(
    journals: list[sqlite3.Connection],
) -> None:
    ours, theirs = journals
    spec = sale_spec(7)
    write(theirs, spec.identifier, intent(spec))
    write(theirs, spec.identifier, payment(spec, 8, "0A" * 32))
    found = take_in(ours, shipped(theirs, "till-b"))
    assert found.identifiers == (spec.identifier,)
    assert not found.faults
    assert contents(ours) == contents(theirs)
    created, status = ours.execute("SELECT created_at, status FROM requests").fetchone()
    assert created == BEGIN.isoformat()
    assert status == Status.PAID.value
    assert remote_requests.remote_requests(ours, [spec.identifier, "x"]) == {
        spec.identifier: "till-b"
    }
    assert not remote_requests.remote_requests(theirs, [spec.identifier])


def heard(number: int, text: str = '{"opened":true}') -> Fact:
    """Something that a socket says."""
    at = BEGIN + timedelta(seconds=number)
    return fact_from_frame(at, text, parse_frame(text, "an-uuid"))


def test_a_hint_about_an_open_request_is_kept_and_its_line_is_not_made_anew(
    journals: list[sqlite3.Connection],
) -> None:
    ours, theirs = journals
    write(theirs, "sale-7", intent(sale_spec(7)))
    made = shipped(theirs, "till-b")
    take_in(ours, made)
    indexing.catch_up(ours)
    write(theirs, "sale-7", heard(1))
    hint = shipped(theirs, "till-b")[len(made) :]
    found = take_in(ours, hint)
    assert found.identifiers == ("sale-7",)
    assert found.hints == {"sale-7": hint}
    assert contents(ours) == contents(theirs)
    assert indexing.progress(ours).waiting == 0
    write(theirs, "sale-7", note(2))
    take_in(ours, shipped(theirs, "till-b")[len(made) + 1 :])
    assert indexing.progress(ours).waiting == 1


def test_a_hint_about_a_finished_request_leads_to_another_look_at_it(
    journals: list[sqlite3.Connection],
) -> None:
    ours, theirs = journals
    write(theirs, "sale-7", intent(sale_spec(7)))
    made = shipped(theirs, "till-b")
    take_in(ours, made)
    ours.execute("UPDATE requests SET status = 'expired', finished = 1")
    write(theirs, "sale-7", heard(1))
    assert not take_in(ours, shipped(theirs, "till-b")[len(made) :]).hints
    assert ours.execute("SELECT status, finished FROM requests").fetchone() == ("creating", 0)


def test_a_payment_that_comes_with_hints_is_seen_at_once(
    journals: list[sqlite3.Connection],
) -> None:
    ours, theirs = journals
    spec = sale_spec(7)
    write(theirs, spec.identifier, intent(spec))
    made = shipped(theirs, "till-b")
    take_in(ours, made)
    for fact in (heard(1), payment(spec, 8, "0A" * 32), heard(9)):
        write(theirs, spec.identifier, fact)
    assert not take_in(ours, shipped(theirs, "till-b")[len(made) :]).hints
    assert ours.execute("SELECT status FROM requests").fetchone() == (Status.PAID.value,)


def test_a_request_that_is_new_here_is_read_whole(journals: list[sqlite3.Connection]) -> None:
    ours, theirs = journals
    write(theirs, "sale-7", intent(sale_spec(7)))
    write(theirs, "sale-7", heard(1))
    assert not take_in(ours, shipped(theirs, "till-b")).hints


def test_what_was_taken_in_is_not_passed_on(journals: list[sqlite3.Connection]) -> None:
    ours, theirs = journals
    write(theirs, "sale-7", intent(sale_spec(7)))
    take_in(ours, shipped(theirs, "till-b"))
    write(ours, "sale-7", note(1))
    assert [fact.kind for fact in shipped(ours, "till-a")] == [FactKind.NOT_FOUND.value]


def test_a_fact_of_another_till_may_come_before_the_request(
    journals: list[sqlite3.Connection],
) -> None:
    ours, theirs = journals
    write(theirs, "sale-7", intent(sale_spec(7)))
    made = shipped(theirs, "till-b")
    early = replace(local_facts.named_facts(theirs, "till-b", ChainEnd(), 1)[0])
    write(theirs, "sale-7", note(1))
    late = shipped(theirs, "till-b")[1:]
    by_third = chained("till-c", ChainEnd(), [columns_of(late[0])])
    take_in(ours, by_third)
    assert remote_requests.remote_requests(ours, ["sale-7"]) == {"sale-7": "till-c"}
    take_in(ours, [early])
    assert remote_requests.remote_requests(ours, ["sale-7"]) == {"sale-7": "till-b"}
    tag, created = ours.execute("SELECT tag, created_at FROM requests").fetchone()
    assert (tag, created) == (sale_spec(7).tag, made[0].at)
    # The same fact under another name is not written again.
    take_in(ours, late)
    assert len(contents(ours)) == ours.execute("SELECT count(*) FROM facts").fetchone()[0] == 2
    assert local_facts.ends(ours)["till-b"].number == 2


def test_a_request_stays_with_the_till_that_made_it(journals: list[sqlite3.Connection]) -> None:
    """Another one that left the shop and came back tells it again under its own name."""
    ours, theirs = journals
    write(theirs, "sale-7", intent(sale_spec(7)))
    made = shipped(theirs, "till-b")
    take_in(ours, made)
    again = chained("till-c", ChainEnd(), [columns_of(one) for one in made])
    take_in(ours, again)
    assert remote_requests.remote_requests(ours, ["sale-7"]) == {"sale-7": "till-b"}


def test_facts_that_do_not_follow_are_told_and_left_out(
    journals: list[sqlite3.Connection],
) -> None:
    ours, theirs = journals
    write(theirs, "sale-7", intent(sale_spec(7)))
    write(theirs, "sale-7", note(1))
    first, second = shipped(theirs, "till-b")
    assert take_in(ours, [second]).faults == {"till-b": ChainFault.GAP}
    changed = replace(first, text=first.text.replace("3500000", "3500001"))
    assert changed.text != first.text
    assert take_in(ours, [changed]).faults == {"till-b": ChainFault.CHANGED}
    assert not contents(ours)
    assert not take_in(ours, [first, second]).faults


def test_a_journal_with_history_joins_with_all_of_it(tmp_path: Path) -> None:
    with closing(open_journal(tmp_path / "old.sqlite3")) as db:
        for number in range(1, 6):
            write(db, f"sale-{number}", intent(sale_spec(number)))
        assert not local_facts.name_facts(db, 10)
        local_facts.join(db, "till-a")
        assert len(shipped(db, "till-a")) == 5


def test_a_restored_copy_goes_on_under_another_id(tmp_path: Path) -> None:
    """What the lost folder had shipped comes back as another till's, and nothing forks."""
    path, copy = tmp_path / "a.sqlite3", tmp_path / "copy.sqlite3"
    with closing(open_journal(path)) as db:
        local_facts.join(db, "till-a")
        write(db, "sale-1", intent(sale_spec(1)))
        shipped(db, "till-a")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(path, copy)
        write(db, "sale-2", intent(sale_spec(2)))
        shop = shipped(db, "till-a")
        whole = contents(db)
    with closing(open_journal(copy)) as db:
        write(db, "sale-3", intent(sale_spec(3)))
        ours = shipped(db, "till-a")
        assert ours[0] == shop[0]
        assert ours[1].hash != shop[1].hash
        known = local_facts.end_at(db, "till-a", 1)
        assert known is not None
        local_facts.begin_again(db, "till-b", known)
        assert local_facts.own_till(db) == "till-b"
        assert [fact.identifier for fact in shipped(db, "till-b")] == ["sale-3"]
        assert not take_in(db, shop).faults
        assert whole < contents(db)
        assert [fact.identifier for fact in shipped(db, "till-b")] == ["sale-3"]
        # A request of the lost folder is nobody's of this one: its till has to be gone first.
        assert remote_requests.remote_requests(db, ["sale-1", "sale-2"]) == {"sale-2": "till-a"}


class Shop(RuleBasedStateMachine):
    """Three tills, and a shop's database that holds whatever each has shipped."""

    @initialize()
    def begin(self) -> None:
        """Make the tills."""
        self.folder = TemporaryDirectory()
        self.journals = [open_journal(Path(self.folder.name) / f"{till}.sqlite3") for till in TILLS]
        for db, till in zip(self.journals, TILLS, strict=True):
            local_facts.join(db, till)
        self.shop: dict[str, list[ReplicatedFact]] = {till: [] for till in TILLS}
        self.count = 0

    @rule(place=st.integers(0, 2))
    def sell(self, place: int) -> None:
        """A till makes a request."""
        self.count += 1
        spec = sale_spec(self.count)
        write(self.journals[place], spec.identifier, intent(spec))

    @rule(place=st.integers(0, 2), of=st.integers(0, 40), what=st.integers(0, 2))
    def find_out(self, place: int, of: int, what: int) -> None:
        """A till finds something out about a request that it knows: what others find as well."""
        db = self.journals[place]
        known = [row[0] for row in db.execute("SELECT identifier FROM requests ORDER BY 1")]
        if known:
            write(db, known[of % len(known)], note(what))

    @rule(place=st.integers(0, 2), most=st.integers(1, 4))
    def ship(self, place: int, most: int) -> None:
        """A till ships some of what it has; the answer may be lost, and then it ships again."""
        db, there = self.journals[place], self.shop[TILLS[place]]
        local_facts.name_facts(db, most)
        end = ChainEnd(there[-1].number, there[-1].hash) if there else ChainEnd()
        there += local_facts.named_facts(db, TILLS[place], end, most)

    @rule(
        place=st.integers(0, 2),
        of=st.integers(0, 2),
        first=st.integers(0, 9),
        most=st.integers(1, 9),
    )
    def pull(self, place: int, of: int, first: int, most: int) -> None:
        """A till reads some facts of another, from anywhere up to where it stands."""
        db, till = self.journals[place], TILLS[of]
        begin = min(first, local_facts.ends(db).get(till, ChainEnd()).number)
        found = take_in(db, self.shop[till][begin : begin + most])
        assert not found.faults

    @invariant()
    def no_fact_is_there_twice_by_another(self) -> None:
        """Two tills may find out the same; what came in is written once."""
        for place, db in enumerate(getattr(self, "journals", ())):
            numbers = db.execute(
                "SELECT count(*), count(DISTINCT r.number), max(r.number) FROM replicated r"
                " GROUP BY r.till"
            ).fetchall()
            assert all(count == distinct == last for count, distinct, last in numbers), place

    def teardown(self) -> None:
        """All have the same in the end."""
        if not hasattr(self, "journals"):
            return
        for place in range(3):
            self.ship(place, 1000)
        for place in range(3):
            for of in range(3):
                self.pull(place, of, 1000, 1000)
        first, *others = (contents(db) for db in self.journals)
        assert all(other == first for other in others)
        for db, till in zip(self.journals, TILLS, strict=True):
            db.close()
            assert verify_chain(Path(self.folder.name) / f"{till}.sqlite3").whole
        self.folder.cleanup()


TestShop = Shop.TestCase
TestShop.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_two_tills_of_one_name_go_on_counting_behind_each_other(
    journals: list[sqlite3.Connection],
) -> None:
    """Where none is leased to them; see `tests/store/test_leased_sale_numbers.py`."""
    ours, theirs = journals
    write(theirs, "sale-7", intent(sale_spec(7, till="Bar")))
    take_in(ours, shipped(theirs, "till-b"))
    assert sale_numbers.reserve(ours, count_key("Bar", "")) == 8
    assert sale_numbers.reserve(ours, count_key("Door", "")) == 1


def test_what_the_shop_does_not_have_yet_is_counted_with_or_without_a_name(
    journals: list[sqlite3.Connection], tmp_path: Path
) -> None:
    here, other = journals
    assert local_facts.unsent(here) == 0
    write(here, "sale-7", intent(sale_spec(7)))
    write(here, "sale-7", note(1))
    assert local_facts.unsent(here) == 2
    facts = shipped(here, TILLS[0])
    write(here, "sale-7", note(2))
    assert local_facts.unsent(here) == 3
    local_facts.set_shipped(here, TILLS[0], ChainEnd(facts[-1].number, facts[-1].hash))
    assert local_facts.unsent(here) == 1
    # What came from others is theirs to send.
    take_in(other, facts)
    assert local_facts.unsent(other) == 0
    with closing(open_journal(tmp_path / "alone.sqlite3")) as alone:
        write(alone, "sale-7", intent(sale_spec(7)))
        assert local_facts.unsent(alone) == 1
